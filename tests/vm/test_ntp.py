# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ntpd follows the host clock through the real phc2sys of Debian 12 and 13."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.vmtime.linux.tests.vm.conftest import LOGS
from ansible_collections.vmtime.linux.tests.vm.image import image as make_image
from ansible_collections.vmtime.linux.tests.vm.machine import Hardware, Machine
from ansible_collections.vmtime.linux.tests.vm.playbook import apply
from ansible_collections.vmtime.linux.tests.vm.waiting import is_right, pause, until

FEEDER = "vmtime-phc2sys.service"
DRIVER = "/sys/bus/pci/drivers/vmtime_mock"


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def host_only(_qemu: None, request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A machine that has ntpd follow the host alone. Its clock is 100 s late when it boots."""
    suite: str = request.param
    with Machine(make_image(suite), LOGS / f"test_ntp-{suite}") as guest:
        guest.start(
            Hardware(clocks=("mlx5_ptp", "hyperv"), errors=(37, 0), rtc_error=-100)
        )
        apply(guest, timesync_mode="host_only", timesync_ntp_provider="ntp")
        yield guest


def test_ntpd_follows_the_host(host_only: Machine) -> None:
    assert until(lambda: follows_host(host_only), 120), host_only.ssh("ntpq -pn")
    assert until(lambda: is_right(host_only), 120)


def test_ntpd_is_back_after_a_pause_of_28_seconds(host_only: Machine) -> None:
    # the median is in docs/pause.md; a machine that has other work to do may need longer for once
    seconds, samples = pause(host_only, 28, limit=400)
    assert samples[0].offset == pytest.approx(-28, abs=1)
    assert seconds is not None, host_only.ssh("ntpq -pn")


def test_a_missing_device_is_waited_for_in_silence(host_only: Machine) -> None:
    device = host_only.ssh(f"cd {DRIVER} && ls -d 0000:*")
    host_only.ssh(f"echo {device} > {DRIVER}/unbind && udevadm settle")
    host_only.ssh(f"systemctl restart {FEEDER}")
    lines = f"journalctl --boot --quiet --unit={FEEDER} | wc -l"
    before = host_only.ssh(lines)
    host_only.ssh("sleep 25")
    assert host_only.ssh(lines) == before
    assert host_only.ssh(f"systemctl is-active {FEEDER}") == "active"
    host_only.ssh(f"echo {device} > {DRIVER}/bind && udevadm settle")
    assert until(lambda: host_only.ssh("pidof phc2sys || true"), 30)
    assert until(lambda: follows_host(host_only), 120), host_only.ssh("ntpq -pn")


def follows_host(machine: Machine) -> bool:
    """True if ntpd has selected the shared memory that phc2sys feeds."""
    return "\n*SHM(0)" in machine.ssh("ntpq -pn")
