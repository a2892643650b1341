# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole flow by Ansible itself, on copies of recorded trees: nothing of it is mocked."""

from __future__ import annotations

import json
import re
import shutil
import typing as t
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.tests.unit.plugins.action.playbook import (
    needs_root,
    play,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.module_utils.recorded import (
    copy_recorded,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    RECORDED,
)

pytestmark = needs_root

Task = dict[str, t.Any]


class Run(t.NamedTuple):
    failed: bool
    shown: str
    result: dict[str, t.Any]
    modules: list[str]
    tree: Path
    """A copy of the host, as the run left it."""


def run(*, check: bool = False, **options: t.Any) -> Task:
    return {
        "vmtime.linux.timesync": options,
        "check_mode": check,
        "diff": True,
        "ignore_errors": True,
    }


class Ansible:
    """Runs the module on a tree, as tasks of one playbook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tree = folder / "tree"
        copy_recorded("azure-rocky-9", str(self.tree))

    def __call__(self, *tasks: Task) -> list[Run]:
        """The runs among these tasks, of which others may stand for somebody's hand."""
        steps = [
            step
            for number, task in enumerate(tasks)
            for step in (self._on_tree(task, number), self._copy_tree(number))
        ]
        hosts = {"hosts": "localhost", "connection": "local", "gather_facts": False}
        playbook = self.folder / "play.yml"
        playbook.write_text(json.dumps([{**hosts, "tasks": steps}]))
        shown = play(
            self.folder,
            playbook,
            "-vvvv",
            ANSIBLE_DEPRECATION_WARNINGS="0",
            ANSIBLE_KEEP_REMOTE_FILES="1",
            ANSIBLE_STDOUT_CALLBACK="minimal",
        ).stdout
        results = list(_results(shown))
        assert len(results) == len(steps), shown
        return [
            Run(failed, text, result, self._modules(number), self._copy(number))
            for number, (failed, text, result) in enumerate(results[::2])
            if "vmtime.linux.timesync" in tasks[number]
        ]

    def _on_tree(self, task: Task, number: int) -> Task:
        step = {**task, "vars": {"ansible_remote_tmp": str(self._remote(number))}}
        if "vmtime.linux.timesync" in task:
            options = task["vmtime.linux.timesync"]
            step["vmtime.linux.timesync"] = {"root": str(self.tree), **options}
        return step

    def _copy_tree(self, number: int) -> Task:
        copy = ["cp", "--archive", str(self.tree), str(self._copy(number))]
        return {"ansible.builtin.command": {"argv": copy}}

    def _copy(self, number: int) -> Path:
        return self.folder / f"tree-{number}"

    def _remote(self, number: int) -> Path:
        return self.folder / f"remote-{number}"

    def _modules(self, number: int) -> list[str]:
        return sorted(
            path.name for path in self._remote(number).glob("*/AnsiballZ_*.py")
        )


def _results(shown: str) -> t.Iterator[tuple[bool, str, dict[str, t.Any]]]:
    """Of each task whether it failed, all that is shown of it, and its result."""
    begin = 0
    result: dict[str, t.Any]
    pattern = re.compile(
        r"^localhost \| (?:\w+!? (=> )|\w+ \| rc=\d+ >>)", re.MULTILINE
    )
    for found in pattern.finditer(shown):
        result, end = {}, found.end()
        if found[1]:
            result, end = json.JSONDecoder().raw_decode(shown, end)
        yield "FAILED" in found[0], shown[begin:end], result
        begin = end


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    return Ansible(tmp_path)


def content(tree: Path) -> dict[str, t.Any]:
    return {
        str(path.relative_to(tree)): (
            path.lstat().st_mode,
            path.readlink()
            if path.is_symlink()
            else path.is_file() and path.read_bytes(),
        )
        for path in tree.rglob("*")
    }


def files(seen: dict[str, t.Any]) -> dict[str, t.Any]:
    """Without folders, and without the lock, which the next boot removes."""
    return {
        path: about
        for path, about in seen.items()
        if about[1] is not False and path != "run/vmtime-linux.lock"
    }


INFO, APPLY = "AnsiballZ_timesync_info.py", "AnsiballZ_timesync_apply.py"


def test_check_run_check_run(ansible: Ansible) -> None:
    before = content(ansible.tree)
    first, second, *later = ansible(
        run(check=True, mode="host_only"),
        run(mode="host_only"),
        run(check=True, mode="host_only"),
        run(mode="host_only"),
    )
    assert first.result["changed"]
    assert first.modules == [INFO]
    assert content(first.tree) == before
    line = "refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2\n"
    assert "+" + line in first.shown
    assert "-pool 2.rocky.pool.ntp.org iburst\n" in first.shown

    assert second.result["changed"]
    assert second.modules == [APPLY, INFO]
    assert line in (second.tree / "etc/chrony.conf").read_text()
    original = second.tree / "etc/chrony.conf.vmtime-original"
    assert (
        original.read_text() == (RECORDED / "azure-rocky-9/etc/chrony.conf").read_text()
    )
    assert "chronyd.service was enabled but not started" in str(
        second.result["skipped_steps"]
    )

    for same in later:
        assert not same.result["changed"]
        assert same.modules == [INFO]


def test_absent_brings_back_every_byte(ansible: Ansible) -> None:
    before = content(ansible.tree)
    _host_only, configured, first, second, *later = ansible(
        run(mode="host_only"),
        # a second mode, and what came before the first is brought back still
        run(mode="external", ntp_servers=[{"hostname": "127.0.0.9"}]),
        run(check=True, state="absent"),
        run(state="absent"),
        run(check=True, state="absent"),
        run(state="absent"),
    )
    assert first.result["changed"]
    assert first.modules == [INFO]
    assert content(first.tree) == content(configured.tree)
    assert "-server 127.0.0.9 iburst" in first.shown
    assert "+pool 2.rocky.pool.ntp.org iburst\n" in first.shown

    assert second.result["changed"]
    assert second.modules == [APPLY, INFO]
    assert files(content(second.tree)) == files(before)

    for same in later:
        assert not same.result["changed"]
        assert same.modules == [INFO]
        assert "nothing to undo" in same.result["plan"]["reasons"]["state"]


def test_the_plan_is_returned(ansible: Ansible) -> None:
    (planned,) = ansible(run(check=True, mode="host_only"))
    plan = planned.result["plan"]
    assert plan["mode"] == "host_only"
    assert plan["provider"] == "chrony"
    assert plan["host_clock"]["device"] == "/dev/ptp_hyperv"
    assert [source["name"] for source in plan["sources"]] == ["PHC0"]
    assert {"path", "state", "changed", "reason"} == set(plan["files"][0])
    assert {"name", "state", "changed", "reason"} == set(plan["units"][0])
    assert set(plan["reasons"]) == {"mode", "host_clock", "provider", "platform"}


def test_bad_input_touches_no_host(ansible: Ansible) -> None:
    servers, typo = ansible(run(mode="external"), run(moed="default"))
    assert servers.result["msg"] == (
        "mode: external needs at least one server in ntp_servers."
    )
    assert typo.result["msg"] == "moed is not an option: did you mean mode?"
    for refused in (servers, typo):
        assert refused.failed
        assert refused.modules == []


def test_what_cannot_be_planned_changes_nothing(ansible: Ansible) -> None:
    shutil.rmtree(ansible.tree / "sys/class/ptp")
    before = content(ansible.tree)
    (refused,) = ansible(run(mode="host_only"))
    assert refused.result["msg"] == (
        "mode: host_only has nothing to sync from: The host has no PTP clock. Hyper-V's"
        " time-sync service is bound to hv_utils, but this kernel makes no PTP clock of it (it"
        " takes PTP_1588_CLOCK) and does not set the time by it, unless it has"
        " timesync_implicit, as Linux 6.8 does. The other modes need no host clock."
    )
    assert content(ansible.tree) == before


def test_a_package_is_not_installed_below_another_root(ansible: Ansible) -> None:
    (ansible.tree / "usr/sbin/chronyd").unlink()
    for refused in ansible(run(check=True), run()):
        assert refused.failed
        assert (
            "packages are only installed into the running root" in refused.result["msg"]
        )


def test_keys_are_written_and_never_shown(ansible: Ansible) -> None:
    """Not in the result, the diff, nor what -vvvv tells; one look is enough for a second run."""
    planted = "b1ab1e0ff1ce"
    name = "etc/chrony.vmtime.keys"

    def keyed(digits: str, **how: bool) -> Task:
        server = {"hostname": "10.0.0.1", "key": f"10 SHA1 ASCII:{digits}"}
        return run(mode="external", ntp_servers=[server], **how)

    runs = ansible(
        keyed(planted, check=True),
        keyed(planted),
        keyed(planted),
        # somebody opens it
        {"ansible.builtin.file": {"path": str(ansible.tree / name), "mode": "0644"}},
        keyed(planted),
        # another key of the same length
        keyed(planted[::-1]),
        # no key, no file
        run(mode="external", ntp_servers=[{"hostname": "10.0.0.1"}]),
    )
    planned, written, same, closed, changed, removed = runs
    assert not (planned.tree / name).exists()
    assert written.result["changed"]
    lines = (written.tree / name).read_text().splitlines()
    assert lines[1:] == [f"10 SHA1 ASCII:{planted}"]
    about = (written.tree / name).stat()
    assert about.st_mode & 0o7777 == 0o640
    # the group's number in the tree, whose group file is not this machine's
    assert (about.st_uid, about.st_gid) == (0, 988)
    assert not same.result["changed"]
    assert same.modules == [INFO]
    assert closed.result["changed"]
    assert (closed.tree / name).stat().st_mode & 0o7777 == 0o640
    assert "(0644, root, chrony; the keys are not shown)" in closed.shown
    assert planted[::-1] in (changed.tree / name).read_text()
    assert not (removed.tree / name).exists()
    for done in runs:
        assert not done.failed
        assert planted not in done.shown
        assert planted[::-1] not in done.shown


def test_a_wrong_key_is_not_shown(ansible: Ansible) -> None:
    wrong: list[t.Any] = [
        "10 SHA1 HEX:b1ab1e0ff1ce0",
        "b1ab1e0ff1ce",
        ["10 b1ab1e0ff1ce"],
        "10 AES256 HEX:b1ab1e0ff1ce",
    ]
    servers = [{"hostname": "10.0.0.1", "key": value} for value in wrong]
    for refused in ansible(
        *(run(mode="external", ntp_servers=[server]) for server in servers)
    ):
        assert refused.failed
        assert "not shown" in refused.result["msg"]
        assert "b1ab1e0ff1ce" not in refused.shown
        assert refused.modules == []
