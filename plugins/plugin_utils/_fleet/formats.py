# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet as files for programs: JSON, CSV, and metrics in Prometheus' text format."""

from __future__ import annotations

import csv
import io
import json
import typing as t
from dataclasses import asdict, fields

from .fleet import Fleet
from .row import HostRow

# A spreadsheet takes a cell that begins so for a formula (CWE-1236).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(fleet: Fleet) -> str:
    return json.dumps(
        {
            "made": fleet.made,
            "max_offset": fleet.max_offset,
            "summary": fleet.summary,
            "hosts": [
                {**asdict(host.row), "concerns": host.concerns} for host in fleet.hosts
            ],
        },
        indent=1,
        allow_nan=False,
    )


def as_csv(fleet: Fleet) -> str:
    """RFC 4180, with a header; lists are joined by semicolons."""
    written = io.StringIO()
    writer = csv.writer(written)
    names = [field.name for field in fields(HostRow)]
    writer.writerow([*names, "concerns"])
    for host in fleet.hosts:
        values = [getattr(host.row, name) for name in names]
        writer.writerow([_cell(value) for value in [*values, host.concerns]])
    return written.getvalue()


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case tuple():
            return _cell("; ".join(value))
        case str() if value.startswith(_FORMULA):
            return f"'{value}"
        case _:
            return value


class Metric(t.NamedTuple):
    name: str
    help: str
    value: t.Callable[[HostRow], float | bool | None]


_METRICS = (
    Metric(
        "vmtime_answered",
        "Whether the host was reached and its answer could be used.",
        lambda row: row.answer == "ok",
    ),
    Metric(
        "vmtime_synchronised",
        "Whether a source is selected and answers.",
        lambda row: row.synchronised,
    ),
    Metric(
        "vmtime_offset_seconds",
        "Offset of the system clock to the selected source, positive if the clock is ahead.",
        lambda row: row.offset,
    ),
    Metric(
        "vmtime_offset_error_seconds",
        "Bound of the error of that offset, as the daemon tells it.",
        lambda row: row.error,
    ),
    Metric("vmtime_stratum", "Stratum of the host itself.", lambda row: row.stratum),
    Metric("vmtime_sources", "Sources that the daemon knows.", lambda row: row.sources),
    Metric(
        "vmtime_reachable_sources",
        "Sources that have answered lately.",
        lambda row: row.reachable_sources,
    ),
    Metric(
        "vmtime_as_planned",
        "Whether files and units are as the host's variables plan them.",
        lambda row: row.as_planned,
    ),
    Metric(
        "vmtime_host_clock_used",
        "Whether the clock that the hypervisor gives is one of the sources.",
        lambda row: row.host_clock_used,
    ),
)
_INFO = ("mode", "provider", "version", "selected", "selected_kind", "host_clock")


def as_metrics(fleet: Fleet, seconds: float) -> str:
    """All are gauges labelled with the host; ``seconds`` is the time of the look since 1970."""
    lines = [
        *_head("vmtime_report_timestamp_seconds", "When the hosts were looked at."),
        f"vmtime_report_timestamp_seconds {seconds:.0f}",
    ]
    for metric in _METRICS:
        lines += _head(metric.name, metric.help)
        for row in fleet.rows:
            value = metric.value(row)
            if value is not None:
                lines.append(
                    f"{metric.name}{_labels(host=row.host)} {float(value):.9g}"
                )
    lines += _head("vmtime_host_info", "What the host follows, and with what.")
    for row in fleet.rows:
        told = {name: getattr(row, name) or "" for name in _INFO}
        lines.append(f"vmtime_host_info{_labels(host=row.host, **told)} 1")
    return "\n".join(lines) + "\n"


def _head(name: str, text: str) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} gauge"]


def _labels(**values: str) -> str:
    escaped = {
        name: value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
        for name, value in values.items()
    }
    return "{" + ",".join(f'{name}="{text}"' for name, text in escaped.items()) + "}"
