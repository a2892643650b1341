# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""os-release as data.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import re

from .._host import one_line

_LINE = re.compile(r"""^([A-Z_0-9]+)=(?:"(.*)"|'(.*)'|(.*))$""")


def parse_os_release(text):
    """os-release(5) to a dict of its fields; lines that are not of its form are left out."""
    fields = {}
    for line in text.splitlines():
        found = _LINE.match(line.strip())
        if found:
            value = next(part for part in found.groups()[1:] if part is not None)
            fields[found.group(1)] = one_line(re.sub(r"\\(.)", r"\1", value))
    return fields


def observe(host):
    """The distribution: id, id_like (list), version_id, codename, name; None where not told.

    The codename is that of the release that it is made from, if it tells of one. Also ``reason``:
    why nothing is told, or None.
    """
    text = host.text("/etc/os-release") or host.text("/usr/lib/os-release")
    fields = parse_os_release(text or "")
    names = ("UBUNTU_CODENAME", "DEBIAN_CODENAME", "VERSION_CODENAME")
    codenames = [fields[name] for name in names if fields.get(name)]
    return {
        # os-release(5): what does not tell its ID is linux
        "id": None if text is None else fields.get("ID", "linux"),
        "id_like": fields.get("ID_LIKE", "").split(),
        "version_id": fields.get("VERSION_ID"),
        "codename": codenames[0] if codenames else None,
        "name": fields.get("PRETTY_NAME"),
        "reason": "There is neither /etc/os-release nor /usr/lib/os-release."
        if text is None
        else None,
    }
