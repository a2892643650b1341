# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks by Ansible itself, on copies of recorded trees as hosts."""

from __future__ import annotations

import json
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

TREE = "azure-rocky-9"

pytestmark = needs_root


class Fleet:
    """Hosts a, b, c and d, each with a tree of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hosts = {name: {"timesync_root": str(folder / name)} for name in "abcd"}
        for name in self.hosts:
            copy_recorded(TREE, str(folder / name))

    def play(self, playbook: str, *options: str, **variables: t.Any) -> tuple[int, str]:
        """Its exit code, and all that it said."""
        inventory = self.folder / "hosts.json"
        inventory.write_text(json.dumps({"all": {"hosts": self.hosts}}))
        done = play(
            self.folder,
            playbook,
            *("--inventory", inventory, "--connection", "local"),
            *("--extra-vars", json.dumps(variables)),
            *options,
        )
        return done.returncode, done.stdout

    @property
    def changed(self) -> list[str]:
        original = "etc/chrony.conf.vmtime-original"
        return [name for name in self.hosts if (self.folder / name / original).exists()]


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def test_without_batches_each_host_stands_for_itself(fleet: Fleet) -> None:
    fleet.hosts["b"]["timesync_root"] = "/nonexistent"
    code, said = fleet.play("vmtime.linux.apply")
    assert code != 0
    assert fleet.changed == ["a", "c", "d"], said


def test_the_first_batch_with_a_failure_is_the_last(fleet: Fleet) -> None:
    fleet.hosts["b"]["timesync_root"] = "/nonexistent"
    code, said = fleet.play("vmtime.linux.apply", timesync_serial=[1, "50%", "100%"])
    assert code != 0
    assert fleet.changed == ["a", "c"], said


def test_failures_can_be_put_up_with(fleet: Fleet) -> None:
    fleet.hosts["b"]["timesync_root"] = "/nonexistent"
    variables = {"timesync_serial": [1, "50%", "100%"]}
    _code, said = fleet.play(
        "vmtime.linux.apply", timesync_max_fail_percentage=50, **variables
    )
    assert fleet.changed == ["a", "c", "d"], said


def test_the_task_says_what_is_waited_for(fleet: Fleet) -> None:
    _code, said = fleet.play("vmtime.linux.apply", "--check", timesync_verify_timeout=7)
    assert "a planned source must be selected within 7 s]" in said


def test_the_report_has_a_row_for_every_host(fleet: Fleet) -> None:
    fleet.hosts["a"]["timesync_mode"] = "sometimes"
    fleet.hosts["b"]["ansible_python_interpreter"] = "/nonexistent/python"
    fleet.hosts["c"]["timesync_mode"] = "{{ undefined_variable }}"
    code, said = fleet.play("vmtime.linux.report", report_dest="new/report.html")
    assert code == 0, said
    told = json.loads((fleet.folder / "new/report.json").read_text())
    rows = {row["host"]: row for row in told["hosts"]}
    assert rows["a"]["has_plan"] is False
    assert "/nonexistent/python" in rows["b"]["message"]
    assert rows["c"]["answer"] == "failed"
    assert rows["d"]["as_planned"] is False
    assert rows["d"]["host_clock"] == "hyperv"
    assert fleet.changed == []
    page = (fleet.folder / "new/report.html").read_text()
    assert "<strong>0</strong> of 4 hosts are in order" in page


def test_the_report_knows_of_hosts_that_are_to_be_as_they_were(fleet: Fleet) -> None:
    for host in fleet.hosts.values():
        host["timesync_state"] = "absent"
    code, said = fleet.play("vmtime.linux.report", report_dest="report.html")
    assert code == 0, said
    told = json.loads((fleet.folder / "report.json").read_text())
    assert {row["as_planned"] for row in told["hosts"]} == {True}


def test_the_report_is_not_written_in_check_mode(fleet: Fleet) -> None:
    code, said = fleet.play(
        "vmtime.linux.report", "--check", report_dest="new/report.html"
    )
    assert code == 0, said
    assert not (fleet.folder / "new").exists()


def test_where_no_report_can_be_written_no_host_is_asked(fleet: Fleet) -> None:
    code, said = fleet.play("vmtime.linux.report", report_dest="/proc/report.html")
    assert code != 0
    assert '"msg": "/proc/report.html can\'t be written: /proc takes no file' in said
    assert "Compare the host" not in said


def test_a_report_is_complete_after_the_last_batch(fleet: Fleet) -> None:
    play = {
        "hosts": "all",
        "gather_facts": False,
        "serial": 2,
        "roles": ["vmtime.linux.report"],
    }
    (fleet.folder / "own.yml").write_text(json.dumps([play]))
    code, said = fleet.play("own.yml")
    assert code == 0, said
    told = json.loads((fleet.folder / "timesync-report.json").read_text())
    assert told["summary"]["hosts"] == 4
    assert told["summary"]["concerns"]["failed"] == 0
