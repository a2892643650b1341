# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of the running kernel, as they are.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from .._tables.kernel_settings import MODULES
from . import hyperv


def observe(host):
    """Each setting by its name: one of its values, or None where this kernel does not have it."""
    seen = hyperv.observe(host)
    service, implicit = seen["time_sync"], seen["timesync_implicit"]
    state = {module: _loaded(host, module) for module in MODULES}
    state["hyperv_time_sync"] = None
    if service and driver(host):
        state["hyperv_time_sync"] = "bound" if service["driver"] else "unbound"
    state["timesync_implicit"] = {True: "on", False: "off", None: None}[implicit]
    return state


def _loaded(host, module):
    return "loaded" if host.is_folder("/sys/module/" + module) else "unloaded"


def driver(host):
    """The folder of hv_utils on the VMBus, or None; kernels spell the name differently."""
    found = host.glob("/sys/bus/vmbus/drivers/hv_util*")
    return found[0] if found else None
