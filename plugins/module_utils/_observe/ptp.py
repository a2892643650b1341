# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""/sys/class/ptp as data, and which of the clocks is the host clock.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import re

from .._tables.host_clocks import HOST_CLOCKS, host_clock_named


def observe(host):
    """Every PTP clock, by its number: name, clock_name, device, symlinks, driver."""
    links = {}
    for path in host.glob("/dev/ptp*"):
        target = host.link(path)
        if target is not None:
            links.setdefault(os.path.basename(target), []).append(path)
    clocks = []
    for folder in host.glob("/sys/class/ptp/ptp*"):
        name = os.path.basename(folder)
        if not re.match(r"^ptp[0-9]+$", name):
            continue
        driver = host.link(folder + "/device/driver")
        clocks.append(
            {
                "name": name,
                "clock_name": host.line(folder + "/clock_name"),
                "device": "/dev/" + name,
                "symlinks": links.get(name, []),
                "driver": os.path.basename(driver) if driver else None,
            }
        )
    return sorted(clocks, key=lambda clock: int(clock["name"][3:]))


def host_clock(clocks):
    """The host clock among the observed ones, and why: a tuple (dict or None, sentence)."""
    for row in HOST_CLOCKS:
        for clock in clocks:
            if host_clock_named(clock["clock_name"]) is row:
                return (
                    {
                        "name": clock["name"],
                        "clock_name": clock["clock_name"],
                        "hypervisor": row.hypervisor,
                        "device": row.device,
                    },
                    "%s is named '%s', the clock of %s."
                    % (clock["device"], clock["clock_name"], row.hypervisor),
                )
    if not clocks:
        return None, "The host has no PTP clock."
    named = ", ".join(
        "%s '%s'" % (clock["device"], clock["clock_name"]) for clock in clocks
    )
    return None, "No PTP clock is one of a hypervisor: %s." % named
