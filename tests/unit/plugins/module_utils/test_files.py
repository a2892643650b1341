# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import errno
import json
import os
import stat
import struct

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._apply import files as _files
from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, HostError
from ansible_collections.vmtime.linux.tests.unit.plugins.module_utils import crash
from ansible_collections.vmtime.linux.tests.unit.plugins.module_utils.trees import (
    NEW,
    OLD,
    chrony_tree,
    wanted,
)


@pytest.fixture
def tree(tmpdir):
    return chrony_tree(tmpdir)


def snapshot(tree):
    return crash.snapshot(str(tree))


class Change:
    """The steps of _files on one tree, in the order in which a run takes them."""

    def __init__(self, tree, *files):
        self.host = Host(str(tree))
        self.files = files
        self.record = _files.remember(self.host, files)
        # it goes through the journal
        self.record = json.loads(json.dumps(self.record))
        _files.stage(self.host, files, self.record)

    def swap(self):
        _files.swap(self.host, self.files, self.record)
        return self

    def put_back(self):
        return _files.put_back(self.host, self.record)


def test_staging_touches_no_target(tree):
    before = snapshot(tree)
    change = Change(tree, wanted(), wanted("/etc/systemd/system/x.d/y.conf", old=None))
    assert tree.join("etc", "chrony.conf").read_binary() == OLD
    assert tree.join("etc", "chrony.conf.vmtime-new").read() == NEW
    assert change.put_back() == ([], [], [])
    assert snapshot(tree) == before


def test_swap_keeps_the_mode_and_leaves_no_candidate(tree):
    change = Change(tree, wanted()).swap()
    _files.forget(change.host, change.files)
    assert tree.join("etc", "chrony.conf").read() == NEW
    assert stat.S_IMODE(tree.join("etc", "chrony.conf").stat().mode) == 0o640
    assert os.listdir(str(tree.join("etc"))) == ["chrony.conf"]


def test_a_new_file_gets_its_folder_and_mode(tree):
    Change(tree, wanted("/etc/systemd/system/x.d/y.conf", old=None)).swap()
    new = tree.join("etc", "systemd", "system", "x.d", "y.conf")
    assert new.read() == NEW
    assert stat.S_IMODE(new.stat().mode) == 0o644


def test_what_is_to_go_may_be_gone_with_its_folder(tree):
    change = Change(
        tree, wanted("/etc/systemd/system/x.d/y.conf", text=None, old=None), wanted()
    ).swap()
    _files.tidy(change.host, change.files)
    assert not tree.join("etc", "systemd").check()
    assert tree.join("etc", "chrony.conf").read() == NEW


KEYS = "/etc/chrony.vmtime.keys"


def secret(text="10 MD5 a\n", group="chrony"):
    return {
        "path": KEYS,
        "text": text,
        "sha256": None,
        "mode": "0640",
        "group": group,
        "keep_original": False,
        "is_secret": True,
    }


def test_a_secret_file_gets_mode_and_group_whatever_it_had(tree):
    tree.join("etc", "group").write("root:x:0:\nchrony:x:988:\n")
    keys = tree.join("etc", "chrony.vmtime.keys")
    for before in (None, 0o666):
        if before is not None:
            os.chmod(str(keys), before)
            os.chown(str(keys), os.geteuid(), os.getegid())
        change = Change(tree, secret()).swap()
        _files.forget(change.host, change.files)
        assert keys.read() == "10 MD5 a\n"
        assert stat.S_IMODE(keys.stat().mode) == 0o640
        if os.geteuid() == 0:
            assert (keys.stat().uid, keys.stat().gid) == (0, 988)


def test_a_candidate_with_keys_is_open_to_nobody_else(tree):
    tree.join("etc", "group").write("chrony:x:988:\n")
    Change(tree, secret())
    candidate = tree.join("etc", "chrony.vmtime.keys.vmtime-new")
    assert stat.S_IMODE(candidate.stat().mode) == 0o640


def test_a_secret_file_is_put_back_as_it_was(tree):
    tree.join("etc", "group").write("chrony:x:988:\n")
    tree.join("etc", "chrony.vmtime.keys").write("9 MD5 b\n")
    os.chmod(str(tree.join("etc", "chrony.vmtime.keys")), 0o604)
    before = snapshot(tree)
    change = Change(tree, secret()).swap()
    assert change.put_back()[0] == [KEYS]
    assert snapshot(tree) == before


def test_a_group_that_the_host_lacks_is_told_before_anything_is_written(tree):
    before = snapshot(tree)
    with pytest.raises(HostError, match="There is no group chrony on this host"):
        Change(tree, secret())
    assert snapshot(tree) == before


def test_put_back_brings_back_every_byte(tree):
    os.symlink("chrony.conf", str(tree.join("etc", "link.conf")))
    tree.join("etc", "gone.conf").write_binary(b"gone")
    before = snapshot(tree)
    change = Change(
        tree,
        wanted(keep_original=True),
        wanted("/etc/link.conf"),
        wanted("/etc/gone.conf", text=None, old=b"gone"),
        wanted("/etc/new.d/new.conf", old=None),
    ).swap()
    assert snapshot(tree) != before
    assert change.put_back() == (
        ["/etc/chrony.conf", "/etc/gone.conf", "/etc/link.conf", "/etc/new.d/new.conf"],
        [],
        [],
    )
    assert snapshot(tree) == before


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Python 2 has no attributes")
@pytest.mark.parametrize("second_name", [True, False])
def test_access_lists_and_labels_stay(tree, second_name):
    path = str(tree.join("etc", "chrony.conf"))
    try:
        os.setxattr(path, "user.note", b"ours")
        # user::rw- user:1000:r-- group::r-- mask::r-- other::---, as acl(5) stores it
        entries = ((1, 6, -1), (2, 4, 1000), (4, 4, -1), (16, 4, -1), (32, 0, -1))
        access = struct.pack("<I", 2)
        access += b"".join(struct.pack("<HHi", *entry) for entry in entries)
        os.setxattr(path, "system.posix_acl_access", access)
    except OSError:
        pytest.skip("this file system has no such attributes")
    change = Change(tree, wanted()).swap()
    assert os.getxattr(path, "system.posix_acl_access") == access
    if not second_name:
        _files.forget(change.host, change.files)
    change.put_back()
    assert tree.join("etc", "chrony.conf").read_binary() == OLD
    assert os.getxattr(path, "system.posix_acl_access") == access
    assert os.getxattr(path, "user.note") == b"ours"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Python 2 has no attributes")
def test_a_label_that_the_mount_gives_is_not_set(tree, monkeypatch):
    """As in a container on a host with SELinux, whose root is mounted with context=."""

    def refuse(*unused):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "listxattr", lambda path: ["security.selinux"])
    monkeypatch.setattr(os, "getxattr", lambda path, name: b"container_file_t")
    monkeypatch.setattr(os, "setxattr", refuse)
    change = Change(tree, wanted()).swap()
    assert tree.join("etc", "chrony.conf").read() == NEW
    assert change.put_back() == (["/etc/chrony.conf"], [], [])


def test_what_cannot_be_put_back_is_told_and_the_rest_is_put_back(tree):
    tree.join("etc", "other.conf").write_binary(b"other")
    change = Change(tree, wanted("/etc/other.conf", old=b"other"), wanted()).swap()
    # without its second name it has to be written anew, and a folder is in the way
    _files.forget(change.host, change.files)
    tree.join("etc", "chrony.conf.vmtime-new", "x").ensure()
    restored, _left, problems = change.put_back()
    assert restored == ["/etc/other.conf"]
    assert [problem.split(" (")[0] for problem in problems] == ["/etc/chrony.conf"]
    assert tree.join("etc", "other.conf").read() == "other"


def test_a_folder_in_the_place_of_a_file_keeps_nothing_else_from_coming_back(tree):
    tree.join("etc", "other.conf").write_binary(b"other")
    change = Change(tree, wanted("/etc/other.conf", old=b"other"), wanted()).swap()
    tree.join("etc", "chrony.conf").remove()
    tree.join("etc", "chrony.conf").mkdir()
    restored, _left, (problem,) = change.put_back()
    assert restored == ["/etc/other.conf"]
    assert "chrony.conf is neither a file nor a link" in problem
    assert tree.join("etc", "other.conf").read() == "other"


def test_what_somebody_changed_since_is_left_to_them(tree):
    change = Change(tree, wanted()).swap()
    tree.join("etc", "chrony.conf").write("repaired by hand\n")
    assert change.put_back() == ([], ["/etc/chrony.conf"], [])
    assert tree.join("etc", "chrony.conf").read() == "repaired by hand\n"


def test_only_drop_in_folders_of_ours_are_removed_when_empty(tree):
    for folder in ("udev/rules.d", "systemd/system/chrony.service.d"):
        path = "/etc/%s/a.conf" % folder
        tree.join(path).write_binary(b"x", ensure=True)
        change = Change(tree, wanted(path, text=None, old=b"x")).swap()
        _files.forget(change.host, change.files)
        _files.tidy(change.host, change.files)
    assert tree.join("etc", "udev", "rules.d").check()
    assert not tree.join("etc", "systemd", "system", "chrony.service.d").check()


def test_the_first_original_is_kept(tree):
    Change(tree, wanted(keep_original=True)).swap()
    original = tree.join("etc", "chrony.conf.vmtime-original")
    assert original.read_binary() == OLD
    assert stat.S_IMODE(original.stat().mode) == 0o640
    Change(tree, wanted(text="again\n", keep_original=True)).swap().put_back()
    assert original.read_binary() == OLD


def test_a_link_is_replaced_and_what_it_leads_to_is_not_written(tree):
    tree.join("usr", "vendor.conf").write("vendor", ensure=True)
    os.symlink("/usr/vendor.conf", str(tree.join("etc", "link.conf")))
    Change(tree, wanted("/etc/link.conf")).swap()
    assert not os.path.islink(str(tree.join("etc", "link.conf")))
    assert tree.join("usr", "vendor.conf").read() == "vendor"


def test_a_leftover_candidate_that_is_a_link_is_not_followed(tree):
    tree.join("victim").write("victim")
    os.symlink(
        str(tree.join("victim")), str(tree.join("etc", "chrony.conf.vmtime-new"))
    )
    Change(tree, wanted()).swap()
    assert tree.join("victim").read() == "victim"
    assert tree.join("etc", "chrony.conf").read() == NEW


def test_a_folder_that_links_in_a_circle_is_refused(tree):
    os.symlink("circle", str(tree.join("etc", "circle")))
    with pytest.raises(
        OSError, match=r"levels of symbolic links: .*/etc/circle/a.conf"
    ):
        Change(tree, wanted("/etc/circle/a.conf", old=None))


def test_a_folder_outside_of_the_root_is_not_removed(tmpdir):
    outside = tmpdir.mkdir("outside")
    entry = {"path": "/a", "before": None, "after": None, "original": False}
    host = Host(str(tmpdir.mkdir("root")))
    _files.put_back(host, [dict(entry, folders=[str(outside)])])
    assert outside.check()
