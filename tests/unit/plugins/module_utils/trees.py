# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

from ansible_collections.vmtime.linux.plugins.module_utils._host import sha256

OLD = b"pool example.com\n# caf\xe9\n"
NEW = "server 127.0.0.9\n"


def chrony_tree(tmpdir):
    """A root folder that has one file of chrony's, OLD."""
    tmpdir.join("etc", "chrony.conf").write_binary(OLD, ensure=True)
    os.chmod(str(tmpdir.join("etc", "chrony.conf")), 0o640)
    return tmpdir


def wanted(path="/etc/chrony.conf", text=NEW, old=OLD, keep_original=False):
    """A file as the module timesync_apply takes it."""
    return {
        "path": path,
        "text": text,
        "sha256": old and sha256(old),
        "mode": "0644",
        "keep_original": keep_original,
    }
