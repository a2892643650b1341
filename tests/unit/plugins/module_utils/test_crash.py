# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import itertools
import os
import shutil

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._apply import transaction
from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, sha256
from ansible_collections.vmtime.linux.plugins.module_utils._record import journal
from ansible_collections.vmtime.linux.tests.unit.plugins.module_utils.crash import (
    recover,
    run_until,
    snapshot,
)

UNIT = b"[Install]\nWantedBy=multi-user.target\n"


def wanted(root):
    def change(path, text, old, keep_original=False):
        return {
            "path": path,
            "text": text,
            "sha256": old and sha256(old),
            "mode": "0644",
            "keep_original": keep_original,
        }

    return {
        "root": root,
        "recover": False,
        "absent": False,
        "units_before": None,
        "kernel": [{"name": "timesync_implicit", "value": "on"}],
        "files": [
            change("/etc/chrony.conf", "new\n", b"old\n", keep_original=True),
            change("/etc/systemd/system/chronyd.service.d/a.conf", "new\n", None),
            change("/etc/link.conf", "new\n", b"vendor\n"),
            change("/etc/x.d/gone.conf", None, b"gone\n"),
        ],
        "checks": [],
        "stop": ["other.service"],
        "start": ["chronyd.service", "daemon.service"],
        "verify": {},
    }


@pytest.fixture
def tree(tmpdir):
    if Host().run(["systemctl", "--version"]).rc != 0:
        pytest.skip("no systemctl on this machine, which the run needs to enable units")
    tree = tmpdir.mkdir("tree")
    tree.join("etc", "chrony.conf").write_binary(b"old\n", ensure=True)
    tree.join("etc", "x.d", "gone.conf").write_binary(b"gone\n", ensure=True)
    tree.join("usr", "vendor.conf").write_binary(b"vendor\n", ensure=True)
    os.symlink("/usr/vendor.conf", str(tree.join("etc", "link.conf")))
    for name in ("chronyd", "daemon", "other"):
        unit = tree.join("usr", "lib", "systemd", "system", name + ".service")
        unit.write_binary(UNIT, ensure=True)
    Host().run(["systemctl", "--root=%s" % tree, "enable", "other.service"])
    tree.mkdir("var").mkdir("lib")
    tree.mkdir("run")
    tree.join("sys", "bus", "vmbus", "devices").ensure(dir=True)
    implicit = tree.join("sys", "module", "hv_utils", "parameters", "timesync_implicit")
    implicit.write_binary(b"0", ensure=True)
    return tree


def state(root):
    return {
        path[len(root) :]: seen
        for path, seen in snapshot(root).items()
        if not path.startswith(root + "/run")
    }


def killed(original, copy, wish, *steps):
    """The tree, after runs that were killed at these steps: one grants the wish, others recover.

    The last element is None if the last of these runs came to its end.
    """
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(original, copy, symlinks=True)
    host = Host(copy)
    ended = run_until(steps[0], lambda: transaction.apply(host, wish(copy)))
    for step in steps[1:]:
        ended = run_until(step, lambda: recover(host))
    return host, ended


def different(step, now, old):
    paths = [path for path in set(now) | set(old) if now.get(path) != old.get(path)]
    return "step %d leaves a half state: %s" % (step, paths)


def absence(root):
    kernel = [{"name": "timesync_implicit", "value": "off"}]
    return {
        "root": root,
        "recover": False,
        "absent": True,
        "checks": [],
        "kernel": kernel,
    }


@pytest.mark.parametrize(
    ("wish", "every"), [(wanted, 3), (absence, 9)], ids=["present", "absent"]
)
def test_every_step_is_survived(tree, tmpdir, capsys, wish, every):
    original, copy = str(tree), str(tmpdir.join("copy"))
    if wish is absence:
        before = state(original)
        host = killed(str(tree), str(tmpdir.join("applied")), wanted, -1)[0]
        original = host.root
    old = state(original)
    total = killed(original, copy, wish, -1)[1]
    new = state(copy)
    assert new != old
    if wish is absence:
        assert new == before
    survived = again = 0
    for step in range(1, total + 1):
        host, ended = killed(original, copy, wish, step)
        assert ended is None
        recover(host)
        assert not journal.exists(host)
        assert state(copy) in (old, new), different(step, state(copy), old)
        survived += 1
        # the recovery itself can be killed at any step, and the next one ends it; of each kind
        # of step there are several, so every third or ninth shows all
        if step % every:
            continue
        for later in itertools.count(1):
            host, ended = killed(original, copy, wish, step, later)
            if ended is not None:
                break
            recover(host)
            assert state(copy) in (old, new), "step %d, then %d" % (step, later)
            again += 1
    with capsys.disabled():
        print(
            "\ncrash, %s: %d of %d steps survived, and %d of their recoveries' steps"
            % (wish.__name__, survived, total, again)
        )
