# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One read-only look at a host, put together from the parts.

Private to this collection. Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

from . import (
    _daemons,
    _distro,
    _hyperv,
    _journal,
    _kernel,
    _ptp,
    _status,
    _units,
    _virtual,
)


def observe(host, keys=None):
    """The whole observation, its keys as the module timesync_info documents them.

    ``keys`` is the text that the collection's own key file should have.
    """
    units = _units.observe(host, _daemons.client_units())
    systemd = _daemons.systemd_version(host)
    daemons = _daemons.observe(host, units, systemd)
    clocks = _ptp.observe(host)
    host_clock, reason = _ptp.host_clock(clocks)
    return {
        "root": host.root,
        "privileged": os.geteuid() == 0,
        "distribution": _distro.observe(host),
        "kernel": host.line("/proc/sys/kernel/osrelease"),
        "kernel_settings": _kernel.observe(host),
        "systemd": {"booted": host.booted, "version": systemd},
        "virtualization": _virtual.observe(host),
        "ptp_clocks": clocks,
        "host_clock": host_clock,
        "host_clock_reason": reason,
        "hyperv": _hyperv.observe(host),
        "daemons": daemons,
        "units": units,
        "phc2sys": host.which(*_daemons.PHC2SYS),
        "files": _daemons.observe_files(host, keys),
        "status": _status.observe(host, daemons),
        "unfinished_run": _journal.exists(host),
    }
