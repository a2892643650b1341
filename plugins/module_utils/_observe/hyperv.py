# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hyper-V's time synchronisation service, as the kernel shows it.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

# The class of the TimeSync integration component (include/linux/hyperv.h).
TIME_SYNC_CLASS = "{9527e630-d0ae-497b-adce-e80ab0175caf}"

TIMESYNC_IMPLICIT = "/sys/module/hv_utils/parameters/timesync_implicit"


def observe(host):
    """VMBus, the time-sync service on it, the driver hv_utils and its option timesync_implicit.

    ``time_sync`` is None with a reason where the service is absent; ``timesync_implicit`` is None
    where the kernel does not know the option (before 6.8).
    """
    if not host.is_folder("/sys/bus/vmbus"):
        return {
            "vmbus": False,
            "time_sync": None,
            "hv_utils": False,
            "timesync_implicit": None,
            "reason": "There is no VMBus: this is not a guest of Hyper-V.",
        }
    time_sync = None
    for path in host.glob("/sys/bus/vmbus/devices/*/class_id"):
        if (host.line(path) or "").lower() == TIME_SYNC_CLASS:
            folder = os.path.dirname(path)
            driver = host.link(folder + "/driver")
            time_sync = {
                "device": os.path.basename(folder),
                "driver": os.path.basename(driver) if driver else None,
            }
    loaded = host.is_folder("/sys/module/hv_utils")
    implicit = host.line(TIMESYNC_IMPLICIT)
    reason = None
    if time_sync is None:
        reason = "The host does not offer its time-sync service to this guest."
    elif not loaded:
        reason = "The kernel module hv_utils is not loaded."
    return {
        "vmbus": True,
        "time_sync": time_sync,
        "hv_utils": loaded,
        "timesync_implicit": {"Y": True, "1": True, "N": False, "0": False}.get(
            implicit
        ),
        "reason": reason,
    }
