# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many hosts: their rows, the worst first, and what can be counted of them.

Private to this collection.
"""

from __future__ import annotations

import hashlib
import json
import typing as t
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from ansible_collections.vmtime.linux.plugins.plugin_utils.fleet_host import (
    HostRow,
    not_looked_at,
)

# What can be wrong with a host, the worst first: the word in the data, and two for people.
CONCERNS = {
    "unreachable": ("Unreachable", "Ansible got no connection to the host."),
    "failed": ("No usable answer", "The host has no Python, or told what is no report."),
    "unsynchronised": ("Not synchronised", "No source is selected and answers."),
    "refused": ("No plan", "The host's variables ask for what it can't do."),
    "differs": ("Differs from plan", "A run would change files or units."),
    "host_clock_unused": (
        "Host clock unused",
        "The hypervisor gives a clock, and it is none of the daemon's sources.",
    ),
}
# Upper bounds of the absolute offset, in seconds
OFFSETS = {
    "under 1 µs": 1e-6,
    "1–10 µs": 1e-5,
    "10–100 µs": 1e-4,
    "0.1–1 ms": 1e-3,
    "1–10 ms": 1e-2,
    "10–100 ms": 1e-1,
    "0.1–1 s": 1.0,
    "over 1 s": float("inf"),
}
_SHOWN_SOURCES = 8
OTHERS = "all others"


@dataclass(frozen=True)
class Fleet:
    rows: tuple[HostRow, ...]
    # when the report was made, as RFC 3339
    made: str

    @classmethod
    def of(cls, rows: Iterable[HostRow], made: str) -> Fleet:
        return cls(tuple(sorted(rows, key=_worst_first)), made)

    @cached_property
    def concerns(self) -> dict[str, int]:
        """How many hosts each concern has; a host may have several."""
        counted = Counter(name for row in self.rows for name in row.concerns)
        return {name: counted[name] for name in CONCERNS}

    @cached_property
    def in_order(self) -> int:
        return sum(not row.concerns for row in self.rows)

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
        """Hosts by the source they follow: the most common ones, and all others together."""
        counted = Counter(
            row.selected or "none" for row in self.rows if row.answer == "ok"
        ).most_common()
        shown = dict(counted[:_SHOWN_SOURCES])
        others = sum(count for _name, count in counted[_SHOWN_SOURCES:])
        return {**shown, OTHERS: others} if others else shown

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Hosts by the size of their offset to the source they follow."""
        counted = Counter(
            next(
                label for label, bound in OFFSETS.items() if abs(row.offset) < bound
            )
            for row in self.rows
            if row.offset is not None
        )
        return {label: counted[label] for label in OFFSETS}

    @property
    def summary(self) -> dict[str, t.Any]:
        return {
            "hosts": len(self.rows),
            "in_order": self.in_order,
            "concerns": self.concerns,
            "synchronised": self.synchronised,
            "modes": self.modes,
            "sources": self.sources,
            "offsets": self.offsets,
        }


def _worst_first(row: HostRow) -> tuple[int, float, str]:
    order = [*CONCERNS]
    worst = order.index(row.concerns[0]) if row.concerns else len(order)
    return worst, -abs(row.offset or 0), row.host


@dataclass(frozen=True)
class Folder:
    """A folder on the controller with one file per host: what was seen of it, as a row.

    Ten thousand hosts are not kept in Ansible's memory as registered variables: to read those takes
    longer than a millisecond each.
    """

    path: Path

    def put(self, row: HostRow) -> None:
        self._file(row.host).write_text(json.dumps(asdict(row)), "utf-8")

    def get(self, host: str) -> HostRow:
        """The row of a host; one that says so if there is none."""
        try:
            told = json.loads(self._file(host).read_text("utf-8"))
        except OSError:
            return not_looked_at(host)
        return HostRow(**{**told, "differences": tuple(told["differences"])})

    def _file(self, host: str) -> Path:
        # a host's name may hold anything
        name = hashlib.sha256(host.encode("utf-8", "surrogatepass")).hexdigest()
        return self.path / f"{name}.json"
