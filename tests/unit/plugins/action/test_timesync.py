# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole flow by Ansible itself, on copies of recorded trees: nothing of it is mocked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import ansible_collections
import pytest

from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    RECORDED,
)

COLLECTIONS = Path(next(iter(ansible_collections.__path__))).parent

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can see all that a plan takes"
)


class Run(t.NamedTuple):
    failed: bool
    shown: str
    result: dict[str, t.Any]
    modules: list[str]


class Ansible:
    """Runs the module on a tree, with a folder for Ansible's temporary files that is kept."""

    def __init__(self, folder: Path, tree: Path) -> None:
        self.folder = folder
        self.tree = tree

    def __call__(self, *arguments: str, **options: t.Any) -> Run:
        remote = self.folder / "remote"
        shutil.rmtree(remote, ignore_errors=True)
        given = {"root": str(self.tree), **options}
        environment = {
            **os.environ,
            "ANSIBLE_KEEP_REMOTE_FILES": "1",
            "ANSIBLE_REMOTE_TEMP": str(remote),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "local"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_DEPRECATION_WARNINGS": "0",
        }
        said = subprocess.run(
            [
                Path(sys.executable).parent / "ansible",
                *("localhost", "--inventory", "localhost,", "--connection", "local"),
                *(
                    "--module-name",
                    "vmtime.linux.timesync",
                    "--args",
                    json.dumps(given),
                ),
                *arguments,
            ],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        told, _mark, result = said.stdout.rpartition("localhost | ")
        assert " => {" in result, told + said.stderr
        modules = sorted(path.name for path in remote.glob("*/AnsiballZ_*.py"))
        result = json.JSONDecoder().raw_decode(result.partition(" => ")[2])[0]
        shown = said.stdout + said.stderr
        return Run(said.returncode != 0, shown, result, modules)


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    tree = tmp_path / "tree"
    shutil.copytree(RECORDED / "azure-rocky-9", tree, symlinks=True)
    return Ansible(tmp_path, tree)


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
    first = ansible("--check", "--diff", mode="host_only")
    assert first.result["changed"]
    assert first.modules == [INFO]
    assert content(ansible.tree) == before
    line = "refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2\n"
    assert "+" + line in first.shown
    assert "-pool 2.rocky.pool.ntp.org iburst\n" in first.shown

    second = ansible(mode="host_only")
    assert second.result["changed"]
    assert second.modules == [APPLY, INFO]
    assert line in (ansible.tree / "etc/chrony.conf").read_text()
    original = ansible.tree / "etc/chrony.conf.vmtime-original"
    assert (
        original.read_text() == (RECORDED / "azure-rocky-9/etc/chrony.conf").read_text()
    )
    assert "chronyd.service was enabled but not started" in str(
        second.result["skipped_steps"]
    )

    for arguments in (["--check"], []):
        later = ansible(*arguments, mode="host_only")
        assert not later.result["changed"]
        assert later.modules == [INFO]


def test_absent_brings_back_every_byte(ansible: Ansible) -> None:
    before = content(ansible.tree)
    ansible(mode="host_only")
    # a second mode, and what came before the first is brought back still
    ansible(mode="external", ntp_servers=[{"hostname": "127.0.0.9"}])
    configured = content(ansible.tree)

    first = ansible("--check", "--diff", state="absent")
    assert first.result["changed"]
    assert first.modules == [INFO]
    assert content(ansible.tree) == configured
    assert "-server 127.0.0.9 iburst" in first.shown
    assert "+pool 2.rocky.pool.ntp.org iburst\n" in first.shown

    second = ansible(state="absent")
    assert second.result["changed"]
    assert second.modules == [APPLY, INFO]
    assert files(content(ansible.tree)) == files(before)

    for arguments in (["--check"], []):
        later = ansible(*arguments, state="absent")
        assert not later.result["changed"]
        assert later.modules == [INFO]
        assert "nothing to undo" in later.result["plan"]["reasons"]["state"]


def test_the_plan_is_returned(ansible: Ansible) -> None:
    plan = ansible("--check", mode="host_only").result["plan"]
    assert plan["mode"] == "host_only"
    assert plan["provider"] == "chrony"
    assert plan["host_clock"]["device"] == "/dev/ptp_hyperv"
    assert [source["name"] for source in plan["sources"]] == ["PHC0"]
    assert {"path", "state", "changed", "reason"} == set(plan["files"][0])
    assert {"name", "state", "changed", "reason"} == set(plan["units"][0])
    assert set(plan["reasons"]) == {"mode", "host_clock", "provider", "platform"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"mode": "external"},
            "mode: external needs at least one server in ntp_servers.",
        ),
        ({"moed": "default"}, "moed is not an option: did you mean mode?"),
    ],
)
def test_bad_input_touches_no_host(
    ansible: Ansible, options: dict[str, t.Any], sentence: str
) -> None:
    run = ansible(**options)
    assert run.failed
    assert run.result["msg"] == sentence
    assert run.modules == []


def test_what_cannot_be_planned_changes_nothing(ansible: Ansible) -> None:
    shutil.rmtree(ansible.tree / "sys/class/ptp")
    before = content(ansible.tree)
    run = ansible(mode="host_only")
    assert run.result["msg"] == (
        "mode: host_only has nothing to sync from: The host has no PTP clock. Hyper-V's"
        " time-sync service is bound to hv_utils, but this kernel makes no PTP clock of it (it"
        " takes PTP_1588_CLOCK) and does not set the time by it, unless it has"
        " timesync_implicit, as Linux 6.8 does. The other modes need no host clock."
    )
    assert content(ansible.tree) == before


def test_a_package_is_not_installed_below_another_root(ansible: Ansible) -> None:
    (ansible.tree / "usr/sbin/chronyd").unlink()
    for run in (ansible("--check"), ansible()):
        assert run.failed
        assert "packages are only installed into the running root" in run.result["msg"]


def test_keys_are_written_and_never_shown(ansible: Ansible) -> None:
    """Not in the result, the diff, nor what -vvvv tells; one look is enough for a second run."""
    planted = "b1ab1e0ff1ce"
    server = {"hostname": "10.0.0.1", "key": f"10 SHA1 ASCII:{planted}"}
    options = {"mode": "external", "ntp_servers": [server]}
    path = ansible.tree / "etc/chrony.vmtime.keys"

    runs = [ansible("--check", "--diff", "-vvvv", **options)]
    assert not path.exists()
    runs.append(ansible("--diff", "-vvvv", **options))
    assert runs[-1].result["changed"]
    assert path.read_text().splitlines()[1:] == [f"10 SHA1 ASCII:{planted}"]
    about = path.stat()
    assert about.st_mode & 0o7777 == 0o640
    # the group's number in the tree, whose group file is not this machine's
    assert (about.st_uid, about.st_gid) == (0, 988)

    runs.append(ansible("--diff", "-vvvv", **options))
    assert not runs[-1].result["changed"]
    assert runs[-1].modules == [INFO]

    # somebody opened it
    path.chmod(0o644)
    runs.append(ansible("--diff", "-vvvv", **options))
    assert runs[-1].result["changed"]
    assert path.stat().st_mode & 0o7777 == 0o640
    assert "(0644, root, chrony; the keys are not shown)" in runs[-1].shown

    # another key of the same length
    other = {**server, "key": f"10 SHA1 ASCII:{planted[::-1]}"}
    runs.append(ansible("--diff", "-vvvv", mode="external", ntp_servers=[other]))
    assert planted[::-1] in path.read_text()

    # no key, no file
    runs.append(
        ansible("-vvvv", mode="external", ntp_servers=[{"hostname": "10.0.0.1"}])
    )
    assert not path.exists()
    for run in runs:
        assert not run.failed
        assert planted not in run.shown
        assert planted[::-1] not in run.shown


@pytest.mark.parametrize(
    "value",
    [
        "10 SHA1 HEX:b1ab1e0ff1ce0",
        "b1ab1e0ff1ce",
        ["10 b1ab1e0ff1ce"],
        "10 AES256 HEX:b1ab1e0ff1ce",
    ],
)
def test_a_wrong_key_is_not_shown(ansible: Ansible, value: t.Any) -> None:
    server = {"hostname": "10.0.0.1", "key": value}
    run = ansible("-vvvv", mode="external", ntp_servers=[server])
    assert run.failed
    assert "not shown" in run.result["msg"]
    assert "b1ab1e0ff1ce" not in run.shown
    assert run.modules == []
