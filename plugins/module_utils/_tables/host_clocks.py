# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clocks that a hypervisor gives its guest: the one table of names that may be chosen.

A PTP clock is chosen by its exact name, never by its number or by ruling others out: with Azure's
accelerated networking the network card's clock (``mlx5_ptp``) can be ``ptp0``.

Runs under Python 2.7 and 3.6+, on both sides.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import collections
import fnmatch

# clock_name: as /sys/class/ptp/*/clock_name has it; a trailing * stands for the device's number
# hypervisor: who serves it
# device:     the stable symlink, by the name that systemd or the vendor gives it
HostClock = collections.namedtuple("HostClock", "clock_name hypervisor device")

# Names: the kernel's drivers hv_util.c, ptp_kvm_common.c, ptp_vmw.c and virtio_rtc, and ena's
# ena_phc.c.
# Symlinks: systemd's 50-udev-default.rules; ptp_ena is from amazon-ec2-utils.
HOST_CLOCKS = (
    HostClock("hyperv", "hyperv", "/dev/ptp_hyperv"),
    HostClock("KVM virtual PTP", "kvm", "/dev/ptp_kvm"),
    HostClock("ptp_vmw", "vmware", "/dev/ptp_vmware"),
    HostClock("ena-ptp-*", "aws", "/dev/ptp_ena"),
    # type 0 is UTC, and variant 0 no smearing (uapi virtio_rtc.h); no other is plain time of day
    HostClock("Virtio PTP type 0/variant 0", "virtio", "/dev/ptp_virtio"),
)


def host_clock_named(clock_name):
    """The row of the table that this clock_name is, or None."""
    for row in HOST_CLOCKS:
        if fnmatch.fnmatchcase(clock_name or "", row.clock_name):
            return row
    return None
