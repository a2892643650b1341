# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The few settings of the running kernel that a plan may change: a closed list, by name.

What is set here is lost with the next boot; what sets it again then is a file of the plan.

Private to this collection. Runs under Python 2.7 and 3.6+, and its table on both sides.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

from . import _hyperv
from ._host import HostError, sentence

# Setting to its values. No other path of the kernel is ever written, and no other module loaded.
SETTINGS = {
    # Hyper-V's time-sync service and its driver: unbound, the host can't step the clock
    "hyperv_time_sync": ("bound", "unbound"),
    # whether hv_utils steps the clock by each sample of a host that is ahead (hv_util.c)
    "timesync_implicit": ("on", "off"),
    "hv_utils": ("loaded", "unloaded"),
    "ptp_kvm": ("loaded", "unloaded"),
}

_MODULES = ("hv_utils", "ptp_kvm")


def observe(host):
    """Each setting by its name: one of its values, or None where this kernel does not have it."""
    seen = _hyperv.observe(host)
    service, implicit = seen["time_sync"], seen["timesync_implicit"]
    state = {module: _loaded(host, module) for module in _MODULES}
    state["hyperv_time_sync"] = None
    if service and _driver(host):
        state["hyperv_time_sync"] = "bound" if service["driver"] else "unbound"
    state["timesync_implicit"] = {True: "on", False: "off", None: None}[implicit]
    return state


def _loaded(host, module):
    return "loaded" if host.is_folder("/sys/module/" + module) else "unloaded"


def _driver(host):
    """The folder of hv_utils on the VMBus, or None; kernels spell the name differently."""
    found = host.glob("/sys/bus/vmbus/drivers/hv_util*")
    return found[0] if found else None


def change(host, settings):
    """Give each of ``settings`` (dicts of ``name`` and ``value``) its value; what was done.

    Raises HostError if the kernel does not take one.
    """
    done = []
    for setting in settings:
        name, value = setting["name"], setting["value"]
        if observe(host)[name] != value:
            done.append(_set(host, name, value))
    if done and host.booted:
        # the clock that comes with it gets its name before a daemon looks for it
        host.run(["udevadm", "settle", "--timeout=5"])
    return done


def remember(host, settings):
    """The settings as they are now, fit for JSON and for put_back()."""
    state = observe(host)
    return [
        {"name": setting["name"], "value": state[setting["name"]]}
        for setting in settings
    ]


def put_back(host, record):
    """Every setting as it was: those that were put back, and a sentence per problem."""
    restored, problems = [], []
    for entry in reversed(record):
        name, value = entry["name"], entry["value"]
        if value is None or observe(host)[name] == value:
            continue
        try:
            _set(host, name, value)
            restored.append(name)
        except HostError as error:
            problems.append(sentence(error))
    return restored, problems


def _set(host, name, value):
    if value not in SETTINGS[name]:
        raise HostError("%s can't be %s." % (name, value))
    if name in _MODULES:
        argv = ["modprobe"] + ([] if value == "loaded" else ["--remove"]) + [name]
        said = host.run(argv)
        if said.rc != 0:
            raise HostError("'%s' failed: %s" % (" ".join(argv), said.words))
        # one that is built in may have no folder
        return " ".join(argv)
    if name == "timesync_implicit":
        path, word = _hyperv.TIMESYNC_IMPLICIT, "1" if value == "on" else "0"
    else:
        service, driver = _hyperv.observe(host)["time_sync"], _driver(host)
        if service is None or driver is None:
            raise HostError(
                "There is no time-sync service of Hyper-V to be %s." % value
            )
        path = driver + ("/bind" if value == "bound" else "/unbind")
        word = service["device"]
    _write(host, path, word)
    if observe(host)[name] != value:
        raise HostError("The kernel took '%s' for %s without effect." % (word, path))
    return "echo %s > %s" % (word, path)


def _write(host, path, word):
    try:
        # without O_CREAT: what the kernel does not have is not made
        handle = os.open(host.real(path), os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)
        try:
            os.write(handle, word.encode("ascii"))
        finally:
            os.close(handle)
    except EnvironmentError as error:
        raise HostError(
            "The kernel refuses '%s' for %s: %s"
            % (word, path, os.strerror(error.errno))
        )
