# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that was set up once boots with its clock, without it, and with it late or changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.tests.vm.machine import Hardware, Machine
from ansible_collections.vmtime.linux.tests.vm.playbook import apply
from ansible_collections.vmtime.linux.tests.vm.waiting import (
    heard,
    is_right,
    selected,
    until,
)

# Each boot begins with a clock that is this wrong.
RTC_ERROR = -100
LATE_SECONDS = 60
LONGEST_DELAY_SECONDS = 15

BOOTS = {
    "with its clock": Hardware(("mlx5_ptp", "hyperv"), (37, 0)),
    "without its clock": Hardware(("mlx5_ptp",), (37,)),
    "with its clock late": Hardware(("hyperv",), delay=LATE_SECONDS),
    "moved from Hyper-V to KVM": Hardware(("KVM virtual PTP",), hypervisor="kvm"),
    "with the clocks swapped": Hardware(("hyperv", "mlx5_ptp"), (0, 37)),
}
HAVE_IT = ("with its clock", "with its clock late", "with the clocks swapped")


def waited(machine: Machine) -> float:
    """Seconds for which chrony's start waited for nothing but the host clock."""
    shown = machine.ssh(
        "systemctl show -P ActiveEnterTimestampMonotonic basic.target network.target;"
        " systemctl show -P InactiveExitTimestampMonotonic chrony"
    )
    *others, chrony = (int(line) for line in shown.split())
    return (chrony - max(others)) / 1e6


@pytest.fixture(scope="module")
def beside_ntp(machine: Machine) -> Machine:
    """Set up in mode default, while its clock was there."""
    machine.start(BOOTS["with its clock"])
    apply(machine, timesync_mode="default")
    return machine


@pytest.fixture(scope="module")
def alone(beside_ntp: Machine) -> Machine:
    """Set up in mode host_only afterwards: the last boot had the clock."""
    apply(beside_ntp, timesync_mode="host_only")
    return beside_ntp


@pytest.mark.parametrize("boot", BOOTS)
def test_a_boot(beside_ntp: Machine, boot: str) -> None:
    come_up(beside_ntp, boot)
    assert until(lambda: selected(beside_ntp).startswith("10.0.2.10"), 60)
    assert until(lambda: is_right(beside_ntp), 60)
    use_the_clock_if_it_is_there(beside_ntp, boot)


@pytest.mark.parametrize("boot", ["without its clock", "with its clock late"])
def test_a_boot_with_no_other_source(alone: Machine, boot: str) -> None:
    come_up(alone, boot)
    use_the_clock_if_it_is_there(alone, boot)


def come_up(machine: Machine, boot: str) -> None:
    """Boot with a wrong time. Nothing fails, and chrony is not held up for long."""
    machine.reboot(replace(BOOTS[boot], rtc_error=RTC_ERROR))
    machine.ssh("systemctl is-system-running --wait || true")
    assert machine.ssh("systemctl is-active chrony") == "active"
    assert machine.ssh("systemctl --failed --quiet") == ""
    assert waited(machine) < LONGEST_DELAY_SECONDS


def use_the_clock_if_it_is_there(machine: Machine, boot: str) -> None:
    if boot in HAVE_IT:
        assert until(lambda: heard(machine, "PHC0"), LATE_SECONDS + 60)
        assert until(lambda: is_right(machine), 60)
    else:
        assert not heard(machine, "PHC0")
