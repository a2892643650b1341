# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection's own files, units and marks on a host: each name is here and nowhere else.

Runs under Python 2.7 and 3.6+, on both sides.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

# What a run remembers.
STATE_DIRECTORY = "/var/lib/vmtime-linux"
JOURNAL = STATE_DIRECTORY + "/journal"
FIRST_RUN = STATE_DIRECTORY + "/before-first-run"
LOCK = "/run/vmtime-linux.lock"

# Beside a file that changes: the new text before the swap, the old one until the run has ended, and
# the text from before the first run.
CANDIDATE = ".vmtime-new"
PREVIOUS = ".vmtime-old"
ORIGINAL = ".vmtime-original"

# Marks in files: the first line of a file of ours, and lines of others that a run has changed.
MARKER = "# Managed by vmtime.linux"
SILENCED = "# silenced by vmtime.linux: "
REPLACED = "# replaced by vmtime.linux: "
ADDED = "# added by vmtime.linux"

UNIT_DIRECTORY = "/etc/systemd/system"
PHC2SYS_UNIT = "vmtime-phc2sys.service"
RECHECK_UNIT = "vmtime-recheck.service"
UNITS = (PHC2SYS_UNIT, RECHECK_UNIT)

# Of the host clock and the kernel. udev reads 90- after the rule that loads the device's driver.
HOST_CLOCK_RULES = "/etc/udev/rules.d/70-vmtime-ptp.rules"
HYPERV_RULES = "/etc/udev/rules.d/90-vmtime-hyperv.rules"
MODULES_LOAD = "/etc/modules-load.d/vmtime.conf"

# Of the daemons. systemd reads drop-ins in the order of their names, whatever their directory.
TIMESYNCD_DROP_IN = "/etc/systemd/timesyncd.conf.d/zz-vmtime.conf"
KEY_FILES = ("/etc/chrony.vmtime.keys", "/etc/chrony/vmtime.keys")
NO_HOST_CLOCK = ".no-host-clock.conf"
CHRONY_ENVIRONMENT = "/run/vmtime-chrony.env"


def unit_file(unit):
    """Where a unit of ours has its file."""
    return UNIT_DIRECTORY + "/" + unit


def drop_in(unit):
    """The drop-in that a unit of any kind gets."""
    return UNIT_DIRECTORY + "/" + unit + ".d/vmtime.conf"
