# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import stat

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, HostError
from ansible_collections.vmtime.linux.plugins.module_utils._record import first_run
from ansible_collections.vmtime.linux.plugins.module_utils._record import (
    journal as _journal,
)
from ansible_collections.vmtime.linux.plugins.module_utils._record.lock import lock


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


def test_a_link_out_of_the_root_leads_to_no_journal(tmpdir):
    outside, root = tmpdir.mkdir("outside"), tmpdir.mkdir("root")
    outside.join("journal").write('{"is": "outside"}')
    root.mkdir("var").mkdir("lib")
    os.symlink(str(outside), str(root.join("var", "lib", "vmtime-linux")))
    host = Host(str(root))
    assert _journal.read(host) is None
    _journal.remove(host)
    assert outside.join("journal").check()


@pytest.mark.parametrize("read", [_journal.read, first_run.read, first_run.observe])
def test_a_record_that_is_a_link_is_followed_inside_the_root(tmpdir, read):
    record = '{"files": {}, "units": {"%s": null}, "kernel": []}'
    outside, root = tmpdir.join("record"), tmpdir.mkdir("root")
    outside.write(record % "outside")
    root.join(str(outside)).write(record % "inside", ensure=True)
    folder = root.join("var", "lib", "vmtime-linux").ensure(dir=True)
    for name in ("journal", "before-first-run"):
        os.symlink(str(outside), str(folder.join(name)))
    assert read(Host(str(root)))["units"] == {"inside": None}


def test_a_journal_that_is_a_pipe_is_not_opened_and_goes(tmpdir):
    folder = tmpdir.join("var", "lib", "vmtime-linux").ensure(dir=True)
    os.mkfifo(str(folder.join("journal")))
    host = Host(str(tmpdir))
    assert _journal.read(host) is None
    _journal.remove(host)
    assert not folder.check()


@pytest.mark.parametrize("text", [b"", b'{"files": [', b"\xff"])
def test_a_journal_that_is_damaged_is_told(tmpdir, text):
    journal = tmpdir.join("var", "lib", "vmtime-linux", "journal")
    journal.write_binary(text, ensure=True)
    with pytest.raises(HostError, match="journal can't be understood"):
        _journal.read(Host(str(tmpdir)))
