# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The few settings of the running kernel that a plan may change, each with its two values.

Runs under Python 2.7 and 3.6+, on both sides.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

# Setting to its values. No other path of the kernel is ever written, and no other module loaded.
SETTINGS = {
    # Hyper-V's time-sync service and its driver: unbound, the host can't step the clock
    "hyperv_time_sync": ("bound", "unbound"),
    # whether hv_utils steps the clock by each sample of a host that is ahead (hv_util.c)
    "timesync_implicit": ("on", "off"),
    "hv_utils": ("loaded", "unloaded"),
    "ptp_kvm": ("loaded", "unloaded"),
}

MODULES = ("hv_utils", "ptp_kvm")
