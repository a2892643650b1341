# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Versions: their order, and the form in which each daemon states its own."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field

_DOTTED = r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}"
# Daemon to the form of its versions, where that is not 4.6.1: 257, 4.2.8p15 and 6.8p1.
_FORMS = {
    "timesyncd": r"[0-9]{1,4}",
    "ntp": rf"{_DOTTED}(p[0-9]{{1,4}})?",
    "openntpd": rf"{_DOTTED}(p[0-9]{{1,4}})?",
}


def numbers(text: str) -> tuple[int, ...]:
    """Every number of a text, in its order: (3, 10, 0, 693) of "3.10.0-693"."""
    return tuple(int(part) for part in re.findall(r"[0-9]{1,9}", text))


@functools.total_ordering
@dataclass(frozen=True)
class Version:
    """A daemon's version, as "4.6.1" or "4.2.8p15"; 4.10 comes after 4.9.

    Raises ValueError for any other form.
    """

    text: str = field(compare=False)
    numbers: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{1,9}([.p][0-9]{1,9})*", self.text):
            raise ValueError(f"{self.text!r} is not a version")
        object.__setattr__(self, "numbers", numbers(self.text))

    def __lt__(self, other: Version) -> bool:
        return self.numbers < other.numbers

    def __str__(self) -> str:
        return self.text


def stated_version(daemon: str, text: str | None) -> str | None:
    """The version that a daemon states, None for a text that cannot be one of this daemon."""
    return text if re.fullmatch(_FORMS.get(daemon, _DOTTED), text or "") else None
