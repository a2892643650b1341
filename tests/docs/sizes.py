# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What fleets need, from what a host costs: `make bench` measures that into docs/performance.json.

python tests/docs/sizes.py writes the table into the guide.
"""

from __future__ import annotations

import json
import math
import re
import typing as t
from collections.abc import Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FIGURES = REPOSITORY / "docs/performance.json"
GUIDE = REPOSITORY / "docs/docsite/rst/guide_controller.rst"
FLEETS = (1_000, 10_000, 100_000)
# what a fleet is asked most often
SUBJECT = "unchanged"
_PLACE = re.compile(
    r"(?<=\.\. begin of the table that tests/docs/sizes\.py writes\n\n).*?"
    r"(?=\n\.\. end of the table)",
    re.DOTALL,
)


class Cost(t.NamedTuple):
    """Processor time of the controller for each host, in seconds, and how that was found."""

    seconds: float
    sentence: str


def table(figures: Mapping[str, t.Any]) -> str:
    """The table as reStructuredText; ``figures`` is the content of docs/performance.json."""
    cost = _of_many(figures) or _of_one(figures)
    rows = [
        (
            f"{hosts:,}",
            _time(hosts * cost.seconds),
            f"{_cores(hosts * cost.seconds, 3600):,}",
            f"{_cores(hosts * cost.seconds, 600):,}",
        )
        for hosts in FLEETS
    ]
    return "\n".join(
        [
            cost.sentence,
            f"So one core looks after **{3600 / cost.seconds:,.0f} hosts an hour**.",
            f"Measured {figures['about']['date']}; see :file:`docs/performance.md`.",
            "",
            ".. list-table::",
            "  :header-rows: 1",
            "",
            *_row(
                "Hosts", "Processor time", "Cores for an hour", "Cores for ten minutes"
            ),
            *(text for row in rows for text in _row(*row)),
            "",
        ]
    )


def _of_many(figures: Mapping[str, t.Any]) -> Cost | None:
    """The slope of the line that growing fleets draw, with the forks that cost least."""
    lines = [line for line in figures["lines"] if line["subject"] == SUBJECT]
    if not lines:
        return None
    line = min(lines, key=lambda line: float(line["cpu_seconds_per_host"]))
    seconds = float(line["cpu_seconds_per_host"])
    memory = float(line["memory_bytes"] or 0) / 2**20
    return Cost(
        seconds,
        f"An unchanged host costs the controller {1000 * seconds:.0f} ms of processor time,"
        f" in a fleet of {line['hosts']} with {line['forks']} forks and a peak of"
        f" {memory:,.0f} MiB of memory.",
    )


def _of_one(figures: Mapping[str, t.Any]) -> Cost:
    """A run for one host alone, whose cost holds Ansible's own start: an upper bound."""
    runs = [run for run in figures["one_host"] if run["subject"] == SUBJECT]
    seconds = min(float(run["cpu_seconds"]) for run in runs)
    return Cost(
        seconds,
        f"A run for one unchanged host costs the controller {seconds:.2f} s of processor"
        " time, Ansible's own start included. In a fleet that start is shared, so what"
        " follows is an upper bound.",
    )


def _row(*cells: str) -> list[str]:
    return [
        f"  {'*' if not place else ' '} - {cell}" for place, cell in enumerate(cells)
    ]


def _time(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 120 else f"{seconds / 3600:.1f} h"


def _cores(seconds: float, within: float) -> int:
    return max(1, math.ceil(seconds / within))


def with_table(guide: str, figures: Mapping[str, t.Any]) -> str:
    made = table(figures)
    text, count = _PLACE.subn(lambda _match: made, guide)
    if count != 1:
        raise ValueError("The guide has no place for the table.")
    return text


if __name__ == "__main__":
    GUIDE.write_text(with_table(GUIDE.read_text(), json.loads(FIGURES.read_text())))
