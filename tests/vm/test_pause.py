# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fast profile after pauses of 3 and 28 seconds. `make bench-pause` has the figures."""

from __future__ import annotations

import time
import typing as t

import pytest

from ansible_collections.vmtime.linux.tests.vm.bench import SERVERS
from ansible_collections.vmtime.linux.tests.vm.machine import Hardware, Machine
from ansible_collections.vmtime.linux.tests.vm.playbook import apply
from ansible_collections.vmtime.linux.tests.vm.waiting import is_right, pause, until

# Variables of the role, and seconds within which the clock must be back. The medians are about
# 2, 7 and 2 s; a machine that has other work to do may need longer for once.
SETUPS: dict[str, tuple[dict[str, t.Any], float]] = {
    "host_only": ({"timesync_mode": "host_only"}, 15),
    "external": ({"timesync_mode": "external", "timesync_ntp_servers": SERVERS}, 40),
    "default, trust": ({"timesync_refclock": {"trust": True}}, 15),
}
SETTLE_SECONDS = 30


@pytest.fixture(scope="module")
def guest(machine: Machine) -> Machine:
    machine.start(Hardware(clocks=("mlx5_ptp", "hyperv"), errors=(37, 0)))
    return machine


@pytest.mark.parametrize("setup", SETUPS)
def test_fast_is_back_soon(guest: Machine, setup: str) -> None:
    variables, limit = SETUPS[setup]
    apply(guest, timesync_host_clock_profile="fast", **variables)
    for seconds in (3, 28):
        assert until(lambda: is_right(guest), 60)
        time.sleep(SETTLE_SECONDS)
        recovered, _samples = pause(guest, seconds, limit)
        assert recovered is not None, f"not back within {limit} s"
        assert recovered < limit
