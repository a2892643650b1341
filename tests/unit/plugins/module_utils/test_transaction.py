# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import stat

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils import _files, _transaction
from ansible_collections.vmtime.linux.plugins.module_utils._host import (
    Host,
    HostError,
    sha256,
)
from ansible_collections.vmtime.linux.plugins.module_utils._lock import lock

OLD = b"pool example.com\n# caf\xe9\n"
NEW = "server 127.0.0.9\n"


@pytest.fixture
def tree(tmpdir):
    tmpdir.join("etc", "chrony.conf").write_binary(OLD, ensure=True)
    os.chmod(str(tmpdir.join("etc", "chrony.conf")), 0o640)
    return tmpdir


def wanted(path="/etc/chrony.conf", text=NEW, old=OLD, keep_original=False):
    return {
        "path": path,
        "text": text,
        "sha256": old and sha256(old),
        "mode": "0644",
        "keep_original": keep_original,
    }


def snapshot(folder):
    """Every path below a folder with its kind, mode and content."""
    found = {}
    for base, folders, files in os.walk(str(folder)):
        for name in folders + files:
            path = os.path.join(base, name)
            about = os.lstat(path)
            content = None
            if stat.S_ISLNK(about.st_mode):
                content = os.readlink(path)
            elif stat.S_ISREG(about.st_mode):
                with open(path, "rb") as stream:
                    content = stream.read()
            found[os.path.relpath(path, str(folder))] = (about.st_mode, content)
    return found


def stage(tree, *files):
    return _files.stage(Host(str(tree)), files)


def test_staging_touches_no_target(tree):
    before = snapshot(tree)
    staged = stage(tree, wanted(), wanted("/etc/systemd/system/x.d/y.conf", old=None))
    assert tree.join("etc", "chrony.conf").read_binary() == OLD
    assert staged.candidate("/etc/chrony.conf") == str(
        tree.join("etc", "chrony.conf.vmtime-new")
    )
    staged.discard()
    assert snapshot(tree) == before


def test_swap_keeps_the_mode_and_leaves_no_candidate(tree):
    stage(tree, wanted()).swap()
    assert tree.join("etc", "chrony.conf").read() == NEW
    assert stat.S_IMODE(tree.join("etc", "chrony.conf").stat().mode) == 0o640
    assert os.listdir(str(tree.join("etc"))) == ["chrony.conf"]


def test_a_new_file_gets_its_folder_and_mode(tree):
    stage(tree, wanted("/etc/systemd/system/x.d/y.conf", old=None)).swap()
    new = tree.join("etc", "systemd", "system", "x.d", "y.conf")
    assert new.read() == NEW
    assert stat.S_IMODE(new.stat().mode) == 0o644


def test_restore_brings_back_every_byte(tree):
    os.symlink("chrony.conf", str(tree.join("etc", "link.conf")))
    tree.join("etc", "gone.conf").write_binary(b"gone")
    before = snapshot(tree)
    staged = stage(
        tree,
        wanted(keep_original=True),
        wanted("/etc/link.conf"),
        wanted("/etc/gone.conf", text=None, old=b"gone"),
        wanted("/etc/new.d/new.conf", old=None),
    )
    staged.swap()
    assert snapshot(tree) != before
    assert staged.restore() == [
        "/etc/chrony.conf",
        "/etc/gone.conf",
        "/etc/link.conf",
        "/etc/new.d/new.conf",
    ]
    assert snapshot(tree) == before


def test_the_first_original_is_kept(tree):
    stage(tree, wanted(keep_original=True)).swap()
    original = tree.join("etc", "chrony.conf.vmtime-original")
    assert original.read_binary() == OLD
    assert stat.S_IMODE(original.stat().mode) == 0o640
    stage(tree, wanted(text="again\n", keep_original=True)).swap()
    assert original.read_binary() == OLD


def test_a_link_is_replaced_and_what_it_leads_to_is_not_written(tree):
    tree.join("usr", "vendor.conf").write("vendor", ensure=True)
    os.symlink("/usr/vendor.conf", str(tree.join("etc", "link.conf")))
    stage(tree, wanted("/etc/link.conf")).swap()
    assert not os.path.islink(str(tree.join("etc", "link.conf")))
    assert tree.join("usr", "vendor.conf").read() == "vendor"


def test_a_leftover_candidate_that_is_a_link_is_not_followed(tree):
    tree.join("victim").write("victim")
    os.symlink(
        str(tree.join("victim")), str(tree.join("etc", "chrony.conf.vmtime-new"))
    )
    stage(tree, wanted()).swap()
    assert tree.join("victim").read() == "victim"
    assert tree.join("etc", "chrony.conf").read() == NEW


def options(tree, *files):
    return {
        "root": str(tree),
        "files": list(files),
        "checks": [
            {"argv": ["/usr/sbin/chronyd", "-p", "-f"], "path": "/etc/chrony.conf"}
        ],
        "stop": [],
        "start": "chrony.service",
        "verify": {
            "provider": "chrony",
            "version": "4.3",
            "sources": ["127.0.0.9"],
            "any_source": False,
            "timeout": 1,
        },
    }


@pytest.mark.parametrize("old", [b"something else", None])
def test_a_file_that_changed_meanwhile_is_refused(tree, old):
    tree.mkdir("run")
    with pytest.raises(HostError, match="changed by someone else"):
        _transaction.apply(Host(str(tree)), options(tree, wanted(old=old)))
    assert tree.join("etc", "chrony.conf").read_binary() == OLD
    assert os.listdir(str(tree.join("etc"))) == ["chrony.conf"]


def test_below_another_root_the_unit_is_enabled_and_nothing_started(tree):
    unit = tree.join("usr", "lib", "systemd", "system", "chrony.service")
    unit.write("[Install]\nWantedBy=multi-user.target\n", ensure=True)
    if Host().run(["systemctl", "--version"]).rc != 0:
        pytest.skip("no systemctl on this machine")
    done = _transaction.apply(Host(str(tree)), options(tree, wanted()))
    assert tree.join("etc", "chrony.conf").read() == NEW
    wants = tree.join(
        "etc", "systemd", "system", "multi-user.target.wants", "chrony.service"
    )
    assert os.path.islink(str(wants))
    assert done["status"] is None
    assert [step.split(":")[0] for step in done["skipped"]] == [
        "The daemon did not check its files",
        "chrony.service was enabled but not started",
    ]


def test_a_unit_that_fails_puts_the_files_back(tree):
    if Host().run(["systemctl", "--version"]).rc != 0:
        pytest.skip("no systemctl on this machine")
    with pytest.raises(_transaction.ApplyError) as caught:
        _transaction.apply(Host(str(tree)), options(tree, wanted()))
    assert "systemctl" in str(caught.value)
    assert caught.value.restored == ["/etc/chrony.conf"]
    assert tree.join("etc", "chrony.conf").read_binary() == OLD


def test_the_lock_names_its_holder(tree):
    host = Host(str(tree))
    with lock(host), pytest.raises(HostError, match="process %d" % os.getpid()):
        lock(host, wait=0.1).__enter__()
    with lock(host, wait=0):
        pass
