# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for what a guest's clock and its daemon come to."""

from __future__ import annotations

import threading
import time
import typing as t
from collections.abc import Callable

from ansible_collections.vmtime.linux.tests.vm.errors import VmError
from ansible_collections.vmtime.linux.tests.vm.machine import Machine
from ansible_collections.vmtime.linux.tests.vm.offsets import (
    Sample,
    recovery,
    time_off,
)

# A clock is back when it stays within this, for so long.
THRESHOLD_SECONDS = 0.1
HOLD_SECONDS = 20

T = t.TypeVar("T")


def until(look: Callable[[], T], seconds: float) -> T:
    """What `look` returns, as soon as that is true, or after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > deadline:
            return found
        time.sleep(1)


class Source(t.NamedTuple):
    """A source as chronyc tells of it."""

    kind: str
    """^ for a server, # for a reference clock."""
    state: str
    """* for the selected one."""
    name: str
    reach: int
    """The last eight polls, a bit each."""


def sources(machine: Machine) -> list[Source]:
    """What chrony knows now; nothing while it does not run."""
    said = machine.ssh("chronyc -c -n sources || true")
    rows = [line.split(",") for line in said.splitlines() if line.count(",") == 9]
    return [
        Source(kind, state, name, int(reach, 8))
        for kind, state, name, _stratum, _poll, reach, *_rest in rows
    ]


def selected(machine: Machine) -> str:
    """The name or address of the source that chrony follows; empty without one."""
    return next((s.name for s in sources(machine) if s.state == "*"), "")


def heard(machine: Machine, name: str) -> bool:
    """True if chrony gets samples from the source."""
    return any(source.name == name and source.reach for source in sources(machine))


def is_right(machine: Machine) -> bool:
    """True if the clock is within the threshold now."""
    samples = machine.offsets.take()
    return bool(samples) and abs(samples[-1].offset) < THRESHOLD_SECONDS


def pause(
    machine: Machine,
    seconds: float,
    limit: float,
    ended: threading.Event | None = None,
) -> tuple[float | None, list[Sample]]:
    """Pause the guest, and wait until its clock is back.

    Returns the seconds from its return to the moment from which the clock stayed within the
    threshold, None if that did not come within `limit` seconds; and the samples since the return,
    whose times count from there. Comes back early when `ended` is set.
    """
    ended = ended or threading.Event()
    machine.pause()
    ended.wait(seconds)
    machine.offsets.take()
    machine.resume()
    begin = time.time()
    samples: list[Sample] = []
    recovered = None
    while recovered is None and not ended.wait(1):
        samples.extend(machine.offsets.take())
        recovered = recovery(samples, begin, THRESHOLD_SECONDS, HOLD_SECONDS)
        if time.time() > begin + limit + HOLD_SECONDS:
            break
    since = [Sample(sample.host - begin, sample.offset) for sample in samples]
    return recovered, since


def wrong_host(
    machine: Machine,
    error: float,
    watch: float,
    ended: threading.Event | None = None,
) -> tuple[float | None, list[Sample]]:
    """Make the clock of a host with a network card's clock as ptp0 wrong for a while.

    Returns for how many seconds the guest was wrong with it, None if it was so at the end; and the
    samples since then, whose times count from there. Comes back early when `ended` is set.
    """
    ended = ended or threading.Event()
    errors = "/sys/module/vmtime_mock/parameters/errors_ms"
    machine.offsets.take()
    machine.ssh(f"echo 37000,{round(error * 1000)} > {errors}")
    begin = time.time()
    ended.wait(watch)
    samples = [Sample(s.host - begin, s.offset) for s in machine.offsets.take()]
    machine.ssh(f"echo 37000,0 > {errors}")
    if not samples:
        raise VmError("The guest wrote no offsets down while its host was wrong.")
    return time_off(samples, THRESHOLD_SECONDS), samples
