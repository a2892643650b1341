# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The few settings of the running kernel that a plan may change: a closed list, by name.

What is set here is lost with the next boot; what sets it again then is a file of the plan.

Runs under Python 2.7 and 3.6+, and its table on both sides.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

from .._host import HostError, sentence
from .._observe import hyperv, kernel
from .._tables.kernel_settings import MODULES, SETTINGS


def change(host, settings):
    """Give each of ``settings`` (dicts of ``name`` and ``value``) its value; what was done.

    Raises HostError if the kernel does not take one.
    """
    done = []
    for setting in settings:
        name, value = setting["name"], setting["value"]
        if kernel.observe(host)[name] != value:
            done.append(_set(host, name, value))
    if done and host.booted:
        # the clock that comes with it gets its name before a daemon looks for it
        host.run(["udevadm", "settle", "--timeout=5"])
    return done


def remember(host, settings):
    """The settings as they are now, fit for JSON and for put_back()."""
    state = kernel.observe(host)
    return [
        {"name": setting["name"], "value": state[setting["name"]]}
        for setting in settings
    ]


def put_back(host, record):
    """Every setting as it was: those that were put back, and a sentence per problem."""
    restored, problems = [], []
    for entry in reversed(record):
        name, value = entry["name"], entry["value"]
        if value is None or kernel.observe(host)[name] == value:
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
    if name in MODULES:
        argv = ["modprobe"] + ([] if value == "loaded" else ["--remove"]) + [name]
        said = host.run(argv)
        if said.rc != 0:
            raise HostError("'%s' failed: %s" % (" ".join(argv), said.words))
        # one that is built in may have no folder
        return " ".join(argv)
    if name == "timesync_implicit":
        path, word = hyperv.TIMESYNC_IMPLICIT, "1" if value == "on" else "0"
    else:
        service, driver = hyperv.observe(host)["time_sync"], kernel.driver(host)
        if service is None or driver is None:
            raise HostError(
                "There is no time-sync service of Hyper-V to be %s." % value
            )
        path = driver + ("/bind" if value == "bound" else "/unbind")
        word = service["device"]
    _write(host, path, word)
    if kernel.observe(host)[name] != value:
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
