# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many hosts: their rows, the worst first, and what can be counted of them."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from .row import HostRow


@dataclass(frozen=True)
class Concern:
    """What can be wrong with a host, in two words for people and one sentence."""

    label: str
    help: str
    # of a row and the greatest offset that is right, in seconds
    is_so: Callable[[HostRow, float], bool]


# The worst first
CONCERNS = {
    "unreachable": Concern(
        "Unreachable",
        "Ansible got no connection to the host.",
        lambda row, _most: row.answer == "unreachable",
    ),
    "failed": Concern(
        "No usable answer",
        "The host has no Python, or its answer is no report of a host.",
        lambda row, _most: row.answer == "failed",
    ),
    "unsynchronised": Concern(
        "Not synchronised",
        "No source is selected, or the selected one does not answer.",
        lambda row, _most: row.synchronised is False,
    ),
    "far_off": Concern(
        "Far off",
        "The offset to the source that is followed is too large.",
        lambda row, most: abs(row.offset or 0) > most,
    ),
    "refused": Concern(
        "No plan",
        "The host's variables ask for what it can't do.",
        lambda row, _most: row.has_plan is False,
    ),
    "differs": Concern(
        "Differs from plan",
        "A run would change something on the host.",
        lambda row, _most: row.as_planned is False,
    ),
    "host_clock_unused": Concern(
        "Host clock unused",
        "The hypervisor gives a clock, and it is none of the daemon's sources.",
        lambda row, _most: row.host_clock_used is False and not row.host_clock_ignored,
    ),
}
# Upper bounds of the absolute offset, in seconds
OFFSETS = {
    "under 1 µs": 1e-6,
    "1 to 10 µs": 1e-5,
    "10 to 100 µs": 1e-4,
    "0.1 to 1 ms": 1e-3,
    "1 to 10 ms": 1e-2,
    "10 to 100 ms": 1e-1,
    "0.1 to 1 s": 1.0,
    "over 1 s": float("inf"),
}
_SHOWN_SOURCES = 8
OTHERS = "all others"
NO_SOURCE = "none"


@dataclass(frozen=True)
class Host:
    row: HostRow
    # keys of CONCERNS, the worst first; empty if the host is in order
    concerns: tuple[str, ...]


@dataclass(frozen=True)
class Fleet:
    # the worst first
    hosts: tuple[Host, ...]
    # when the report was made, as RFC 3339
    made: str
    # seconds
    max_offset: float

    @classmethod
    def of(cls, rows: Iterable[HostRow], made: str, max_offset: float) -> Fleet:
        hosts = (Host(row, _concerns(row, max_offset)) for row in rows)
        return cls(tuple(sorted(hosts, key=_worst_first)), made, max_offset)

    @cached_property
    def rows(self) -> tuple[HostRow, ...]:
        return tuple(host.row for host in self.hosts)

    @cached_property
    def concerns(self) -> dict[str, int]:
        """How many hosts each concern has; a host may have several."""
        counted = Counter(name for host in self.hosts for name in host.concerns)
        return {name: counted[name] for name in CONCERNS}

    @cached_property
    def in_order(self) -> int:
        return sum(not host.concerns for host in self.hosts)

    @cached_property
    def synchronised(self) -> dict[str, int]:
        counted = Counter(row.synchronised for row in self.rows)
        return {"yes": counted[True], "no": counted[False], "unknown": counted[None]}

    @cached_property
    def modes(self) -> dict[str, int]:
        """Hosts by the mode that their variables ask for."""
        return dict(Counter(row.mode or "unknown" for row in self.rows).most_common())

    @cached_property
    def sources(self) -> dict[str, int]:
        """Hosts by the source they follow: the most common ones, all others together, and none."""
        counted = Counter(row.selected for row in self.rows if row.answer == "ok")
        without = counted.pop(None, 0)
        named = [(str(name), count) for name, count in counted.most_common()]
        shown = dict(named[:_SHOWN_SOURCES])
        others = sum(count for _name, count in named[_SHOWN_SOURCES:])
        last = {OTHERS: others, NO_SOURCE: without}
        return shown | {name: count for name, count in last.items() if count}

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Hosts by the size of their offset to the source they follow."""
        counted = Counter(
            next(label for label, bound in OFFSETS.items() if abs(row.offset) < bound)
            for row in self.rows
            if row.offset is not None
        )
        return {label: counted[label] for label in OFFSETS}

    @property
    def summary(self) -> dict[str, t.Any]:
        return {
            "hosts": len(self.hosts),
            "in_order": self.in_order,
            "concerns": self.concerns,
            "synchronised": self.synchronised,
            "modes": self.modes,
            "sources": self.sources,
            "offsets": self.offsets,
        }


def _concerns(row: HostRow, most: float) -> tuple[str, ...]:
    return tuple(name for name, concern in CONCERNS.items() if concern.is_so(row, most))


def _worst_first(host: Host) -> tuple[int, float, str]:
    order = [*CONCERNS]
    worst = order.index(host.concerns[0]) if host.concerns else len(order)
    return worst, -abs(host.row.offset or 0), host.row.host
