# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Back after a pause, in ways that are set up otherwise. `make bench-pause` has the figures."""

from __future__ import annotations

import time
import typing as t

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.chrony.recheck import (
    AGREED_SECONDS,
)
from ansible_collections.vmtime.linux.tests.vm.bench import SERVERS
from ansible_collections.vmtime.linux.tests.vm.machine import Machine
from ansible_collections.vmtime.linux.tests.vm.playbook import apply
from ansible_collections.vmtime.linux.tests.vm.waiting import (
    is_right,
    pause,
    until,
    wrong_host,
)

# What asks all sources anew does so only after so many looks that agreed, and a look takes a while.
SETTLE_SECONDS = AGREED_SECONDS + 30


class Case(t.NamedTuple):
    """Times in seconds."""

    variables: dict[str, t.Any]
    settle: float
    pause: float
    limit: float
    """The medians are in docs/pause.md; a machine with other work may need longer for once."""


CASES = {
    "host_only, documented": Case(
        {"timesync_mode": "host_only", "timesync_host_clock_profile": "documented"},
        settle=30,
        pause=28,
        limit=240,
    ),
    "host_only, fast": Case(
        {"timesync_mode": "host_only"}, settle=15, pause=3, limit=15
    ),
    "external, fast": Case(
        {"timesync_mode": "external", "timesync_ntp_servers": SERVERS},
        settle=SETTLE_SECONDS,
        pause=3,
        limit=30,
    ),
    "default, fast": Case({}, settle=SETTLE_SECONDS, pause=28, limit=30),
}


@pytest.mark.parametrize("name", CASES)
def test_the_clock_is_back(guest: Machine, name: str) -> None:
    case = CASES[name]
    apply(guest, **{"timesync_host_clock_profile": "fast", **case.variables})
    assert until(lambda: is_right(guest), 60)
    time.sleep(case.settle)
    recovered, _samples = pause(guest, case.pause, case.limit)
    assert recovered is not None, guest.ssh("chronyc -n sources")
    assert recovered < case.limit


def test_a_wrong_host_is_not_followed_for_long(guest: Machine) -> None:
    apply(guest, timesync_host_clock_profile="fast")
    assert until(lambda: is_right(guest), 60)
    time.sleep(SETTLE_SECONDS)
    followed, _samples = wrong_host(guest, error=5, watch=60)
    assert followed is not None, guest.ssh("chronyc -n sources")
    assert followed < 15
