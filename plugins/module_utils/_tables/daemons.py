# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time daemons that a host can have, and where each has its files: one row each.

Runs under Python 2.7 and 3.6+, on both sides.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import collections
import fnmatch
import os

from . import own

# name:     the daemon's own name
# binaries: where distributions put it, the first that exists counts
# version:  (arguments, pattern); without arguments systemd's own version is the daemon's
# units:    by precedence; the first that exists is the daemon's unit
# files:    patterns of its configuration, the distributions' and ours
# keys:     patterns of its key files: of these only owner and mode are ever told
Daemon = collections.namedtuple("Daemon", "name binaries version units files keys")

DAEMONS = (
    Daemon(
        "chrony",
        ("/usr/sbin/chronyd", "/usr/bin/chronyd"),
        (["-v"], r"version ([0-9]+(?:\.[0-9]+)+)"),
        ("chrony.service", "chronyd.service"),
        (
            "/etc/chrony*.conf",
            "/etc/chrony/*.conf",
            "/etc/chrony.conf.d/*.conf",
            "/etc/chrony.d/*.conf",
            "/etc/chrony.d/*.sources",
            "/etc/chrony/conf.d/*.conf",
            "/etc/chrony/sources.d/*.sources",
            "/etc/default/chrony",
            "/etc/sysconfig/chronyd",
            "/etc/systemd/system/chrony*.service.d/*.conf",
            "/run/chrony-dhcp/*.sources",
            "/run/chrony.d/*",
            "/usr/etc/chrony.conf",
            "/usr/etc/chrony.d/*.conf",
        ),
        ("/etc/chrony*.keys", "/etc/chrony/*.keys"),
    ),
    Daemon(
        "timesyncd",
        ("/usr/lib/systemd/systemd-timesyncd", "/lib/systemd/systemd-timesyncd"),
        (None, None),
        ("systemd-timesyncd.service",),
        (
            "/etc/systemd/timesyncd.conf",
            "/etc/systemd/timesyncd.conf.d/*.conf",
            "/run/systemd/timesyncd.conf.d/*.conf",
            "/usr/lib/systemd/timesyncd.conf.d/*.conf",
        ),
        (),
    ),
    Daemon(
        "ntp",
        ("/usr/sbin/ntpd", "/usr/bin/ntpd"),
        (["--version"], r"ntpd (4\.[0-9]+\.[0-9a-z]+)"),
        ("ntp.service", "ntpd.service"),
        (
            "/etc/default/ntp",
            "/etc/ntp.conf",
            "/etc/sysconfig/ntpd",
            "/etc/systemd/system/ntp*.service.d/*.conf",
            "/run/ntp.conf.dhcp",
            "/var/lib/ntp/ntp.conf.dhcp",
        ),
        ("/etc/ntp.keys", "/etc/ntp/keys"),
    ),
    Daemon(
        "ntpsec",
        ("/usr/sbin/ntpd", "/usr/bin/ntpd"),
        (["--version"], r"ntpsec-([0-9.]+)"),
        ("ntpsec.service", "ntpd.service"),
        ("/etc/default/ntpsec", "/etc/ntpsec/ntp.conf", "/run/ntpsec/ntp.conf.dhcp"),
        ("/etc/ntpsec/ntp.keys",),
    ),
    Daemon(
        "openntpd",
        ("/usr/sbin/ntpd", "/usr/bin/ntpd"),
        (["--version"], r"openntpd ([0-9.p]+)"),
        ("openntpd.service",),
        ("/etc/openntpd/ntpd.conf",),
        (),
    ),
)

# The key files that this collection writes, and nobody else.

# linuxptp's program that hands a host clock to ntpd.
PHC2SYS = ("/usr/sbin/phc2sys", "/usr/bin/phc2sys")

# Units beside the daemons' own that steer the system clock, or feed one that does.
OTHER_CLIENT_UNITS = (
    "chronyd-restricted.service",
    "ntp@mgmt.service",
    "ntpdate.service",
    "phc2sys.service",
    "sntp.service",
    "timemaster.service",
) + own.UNITS

# Files of no one daemon: how the host clock appears, gets its stable name and its unit.
HOST_CLOCK_FILES = (
    own.MODULES_LOAD,
    own.HYPERV_RULES,
    "/etc/udev/rules.d/*ptp*.rules",
    "/etc/systemd/system/dev-ptp*.device.d/*.conf",
) + tuple(own.unit_file(unit) for unit in own.UNITS)


def client_units():
    """The names of all units that steer the system clock."""
    names = [unit for daemon in DAEMONS for unit in daemon.units]
    return names + list(OTHER_CLIENT_UNITS)


def program_names(unit):
    """The names under which the programs of a daemon's unit tell the journal of themselves."""
    return {
        os.path.basename(path)
        for daemon in DAEMONS
        if unit in daemon.units
        for path in daemon.binaries
    }


def is_key(path):
    """True for a key file, which a link of another name may lead to."""
    keys = [pattern for daemon in DAEMONS for pattern in daemon.keys]
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in keys)
