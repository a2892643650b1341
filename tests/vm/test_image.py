# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images that are set up before they ever boot: with Packer, and in a chroot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.tests.vm import packer
from ansible_collections.vmtime.linux.tests.vm.chroot import Chroot
from ansible_collections.vmtime.linux.tests.vm.conftest import LOGS
from ansible_collections.vmtime.linux.tests.vm.errors import VmError
from ansible_collections.vmtime.linux.tests.vm.machine import Hardware, Machine
from ansible_collections.vmtime.linux.tests.vm.ntp_server import NtpServer
from ansible_collections.vmtime.linux.tests.vm.playbook import info, run_module
from ansible_collections.vmtime.linux.tests.vm.waiting import (
    heard,
    is_right,
    selected,
    until,
)

# Each boot begins with a clock that is this wrong.
RTC_ERROR = -100

HYPERV = Hardware(("mlx5_ptp", "hyperv"), (37, 0), rtc_error=RTC_ERROR)
KVM = Hardware(("KVM virtual PTP",), hypervisor="kvm", rtc_error=RTC_ERROR)
NO_CLOCK = Hardware((), hypervisor="kvm", rtc_error=RTC_ERROR)


@pytest.fixture(scope="module")
def _packer() -> None:
    try:
        packer.install()
    except VmError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def by_packer(
    _packer: None,
    image: Path,
    ntp_server: NtpServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Machine]:
    """A machine with the disk that Packer made, not started yet."""
    output = tmp_path_factory.mktemp("packer") / "output"
    log = LOGS / "test_image-packer"
    disk = packer.build(image, log, output, ntp_server.port)
    with Machine(image, log, disk=disk, ntp_port=ntp_server.port) as guest:
        yield guest


@pytest.mark.usefixtures("_packer")
def test_the_template_for_azure_is_valid() -> None:
    packer.packer(
        LOGS / "test_image-azure",
        "validate",
        "-var=subscription_id=00000000-0000-0000-0000-000000000000",
        "-var=resource_group=images",
        packer.EXAMPLES / "azure/image.pkr.hcl",
    )


def test_an_image_follows_the_clock_of_the_host_that_it_boots_on(
    by_packer: Machine,
) -> None:
    for hardware, link in ((HYPERV, "ptp1"), (KVM, "ptp0")):
        boot(by_packer, hardware)
        assert by_packer.ssh("readlink /dev/ptp_host") == link
        follow_the_host(by_packer)


def test_an_image_without_a_clock_keeps_ntp_time(by_packer: Machine) -> None:
    boot(by_packer, NO_CLOCK)
    assert until(lambda: selected(by_packer).startswith("10.0.2.10"), 60)
    assert until(lambda: is_right(by_packer), 60)
    assert not heard(by_packer, "PHC0")


def test_a_root_that_does_not_run_becomes_an_image(
    image: Path, ntp_server: NtpServer
) -> None:
    log = LOGS / "test_image-chroot"
    options = {"host_clock": "any", "host_clock_profile": "fast"}
    with Chroot(image, log) as chroot:
        result = run_module(chroot, "timesync", **options)
        assert result["changed"]
        assert result["skipped_steps"] == [
            f"{unit} was enabled but not started: systemd does not run here."
            for unit in ("vmtime-recheck.service", "chrony.service")
        ]
        assert not chroot.pids_of("chronyd")
        assert not run_module(chroot, "timesync", **options)["changed"]
        seen = info(chroot)
        assert not seen["systemd"]["booted"]
        assert seen["daemons"]["chrony"]["enabled"]
        assert "PHC /dev/ptp_host" in seen["files"]["/etc/chrony/chrony.conf"]["text"]
        disk = chroot.make_disk()
        with Machine(image, log, disk=disk, ntp_port=ntp_server.port) as guest:
            boot(guest, HYPERV)
            follow_the_host(guest)
            again = run_module(guest, "timesync", **options)
            assert not again["changed"]
            boot(guest, NO_CLOCK)
            assert until(lambda: selected(guest).startswith("10.0.2.10"), 60)
            assert until(lambda: is_right(guest), 60)


def boot(machine: Machine, hardware: Hardware) -> None:
    """Boot, shut down first if need be. Nothing fails."""
    if machine.is_running:
        machine.power_off()
    machine.start(hardware)
    machine.ssh("systemctl is-system-running --wait || true")
    assert machine.ssh("systemctl --failed --quiet") == ""
    assert machine.ssh("systemctl is-active chrony") == "active"


def follow_the_host(machine: Machine) -> None:
    """The clock is right beside NTP, and still follows the host without."""
    assert until(lambda: heard(machine, "PHC0"), 60)
    assert until(lambda: is_right(machine), 60)
    machine.ssh("chronyc offline")
    assert until(lambda: selected(machine) == "PHC0", 120)
    assert is_right(machine)
