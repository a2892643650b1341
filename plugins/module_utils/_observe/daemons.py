# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time daemons that a host can have, and what is to be seen of each.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import re

from .._host import to_bytes, version_in
from .._tables import own
from .._tables.daemons import DAEMONS, HOST_CLOCK_FILES, is_key

_KEY_FILE = re.compile(
    r"^[ \t]*(?:keyfile|keys)[ \t]+(\S+)", re.IGNORECASE | re.MULTILINE
)

_SYSTEMD_LIBRARIES = (
    "/usr/lib/systemd/libsystemd-shared-*.so",
    "/usr/lib/*/systemd/libsystemd-shared-*.so",
    "/lib/systemd/libsystemd-shared-*.so",
)


def systemd_version(host):
    """systemd's version as text, None where it is not known.

    From systemd 231 on the name of its library has it, which spares a program and is there in an
    image too.
    """
    paths = [path for pattern in _SYSTEMD_LIBRARIES for path in host.glob(pattern)]
    versions = {version_in(path, r"-shared-([0-9]+)") for path in paths} - {None}
    if len(versions) == 1:
        return versions.pop()
    return version_in(host.run(["systemctl", "--version"]).out, r"^systemd ([0-9]+)")


def observe(host, units, systemd):
    """Each daemon by name: installed, binary, version, unit, active, enabled, reason.

    ``units`` is what _units.observe saw. A daemon is installed if its program and its unit are
    there: three daemons share the program's name ntpd, and the unit tells which it is.
    """
    daemons = {}
    for daemon in DAEMONS:
        binary = host.which(*daemon.binaries)
        known = [unit for unit in daemon.units if unit in units]
        unit = known[0] if binary and known else None
        said = _said(host, daemon, binary) if unit else None
        if said is not None and _names_another(said, daemon):
            unit = None
        version = _version(daemon, said, systemd) if unit else None
        daemons[daemon.name] = {
            "installed": unit is not None,
            "binary": binary if unit else None,
            "version": version,
            "unit": unit,
            "active": None if unit is None else _is(units[unit]["active"], "active"),
            "enabled": None if unit is None else units[unit]["enabled"] == "enabled",
            "reason": _reason(daemon, binary, known, unit, version),
        }
    return daemons


def _said(host, daemon, binary):
    """What the daemon's program says of its version, None if it is not asked."""
    arguments = daemon.version[0]
    if arguments is None:
        return None
    said = host.run([binary] + arguments)
    return said.out + said.err


def _names_another(said, daemon):
    """True if a program that daemons have in common tells that it is another one's."""
    others = [
        other
        for other in DAEMONS
        if other != daemon and other.binaries[0] == daemon.binaries[0]
    ]
    return any(version_in(said, other.version[1]) for other in others)


def _version(daemon, said, systemd):
    return systemd if said is None else version_in(said, daemon.version[1])


def _is(state, wanted):
    return None if state is None else state == wanted


def _reason(daemon, binary, known, unit, version):
    if binary is None:
        return "There is no %s." % " or ".join(daemon.binaries)
    if known and unit is None:
        return "%s is another daemon's program." % binary
    if unit is None:
        return "There is no unit %s." % " or ".join(daemon.units)
    if version is None:
        return "%s did not tell its version." % binary
    return None


def observe_files(host, keys=None):
    """Every configuration file of every daemon by its path, as Host.describe tells it.

    ``keys`` is the text that our own key file should have; ``matches`` of it tells whether it has.
    """
    files = {}
    for daemon in DAEMONS:
        _describe(host, files, daemon.files, secret=False)
        _describe(host, files, daemon.keys, secret=True)
    _describe(host, files, HOST_CLOCK_FILES, secret=False)
    for path in _named_keys(files):
        files[path].update(text=None, sha256=None)
    for path in set(own.KEY_FILES) & set(files):
        files[path]["matches"] = host.read(path) == to_bytes(keys or "")
    return files


def _named_keys(files):
    """The key files that the configuration names where other files are looked for."""
    texts = [about["text"] or "" for about in files.values()]
    named = [path for text in texts for path in _KEY_FILE.findall(text)]
    return sorted(set(named) & set(files))


def _describe(host, files, patterns, secret):
    for pattern in patterns:
        for path in host.glob(pattern):
            about = host.describe(path, secret or is_key(host.resolved(path)))
            if about is not None:
                files[path] = about
