# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States of systemd units: asked of systemd where it runs, else read from the unit files.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import re

from .._tables.units import UNIT_DIRECTORIES

_UNIT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]*\.service$")
_PROPERTIES = "Id,LoadState,ActiveState,UnitFileState,ConditionResult"


def observe(host, names):
    """Units by their real name (an alias is reported under what it stands for).

    Each is a dict of ``load`` (loaded, masked), ``active`` (active, inactive, failed, ...; None
    where systemd does not run), ``enabled`` (systemd's UnitFileState) and ``condition`` (False if
    a condition kept it from starting). Units that do not exist are left out.
    """
    found = _ask(host, names) if host.booted else None
    return _read(host, names) if found is None else found


def _ask(host, names):
    said = host.run(
        ["systemctl", "show", "--property=" + _PROPERTIES, "--"] + list(names)
    )
    if said.rc != 0:
        return None
    units = {}
    for block in said.out.split("\n\n"):
        shown = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if shown.get("LoadState") in ("loaded", "masked"):
            units[shown.get("Id", "")] = {
                "load": shown["LoadState"],
                "active": shown.get("ActiveState"),
                "enabled": shown.get("UnitFileState") or "static",
                "condition": shown.get("ConditionResult") != "no",
            }
    return units


def _read(host, names):
    units = {}
    for name in names:
        paths = _paths(name)
        paths = [path for path in paths if host.exists(path) or host.link(path)]
        if not paths:
            continue
        target = os.path.basename(host.link(paths[0]) or name)
        masked = target == "null"
        # the name of an alias comes from the tree, which may be a hostile image
        real = target if _UNIT_NAME.match(target) else name
        wanted = host.glob("/etc/systemd/system/*.wants/" + real)
        units[real] = {
            "load": "masked" if masked else "loaded",
            "active": None,
            "enabled": "masked" if masked else _enabled(host, paths[0], wanted),
            "condition": True,
        }
    return units


def _paths(name):
    """Where its file can be. An instance of a template needs none of its own: a@b.service."""
    paths = [folder + "/" + name for folder in UNIT_DIRECTORIES]
    template = re.sub("@[^.]+", "@", name)
    if template != name:
        paths += [folder + "/" + template for folder in UNIT_DIRECTORIES]
    return paths


def _enabled(host, path, wanted):
    """Also "static", as systemd calls a unit that tells of no place to be enabled at."""
    if wanted:
        return "enabled"
    text = host.text(path)
    return "static" if text and "[Install]" not in text else "disabled"
