# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host clocks and what only a plan must know of them: one row each.

The names and devices are in module_utils/_tables/host_clocks.py, which the managed host has too.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._model.observation import ObservedClock
from .._model.sources import Refclock

# The line of Microsoft's page, for Hyper-V and for clocks whose vendors give none.
DOCUMENTED = Refclock(poll=3, dpoll=-2, offset=0, stratum=2)


@dataclass(frozen=True)
class HostClockRow:
    """What a vendor says of his clock, and what makes it appear."""

    clock_name: str
    # what it runs on by DMI, where that makes a difference
    virtualization: str | None
    refclock: Refclock
    # whether it spreads leap seconds; None: as the host's own clock does
    smeared: bool | None
    # the module that a plan may load where the clock is asked for by name
    module: t.Literal["ptp_kvm", "hv_utils"] | None
    # what to do where there is no such clock, as the end of a sentence
    appears: str


# Values: Microsoft's "Time sync for Linux VMs in Azure", Google's "configure-time-sync", AWS's
# EC2 user guide, the kernel's uapi virtio_rtc.h. All serve UTC. vmclock has no row: its driver
# serves TAI, which takes chrony's option tai and a list of leap seconds.
HOST_CLOCKS = (
    HostClockRow(
        clock_name="hyperv",
        virtualization=None,
        refclock=DOCUMENTED,
        smeared=False,
        module="hv_utils",
        appears="the time-sync service has to be switched on for this guest, and hv_utils loaded",
    ),
    HostClockRow(
        clock_name="KVM virtual PTP",
        virtualization="google",
        refclock=Refclock(poll=-1),
        smeared=True,
        module="ptp_kvm",
        appears="the module ptp_kvm has to be loaded",
    ),
    HostClockRow(
        clock_name="KVM virtual PTP",
        virtualization=None,
        refclock=Refclock(poll=2),
        smeared=None,
        module="ptp_kvm",
        appears="the module ptp_kvm has to be loaded, and KVM must offer its clock",
    ),
    HostClockRow(
        clock_name="ptp_vmw",
        virtualization=None,
        refclock=DOCUMENTED,
        smeared=None,
        module=None,
        appears="the virtual machine needs the virtual device 'precision clock'",
    ),
    HostClockRow(
        clock_name="ena-ptp-*",
        virtualization=None,
        refclock=Refclock(poll=0, delay=0.00001),
        smeared=False,
        module=None,
        # to reload the driver of the network card would cut off the host
        appears="the driver ena has to be loaded with phc_enable=1, which takes a reboot with that"
        " in /etc/modprobe.d, or enable_phc of devlink where the driver is the kernel's own",
    ),
    HostClockRow(
        clock_name="Virtio PTP type 0/variant 0",
        virtualization=None,
        refclock=DOCUMENTED,
        smeared=False,
        module=None,
        appears="the hypervisor has to offer virtio-rtc with a clock of UTC",
    ),
)

# An image's: whichever of them is there at boot. udev reads a | as "or".
ANY = ObservedClock(
    clock_name="|".join(dict.fromkeys(row.clock_name for row in HOST_CLOCKS)),
    hypervisor="any",
    device="/dev/ptp_host",
)
_ANY_ROW = HostClockRow(
    clock_name=ANY.clock_name,
    virtualization=None,
    refclock=DOCUMENTED,
    smeared=None,
    module=None,
    appears="the image has to boot where one of them is",
)

# What a host runs on to the name of the clock that it can have.
_OF_VIRTUALIZATION = {
    "hyperv": "hyperv",
    "google": "KVM virtual PTP",
    "kvm": "KVM virtual PTP",
    "qemu": "KVM virtual PTP",
    "vmware": "ptp_vmw",
    "aws": "ena-ptp-*",
}


def row_of(clock: ObservedClock, virtualization: str | None) -> HostClockRow:
    """The row of a clock that is on the host, or may be."""
    return _ANY_ROW if clock == ANY else _row(clock.pattern, virtualization)


def expected_row(virtualization: str | None) -> HostClockRow | None:
    """The row of the clock that such a host can have, None where nobody serves one."""
    name = _OF_VIRTUALIZATION.get(virtualization or "")
    return (name and _row(name, virtualization)) or None


def _row(name: str, virtualization: str | None) -> HostClockRow:
    rows = [row for row in HOST_CLOCKS if row.clock_name == name]
    exact = [row for row in rows if row.virtualization == virtualization]
    general = [row for row in rows if row.virtualization is None]
    return (exact or general)[0]
