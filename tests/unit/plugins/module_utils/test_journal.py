# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import stat

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils import _journal
from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, HostError
from ansible_collections.vmtime.linux.plugins.module_utils._lock import lock


def test_a_journal_is_for_root_alone_and_goes_with_the_run(tmpdir):
    host = Host(str(tmpdir))
    assert _journal.read(host) is None
    _journal.write(host, {"a": 1})
    path = tmpdir.join("var", "lib", "vmtime-linux", "journal")
    assert stat.S_IMODE(path.stat().mode) == 0o600
    assert stat.S_IMODE(path.dirpath().stat().mode) == 0o700
    assert _journal.read(host) == {"a": 1}
    _journal.remove(host)
    assert not path.dirpath().check()


def test_the_lock_names_its_holder(tmpdir):
    host = Host(str(tmpdir))
    with lock(host), pytest.raises(HostError, match="process %d" % os.getpid()):
        lock(host, wait=0.1).__enter__()
    with lock(host, wait=0):
        pass
