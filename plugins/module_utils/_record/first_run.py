# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a host was before the first run: what state=absent brings back.

A record that grows by what each run is the first to touch. It is one of the files that a run
changes, so a run that is undone leaves nothing in it.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import base64
import json
import stat

from .._host import HostError, sha256, to_bytes, to_text
from .._tables.daemons import is_key
from .._tables.own import FIRST_RUN as PATH
from .._tables.own import ORIGINAL
from .._tables.units import ABSENT

# A copy for people, beside a file that is taken over.


def read(host):
    """``files``: path to what stood there, as _files tells it. ``units``: name to its state.
    ``kernel``: the settings, as kernel.remember() tells them.

    None if no run has changed this host. A file or unit that was not there is None.
    """
    text = _text(host)
    if text is None:
        return None
    try:
        record = json.loads(text)
        return {
            "files": dict(record["files"]),
            "units": dict(record["units"]),
            "kernel": list(record.get("kernel", [])),
        }
    except (KeyError, TypeError, ValueError):
        raise HostError(
            "%s can't be understood. Move it away, and this collection no longer knows how the"
            " host was before." % PATH
        )


def _text(host):
    if not host.is_file(PATH):
        return None
    with open(host.target(PATH), "rb") as stream:
        return to_text(stream.read())


def additions(host, files, units, units_before, kernel):
    """The change of the record, as a list of files of the module timesync_apply: one, or none.

    ``files`` is the record that files.remember() gives, ``units`` what units.observe() saw of
    the units that will change, ``units_before`` the same of those that a package of this run has
    changed, and ``kernel`` what kernel.remember() tells. A module that was loaded stays until the
    next boot.
    """
    known = read(host) or {"files": {}, "units": {}, "kernel": []}
    record = {"files": dict(known["files"]), "units": dict(known["units"])}
    names = [setting["name"] for setting in known["kernel"]]
    record["kernel"] = known["kernel"] + [
        setting
        for setting in kernel
        if setting["name"] not in names
        and setting["value"] in ("bound", "unbound", "on", "off")
    ]
    for entry in files:
        record["files"].setdefault(entry["path"], entry["before"])
    for states in (units_before, units):
        for name, state in states.items():
            record["units"].setdefault(name, state)
    if record == known:
        return []
    text = json.dumps(record, sort_keys=True)
    return [{"path": PATH, "text": text, "mode": "0600", "keep_original": False}]


def restoration(host, record):
    """Files that bring everything back, and remove the record and the copies of originals."""
    files = []
    for path, look in sorted(record["files"].items()):
        files.append({"path": path, "look": look, "keep_original": False})
        if host.exists(path + ORIGINAL):
            files.append(_removal(path + ORIGINAL))
    return files + [_removal(PATH)]


def _removal(path):
    return {"path": path, "look": None, "keep_original": False}


def units(record):
    """Name to the state that each unit shall have."""
    return {name: state or ABSENT for name, state in record["units"].items()}


def observe(host):
    """The record for people, as the module timesync_info documents it."""
    text = _text(host)
    if text is None:
        return None
    record = read(host)
    return {
        "sha256": sha256(to_bytes(text)),
        "units": record["units"],
        "kernel": record["kernel"],
        "files": {
            path: None if look is None else _describe(path, look)
            for path, look in record["files"].items()
        },
    }


def _describe(path, look):
    if "link" in look:
        return {"symlink": look["link"], "text": None, "sha256": None}
    data = base64.b64decode(look["data"])
    # what not everybody may read on the host is not told elsewhere either
    is_secret = is_key(path) or not look["mode"] & stat.S_IROTH
    return {
        "symlink": None,
        "text": None if is_secret else to_text(data),
        "sha256": None if is_secret else sha256(data),
    }
