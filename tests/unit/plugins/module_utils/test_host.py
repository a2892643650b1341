# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import time

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._host import (
    Host,
    HostError,
    sentence,
    version_in,
)


@pytest.fixture
def tree(tmpdir):
    tmpdir.join("etc", "chrony.conf").write_binary(b"pool example.com\n", ensure=True)
    return tmpdir


def test_reads_below_its_root(tree):
    assert Host(str(tree)).read("/etc/chrony.conf") == b"pool example.com\n"


def test_what_is_not_there_is_none(tree):
    host = Host(str(tree))
    assert host.read("/etc/ntp.conf") is None
    assert host.text("/etc/ntp.conf") is None
    assert host.describe("/etc/ntp.conf") is None
    assert host.link("/etc/ntp.conf") is None
    assert host.glob("/etc/ntp*.conf") == []


@pytest.mark.parametrize(
    "target", ["/etc/chrony.conf", "chrony.conf", "../../../../etc/chrony.conf"]
)
def test_a_link_never_leaves_the_root(tree, target):
    os.symlink(target, str(tree.join("etc", "link.conf")))
    assert Host(str(tree)).read("/etc/link.conf") == b"pool example.com\n"


def test_a_linked_folder_is_followed_inside_the_root(tree):
    tree.join("usr", "share", "oem", "a.conf").write("x", ensure=True)
    os.symlink("/usr/share/oem", str(tree.join("etc", "oem")))
    host = Host(str(tree))
    assert host.read("/etc/oem/a.conf") == b"x"
    assert host.glob("/etc/oem/*.conf") == ["/etc/oem/a.conf"]


def test_what_links_in_a_circle_is_not_there(tree):
    os.symlink("b", str(tree.join("etc", "a.conf")))
    os.symlink("a.conf", str(tree.join("etc", "b")))
    host = Host(str(tree))
    assert host.read("/etc/a.conf") is None
    assert not host.exists("/etc/a.conf/b")
    assert host.glob("/etc/a.conf/*") == []


@pytest.mark.parametrize("root", ["/.", "//", "/../", "/etc/.."])
def test_the_root_by_another_name_is_the_root(root):
    assert Host(root).live


def test_a_name_that_is_no_utf_8_is_left_out(tree):
    with open(os.path.join(str(tree).encode("ascii"), b"etc", b"caf\xe9.conf"), "w"):
        pass
    assert Host(str(tree)).glob("/etc/*.conf") == ["/etc/chrony.conf"]


def test_a_pipe_that_would_block_is_not_opened(tree):
    os.mkfifo(str(tree.join("etc", "pipe.conf")))
    assert Host(str(tree)).read("/etc/pipe.conf") is None


def test_glob_finds_several_levels(tree):
    for number in (0, 1):
        tree.join("sys", "class", "ptp", "ptp%d" % number, "clock_name").write(
            "x", ensure=True
        )
    assert Host(str(tree)).glob("/sys/class/ptp/*/clock_name") == [
        "/sys/class/ptp/ptp0/clock_name",
        "/sys/class/ptp/ptp1/clock_name",
    ]


def test_a_secret_file_tells_neither_text_nor_checksum(tree):
    tree.join("etc", "chrony.keys").write_binary(b"1 MD5 secret\n")
    os.chmod(str(tree.join("etc", "chrony.keys")), 0o640)
    told = Host(str(tree)).describe("/etc/chrony.keys", secret=True)
    assert told["text"] is None
    assert told["sha256"] is None
    assert told["mode"] == "0640"
    assert "secret" not in repr(told)


def test_owner_and_group_of_another_root_have_the_names_that_they_have_there(tmpdir):
    etc = tmpdir.mkdir("etc")
    etc.join("passwd").write("daemon:x:%d:0::/:/bin/sh\n" % os.geteuid())
    etc.join("group").write("# no entry\nclocks:x:%d:\n" % os.getegid())
    host = Host(str(tmpdir))
    about = host.describe("/etc/passwd")
    assert (about["owner"], about["group"]) == ("daemon", "clocks")
    assert host.group_id("clocks") == os.getegid()
    with pytest.raises(HostError, match="There is no group nobodys on this host"):
        host.group_id("nobodys")


def test_a_file_that_goes_while_it_is_looked_at_is_not_there(tree, monkeypatch):
    read = Host.read

    def read_and_remove(self, path):
        data = read(self, path)
        os.unlink(str(tree.join("etc", "chrony.conf")))
        return data

    monkeypatch.setattr(Host, "read", read_and_remove)
    assert Host(str(tree)).describe("/etc/chrony.conf") is None


def test_what_is_no_utf_8_has_a_checksum_and_no_text(tree):
    tree.join("etc", "odd.conf").write_binary(b"# caf\xe9\n")
    told = Host(str(tree)).describe("/etc/odd.conf")
    assert told["text"] is None
    assert len(told["sha256"]) == 64


def test_what_a_daemon_says_in_another_language_is_told():
    # a plain literal is bytes in Python 2
    words = b"caf\xc3\xa9".decode("utf-8")
    assert sentence(HostError(words)) == words
    assert sentence(OSError(2, "No such file")) == "[Errno 2] No such file"


def test_no_program_is_run_below_another_root(tree):
    said = Host(str(tree)).run(["true"])
    assert said.rc == 127
    assert str(tree) in said.err


def test_a_program_that_hangs_is_killed():
    said = Host().run(["sleep", "30"], timeout=0.2)
    assert said.rc == 124
    assert "did not end" in said.err


def test_what_a_program_that_hangs_has_started_is_killed_with_it():
    began = time.time()
    said = Host().run(["sh", "-c", "sleep 30; true"], timeout=0.2)
    assert said.rc == 124
    assert time.time() - began < 10


def test_a_program_that_is_not_there_is_told():
    assert Host().run(["no-such-program"]).rc == 127


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("chronyd (chrony) version 4.6.1 (+CMDMON +NTP)", "4.6.1"),
        ("chronyd (chrony) version 3.4-pre1", "3.4"),
        ("no number", None),
    ],
)
def test_version_in(text, version):
    assert version_in(text, r"version ([0-9]+(?:\.[0-9]+)+)") == version
