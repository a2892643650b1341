# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import signal
import time

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._apply import transaction
from ansible_collections.vmtime.linux.plugins.module_utils._host import (
    Host,
    HostError,
    Result,
)
from ansible_collections.vmtime.linux.plugins.module_utils._record import journal
from ansible_collections.vmtime.linux.tests.unit.plugins.module_utils.trees import (
    NEW,
    OLD,
    chrony_tree,
    wanted,
)


@pytest.fixture
def tree(tmpdir):
    return chrony_tree(tmpdir)


def ask_to_end(number):
    os.kill(os.getpid(), number)
    time.sleep(0.01)


def test_a_second_signal_does_not_stop_what_the_first_made_us_undo():
    before = {each: signal.getsignal(each) for each in (1, 2, 15)}
    try:
        transaction.undo_on_signals()
        with pytest.raises(transaction.Interrupted, match="Signal 15"):
            ask_to_end(signal.SIGTERM)
        ask_to_end(signal.SIGTERM)
        ask_to_end(signal.SIGHUP)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def options(tree, *files):
    return {
        "root": str(tree),
        "recover": False,
        "absent": False,
        "units_before": None,
        "kernel": [],
        "files": list(files),
        "checks": [
            {"argv": ["/usr/sbin/chronyd", "-p", "-f"], "path": "/etc/chrony.conf"}
        ],
        "stop": [],
        "start": ["chrony.service"],
        "verify": {
            "provider": "chrony",
            "version": "4.3",
            "sources": ["127.0.0.9"],
            "any_source": False,
            "min_sources": 1,
            "timeout": 1,
        },
    }


@pytest.mark.parametrize("old", [b"something else", None])
def test_a_file_that_changed_meanwhile_is_refused(tree, old):
    tree.mkdir("run")
    with pytest.raises(HostError, match="changed by someone else"):
        transaction.apply(Host(str(tree)), options(tree, wanted(old=old)))
    assert tree.join("etc", "chrony.conf").read_binary() == OLD
    assert os.listdir(str(tree.join("etc"))) == ["chrony.conf"]


def test_below_another_root_the_unit_is_enabled_and_nothing_started(tree):
    unit = tree.join("usr", "lib", "systemd", "system", "chrony.service")
    unit.write("[Install]\nWantedBy=multi-user.target\n", ensure=True)
    if Host().run(["systemctl", "--version"]).rc != 0:
        pytest.skip("no systemctl on this machine")
    done = transaction.apply(Host(str(tree)), options(tree, wanted()))
    assert tree.join("etc", "chrony.conf").read() == NEW
    wants = tree.join(
        "etc", "systemd", "system", "multi-user.target.wants", "chrony.service"
    )
    assert os.path.islink(str(wants))
    assert done["status"] is None
    assert [step.split(":")[0] for step in done["skipped_steps"]] == [
        "The daemon did not check its files",
        "chrony.service was enabled but not started",
    ]


def test_a_unit_that_is_enabled_is_not_enabled_again(tree):
    unit = tree.join("usr", "lib", "systemd", "system", "chrony.service")
    unit.write("[Install]\nWantedBy=multi-user.target\n", ensure=True)
    if Host().run(["systemctl", "--root=%s" % tree, "enable", "chrony"]).rc != 0:
        pytest.skip("no systemctl on this machine")
    done = transaction.apply(Host(str(tree)), options(tree, wanted()))
    assert done["commands"] == []


def test_a_unit_that_fails_puts_the_files_back(tree):
    if Host().run(["systemctl", "--version"]).rc != 0:
        pytest.skip("no systemctl on this machine")
    with pytest.raises(transaction.ApplyError) as caught:
        transaction.apply(Host(str(tree)), options(tree, wanted()))
    assert "systemctl" in str(caught.value)
    assert caught.value.restored == ["/etc/chrony.conf"]
    assert tree.join("etc", "chrony.conf").read_binary() == OLD


def test_a_plan_without_a_daemon_stops_the_others_and_verifies_nothing(tree):
    unit = tree.join("usr", "lib", "systemd", "system", "chrony.service")
    unit.write("[Install]\nWantedBy=multi-user.target\n", ensure=True)
    if Host().run(["systemctl", "--version"]).rc != 0:
        pytest.skip("no systemctl on this machine")
    root = "--root=%s" % tree
    Host().run(["systemctl", root, "enable", "chrony.service"])
    wanted_state = dict(options(tree), start=[], stop=["chrony.service"], verify=None)
    done = transaction.apply(Host(str(tree)), wanted_state)
    assert done["commands"] == ["systemctl %s disable -- chrony.service" % root]
    assert done["status"] is None


def test_without_systemctl_files_are_written_and_the_rest_is_told(tree, monkeypatch):
    monkeypatch.setattr(
        Host, "run", lambda self, argv, timeout=30: Result(127, "", "none")
    )
    done = transaction.apply(Host(str(tree)), options(tree, wanted()))
    assert tree.join("etc", "chrony.conf").read() == NEW
    assert "There is no systemctl to enable chrony.service." in done["skipped_steps"]
    assert not journal.exists(Host(str(tree)))


def test_a_unit_that_can_not_be_put_back_keeps_no_later_run_from_its_work(
    tree, monkeypatch
):
    unit = tree.join("usr", "lib", "systemd", "system", "chrony.service")
    unit.write("[Install]\nWantedBy=multi-user.target\n", ensure=True)
    refusal = Result(1, "", "Failed to do anything")
    monkeypatch.setattr(Host, "run", lambda self, argv, timeout=30: refusal)
    with pytest.raises(transaction.ApplyError) as caught:
        transaction.apply(Host(str(tree)), options(tree, wanted()))
    assert "Put back as it was: /etc/chrony.conf. This could not be put back:" in str(
        caught.value
    )
    assert "What was there is in" not in str(caught.value)
    assert not journal.exists(Host(str(tree)))


def test_folders_are_open_to_daemons_whatever_the_umask_of_the_session(tree):
    before = os.umask(0o077)
    try:
        drop_in = "/etc/systemd/timesyncd.conf.d/zz-vmtime.conf"
        plan = dict(
            options(tree, wanted(drop_in, old=None)), start=[], checks=[], verify=None
        )
        transaction.apply(Host(str(tree)), plan)
    finally:
        os.umask(before)
    folder = tree.join("etc", "systemd", "timesyncd.conf.d")
    assert oct(os.stat(str(folder)).st_mode)[-3:] == "755"
