# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures as data, as a table for the terminal and as a page."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import jinja2

from .results import Line, Series, line
from .subjects import FLOOR, UNCHANGED, Subject

Data = dict[str, t.Any]

# What each is, whose figure it is, and the ratio to the floor that it may reach
RATIOS = (
    ("Unchanged run, wall time", "unchanged", "wall_ratio", 1.25),
    ("Unchanged run, controller time", "unchanged", "cpu_ratio", 1.25),
    ("First run, wall time", "first", "wall_ratio", 3.0),
    (
        "First run without verification, wall time",
        "first-unverified",
        "wall_ratio",
        3.0,
    ),
)
# How far the cost of one more host in the largest fleet may be from that in a smaller one
GROWTH = ("One host more, 51 to 200 against 11 to 50", 0.10)


def data(
    about: Mapping[str, object],
    loads: Sequence[str],
    subjects: Sequence[Subject],
    one: Sequence[Series],
    many: Sequence[Series],
) -> Data:
    """All that the page tells, fit for JSON; ``one`` are series of one host, ``many`` of more."""
    largest = max((series.hosts for series in many), default=0)
    forks = sorted({series.forks for series in many if series.hosts == largest})
    lines = [
        found
        for subject in (FLOOR, UNCHANGED)
        for count in forks
        if (found := line(many, subject.name, count))
    ]
    one_host = [_with_ratio(series, one) for series in one]
    return {
        "about": {**about, "loads": list(loads)},
        "rounds": {
            "one_host": len(one[0].runs),
            "fleet": len(many[0].runs) if many else 0,
        },
        "titles": {subject.name: subject.title for subject in subjects},
        "targets": [*_ratios(one_host), *_growth(lines)],
        "one_host": one_host,
        "fleet": [_with_ratio(series, many) for series in many],
        "lines": [found.data() for found in lines],
    }


def _ratios(one_host: Sequence[Data]) -> Iterator[Data]:
    """Each target with the worse of the figures, pipelining on and off."""
    for what, subject, key, limit in RATIOS:
        found = max(row[key] for row in one_host if row["subject"] == subject)
        yield {
            "what": what,
            "target": f"at most {limit:.2f}",
            "measured": found,
            "met": found <= limit,
        }


def _growth(lines: Sequence[Line]) -> Iterator[Data]:
    what, limit = GROWTH
    for found in lines:
        if found.subject == UNCHANGED.name:
            yield {
                "what": f"{what}, {found.forks} forks",
                "target": f"{1 - limit:.2f} to {1 + limit:.2f}",
                "measured": round(found.growth, 2),
                "met": abs(found.growth - 1) <= limit,
            }


def _with_ratio(series: Series, others: Sequence[Series]) -> Data:
    """A series with what it takes for each second of the floor that ran in the same way."""
    way = (series.hosts, series.forks, series.pipelining)
    floor = next(
        other
        for other in others
        if other.subject == FLOOR.name
        and (other.hosts, other.forks, other.pipelining) == way
    )
    return {
        **series.data(),
        "wall_ratio": round(series.wall / floor.wall, 2),
        "cpu_ratio": round(series.cpu / floor.cpu, 2),
    }


def table(data: Data) -> str:
    """The ratios, for the terminal."""
    return _template("table.txt.j2").render(data)


def write(data: Data, folder: Path) -> None:
    """performance.json and performance.md."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, indent=2, ensure_ascii=False)
    (folder / "performance.json").write_text(f"{text}\n")
    (folder / "performance.md").write_text(render(data))


def render(data: Data) -> str:
    """The page."""
    return _template("performance.md.j2").render(data)


def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template(name)


if __name__ == "__main__":
    # the page anew, from figures that are there
    docs = Path(__file__).resolve().parents[2] / "docs"
    write(json.loads((docs / "performance.json").read_text()), docs)
