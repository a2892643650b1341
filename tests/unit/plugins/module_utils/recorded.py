# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of the hosts recorded in tests/fixtures/hosts.

A recorded host has no symbolic links in git: `ansible-test sanity` refuses those that dangle or
lead to a directory. The file NAME.links has them, one "path -> target" a line.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import shutil

HOSTS = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "../../../fixtures/hosts"
)


def copy_recorded(name, root):
    """Make the new folder ``root`` the root of this recorded host."""
    shutil.copytree(os.path.join(HOSTS, name), root)
    for path, target in _links(name):
        link = root + path
        if not os.path.isdir(os.path.dirname(link)):
            os.makedirs(os.path.dirname(link))
        os.symlink(target, link)


def _links(name):
    listing = os.path.join(HOSTS, name + ".links")
    if not os.path.exists(listing):
        return []
    with open(listing) as lines:
        return [line.rstrip("\n").split(" -> ") for line in lines]
