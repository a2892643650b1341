# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One read-only look at a host, put together from the parts.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

from .._record import journal
from .._tables.daemons import PHC2SYS, client_units
from . import daemons as _daemons
from . import distro, hyperv, kernel, ptp, status, virtual
from . import units as _units


def observe(host, keys=None):
    """The whole observation, its keys as the module timesync_info documents them.

    ``keys`` is the text that the collection's own key file should have.
    """
    units = _units.observe(host, client_units())
    systemd = _daemons.systemd_version(host)
    daemons = _daemons.observe(host, units, systemd)
    clocks = ptp.observe(host)
    host_clock, reason = ptp.host_clock(clocks)
    return {
        "root": host.root,
        "privileged": os.geteuid() == 0,
        "distribution": distro.observe(host),
        "kernel": host.line("/proc/sys/kernel/osrelease"),
        "kernel_settings": kernel.observe(host),
        "systemd": {"booted": host.booted, "version": systemd},
        "virtualization": virtual.observe(host),
        "ptp_clocks": clocks,
        "host_clock": host_clock,
        "host_clock_reason": reason,
        "hyperv": hyperv.observe(host),
        "daemons": daemons,
        "units": units,
        "phc2sys": host.which(*PHC2SYS),
        "files": _daemons.observe_files(host, keys),
        "status": status.observe(host, daemons),
        "unfinished_run": journal.exists(host),
    }
