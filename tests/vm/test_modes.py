# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One boot, the three modes, one pause: what the collection is for, in a real guest."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.vmtime.linux.tests.vm.bench import SERVERS
from ansible_collections.vmtime.linux.tests.vm.machine import Machine
from ansible_collections.vmtime.linux.tests.vm.playbook import apply, info
from ansible_collections.vmtime.linux.tests.vm.waiting import (
    heard,
    pause,
    selected,
    sources,
    until,
)

pytestmark = pytest.mark.quick

MODES: dict[str, dict[str, t.Any]] = {
    "default": {},
    "external": {"timesync_ntp_servers": SERVERS},
    "host_only": {},
}
NTP = [f"10.0.2.10{number}" for number in (1, 2, 3, 4)]
FOLLOWS = {"default": NTP, "external": NTP[:3], "host_only": ["PHC0"]}


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_follows_what_it_says(guest: Machine, mode: str) -> None:
    variables = {"timesync_mode": mode, **MODES[mode]}
    assert apply(guest, **variables).changed == 1
    assert until(lambda: selected(guest), 60) in FOLLOWS[mode]
    status = info(guest)["status"]
    assert status["synchronised"]
    assert {source["name"] for source in status["sources"]} >= {"PHC0"}
    again = apply(guest, **variables)
    assert (again.changed, again.modules) == (0, ("vmtime.linux.timesync_info",))


def test_the_clock_is_back_soon_after_a_pause_of_28_seconds(guest: Machine) -> None:
    apply(guest, timesync_mode="host_only", timesync_host_clock_profile="fast")
    assert until(lambda: selected(guest) == "PHC0", 60)
    seconds, samples = pause(guest, 28, limit=30)
    assert samples[0].offset == pytest.approx(-28, abs=1)
    assert seconds is not None, guest.ssh("chronyc -n sources")
    # the median is 2 s; a machine that has other work to do may need longer for once
    assert seconds < 15


@pytest.mark.parametrize("command", ["trigger", "trigger --action=add"])
def test_udevadm_loses_neither_the_link_nor_the_daemon(
    guest: Machine, command: str
) -> None:
    daemon = guest.ssh("pidof chronyd")
    guest.ssh(f"udevadm {command} && udevadm settle")
    assert guest.ssh("readlink /dev/ptp_hyperv") == "ptp1"
    assert guest.ssh("systemctl is-active dev-ptp_hyperv.device") == "active"
    assert guest.ssh("pidof chronyd") == daemon


def test_a_clock_that_went_away_is_used_again(guest: Machine) -> None:
    driver = "/sys/bus/pci/drivers/vmtime_mock"
    device = guest.ssh(f"cd {driver} && ls -d 0000:*")
    guest.ssh(f"echo {device} > {driver}/unbind && udevadm settle")
    assert guest.ssh("ls /dev/ptp* 2>/dev/null || true") == ""
    assert until(lambda: not heard(guest, "PHC0"), 90)
    guest.ssh(f"echo {device} > {driver}/bind && udevadm settle")
    assert until(lambda: selected(guest) == "PHC0", 60)


def test_what_the_fast_profile_started_ends_with_it(guest: Machine) -> None:
    unit = "vmtime-recheck.service"
    show = f"systemctl show --property=LoadState,ActiveState --value {unit}"
    apply(guest, timesync_mode="default", timesync_host_clock_profile="fast")
    assert guest.ssh(show).split() == ["loaded", "active"]
    assert "Ignoring" not in guest.ssh(f"journalctl --boot --unit={unit}")
    apply(guest, timesync_state="absent")
    assert guest.ssh(show).split() == ["not-found", "inactive"]
    assert guest.ssh("systemctl is-active chrony") == "active"
    assert {source.kind for source in sources(guest)} == {"^"}
    assert guest.ssh("cd / && find etc run/systemd -name '*vmtime*'") == ""
