# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Back after a pause, in ways that are set up otherwise. `make bench-pause` has the figures."""

from __future__ import annotations

import time
import typing as t

import pytest

from ansible_collections.vmtime.linux.tests.vm.bench import SERVERS
from ansible_collections.vmtime.linux.tests.vm.machine import Machine
from ansible_collections.vmtime.linux.tests.vm.playbook import apply
from ansible_collections.vmtime.linux.tests.vm.waiting import is_right, pause, until

SETTLE_SECONDS = 30

# Variables of the role; the pause, and within how many seconds the clock must be back. The medians
# are in docs/pause.md; a machine that has other work to do may need longer for once.
SETUPS: dict[str, tuple[dict[str, t.Any], float, float]] = {
    "host_only, documented": (
        {"timesync_mode": "host_only", "timesync_host_clock_profile": "documented"},
        *(28, 240),
    ),
    "host_only, fast": ({"timesync_mode": "host_only"}, 3, 15),
    "external, fast": (
        {"timesync_mode": "external", "timesync_ntp_servers": SERVERS},
        *(28, 40),
    ),
    "default, fast, trust": ({"timesync_refclock": {"trust": True}}, 28, 15),
}


@pytest.mark.parametrize("setup", SETUPS)
def test_the_clock_is_back(guest: Machine, setup: str) -> None:
    variables, seconds, limit = SETUPS[setup]
    apply(guest, **{"timesync_host_clock_profile": "fast", **variables})
    assert until(lambda: is_right(guest), 60)
    time.sleep(SETTLE_SECONDS)
    recovered, _samples = pause(guest, seconds, limit)
    assert recovered is not None, guest.ssh("chronyc -n sources")
    assert recovered < limit
