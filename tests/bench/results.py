# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""From single runs to medians, ratios and the line that a growing fleet draws."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

from .play import Cost


@dataclass
class Series:
    """The runs of one subject in one way; ``forks`` are never more than there are hosts."""

    subject: str
    hosts: int
    forks: int
    pipelining: bool
    runs: list[Cost] = field(default_factory=list)

    @property
    def wall(self) -> float:
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        return statistics.median(run.cpu for run in self.runs)

    @property
    def memory(self) -> int | None:
        return max((run.memory for run in self.runs if run.memory), default=None)

    def data(self) -> dict[str, object]:
        return {
            "subject": self.subject,
            "hosts": self.hosts,
            "forks": self.forks,
            "pipelining": self.pipelining,
            "wall_seconds": round(self.wall, 3),
            "cpu_seconds": round(self.cpu, 3),
            "memory_bytes": self.memory,
            "runs": [[round(run.wall, 3), round(run.cpu, 3)] for run in self.runs],
        }


@dataclass(frozen=True)
class Line:
    """Controller time over hosts: seconds = ``startup`` + ``per_host`` x hosts.

    ``growth`` is what a host costs between the two largest fleets, as a ratio to what it costs
    between the next smaller two: 1 is flat. ``memory`` is the peak of the largest fleet in bytes.
    """

    subject: str
    forks: int
    hosts: int
    startup: float
    per_host: float
    growth: float
    memory: int | None

    def data(self) -> dict[str, object]:
        return {
            "subject": self.subject,
            "forks": self.forks,
            "hosts": self.hosts,
            "startup_cpu_seconds": round(self.startup, 3),
            "cpu_seconds_per_host": round(self.per_host, 4),
            "growth": round(self.growth, 3),
            "memory_bytes": self.memory,
        }


def line(series: Iterable[Series], subject: str, forks: int) -> Line | None:
    """The line of one subject with so many forks; None for fewer than three sizes of fleet."""
    sizes = sorted(
        (one for one in series if one.subject == subject and one.hosts > 1),
        key=lambda one: one.hosts,
    )
    sizes = [one for one in sizes if one.forks == min(forks, one.hosts)]
    if len(sizes) < 3:
        return None
    fit = statistics.linear_regression(
        [one.hosts for one in sizes], [one.cpu for one in sizes]
    )
    small, middle, large = sizes[-3:]
    growth = _further(middle, large) / _further(small, middle)
    return Line(
        subject,
        forks,
        large.hosts,
        fit.intercept,
        fit.slope,
        growth,
        large.memory,
    )


def _further(small: Series, large: Series) -> float:
    """Seconds that each further host costs."""
    return (large.cpu - small.cpu) / (large.hosts - small.hosts)
