# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""os-release as data.

Private to this collection. Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import re

from ._host import one_line

# By ID or, for the many that derive from one, by ID_LIKE.
FAMILIES = {
    "amzn": "redhat",
    "arch": "arch",
    "azurelinux": "azurelinux",
    "centos": "redhat",
    "debian": "debian",
    "fedora": "redhat",
    "flatcar": "flatcar",
    "mariner": "azurelinux",
    "ol": "redhat",
    "opensuse": "suse",
    "rhel": "redhat",
    "sles": "suse",
    "suse": "suse",
    "ubuntu": "debian",
}

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
    """The distribution: id, id_like (list), version_id, name, family; None where not told.

    Also ``reason``: why there is no family, or None.
    """
    text = host.text("/etc/os-release") or host.text("/usr/lib/os-release")
    if text is None:
        return {
            "id": None,
            "id_like": [],
            "version_id": None,
            "name": None,
            "family": None,
            "reason": "There is neither /etc/os-release nor /usr/lib/os-release.",
        }
    fields = parse_os_release(text)
    names = [fields.get("ID", "linux")] + fields.get("ID_LIKE", "").split()
    families = [FAMILIES[name] for name in names if name in FAMILIES]
    return {
        "id": names[0],
        "id_like": names[1:],
        "version_id": fields.get("VERSION_ID"),
        "name": fields.get("PRETTY_NAME"),
        "family": families[0] if families else None,
        "reason": None if families else "No family is known for %s." % " ".join(names),
    }
