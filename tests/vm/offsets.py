# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guest's clock says against the host's, as the guest's fixture writes it down."""

from __future__ import annotations

import mmap
import struct
import typing as t
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

# The layout is that of guest/vmtime_mock.c.
SIZE = 1 << 20
_SLOTS = 4096
_COUNT_AT = 8
_SLOTS_AT = 16
SAMPLE_SECONDS = 0.1


class Sample(t.NamedTuple):
    """One look at both clocks in the same instant, in seconds."""

    host: float
    """The host's clock, at most 0.5 ms old."""
    offset: float
    """Guest minus host: negative where the guest is behind."""


class Offsets:
    """The samples of a guest, ten a second; the newest 4096 are kept, which are 409 s."""

    def __init__(self, path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(SIZE)
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), SIZE)
        self._taken = 0
        self._told = 0

    def take(self) -> list[Sample]:
        """The samples since the last call, oldest first.

        Without those for which a busy host did not tell its time anew: they would be off by as
        much as that is late.
        """
        (count,) = struct.unpack_from("<Q", self._memory, _COUNT_AT)
        first = max(self._taken, count - _SLOTS + 1)
        samples = []
        for number in range(first, count):
            place = _SLOTS_AT + number % _SLOTS * 16
            host, guest = struct.unpack_from("<QQ", self._memory, place)
            if host - self._told < SAMPLE_SECONDS * 1e9 / 2:
                continue
            self._told = host
            samples.append(Sample(host / 1e9, (guest - host) / 1e9))
        self._taken = count
        return samples


def recovery(
    samples: Sequence[Sample], since: float, threshold: float, hold: float
) -> float | None:
    """Seconds from `since` until the offset stays within the threshold for `hold` seconds.

    None if it has not stayed there for that long yet.
    """
    begin = None
    for sample in samples:
        if sample.host < since:
            continue
        if abs(sample.offset) > threshold:
            begin = None
        elif begin is None:
            begin = sample.host
        elif sample.host - begin >= hold:
            return begin - since
    return None


def time_off(samples: Sequence[Sample], threshold: float) -> float | None:
    """For how many seconds the offset was beyond the threshold; None if it is so at the end.

    A sample counts until the next one comes. Raises IndexError without any.
    """
    if abs(samples[-1].offset) > threshold:
        return None
    return sum(
        after.host - sample.host
        for sample, after in pairwise(samples)
        if abs(sample.offset) > threshold
    )


def rms(samples: Sequence[Sample]) -> float:
    """Root mean square of the offset, in seconds. Raises ZeroDivisionError without samples."""
    return float((sum(s.offset**2 for s in samples) / len(samples)) ** 0.5)
