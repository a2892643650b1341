# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same through Ansible itself: the role's templates, and a tree full of strange names."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import ansible_collections
import pytest

from ansible_collections.vmtime.linux.tests.unit.plugins.module_utils.recorded import (
    copy_recorded,
)

# the folder that holds ansible_collections
COLLECTIONS = Path(next(iter(ansible_collections.__path__))).parent

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can see all that a plan takes"
)

HOST = "azure-debian-12-fragment"

Results = dict[str, dict[str, t.Any]]

# Each host of this inventory stands for a value.
VALUES = r"""
plain: {timesync_chrony_custom_settings: [maxdistance 16]}
# Ansible's own rule: a template in an inventory is a template
computed: {timesync_chrony_custom_settings: ["maxdistance {{ 8 + 8 }}"]}
computed_break: {timesync_chrony_custom_settings: ["maxdistance 16{{ '\n' }}allow"]}
raw: {timesync_chrony_custom_settings: ["{% raw %}tempcomp {{ x }}{% endraw %}"]}
# what is marked as no template stays as it is
unsafe: {timesync_chrony_custom_settings: [!unsafe "tempcomp {{ 8 + 8 }} {% raw %}"]}
unsafe_name: {timesync_ntp_servers: [{hostname: !unsafe "{{ 1 + 1 }}"}]}
unsafe_root: {timesync_root: !unsafe "{{ playbook_dir }}"}
escaped_break: {timesync_chrony_custom_settings: ["maxdistance 16\nallow"]}
escaped_separator: {timesync_chrony_custom_settings: ["maxdistance 16\u2028allow"]}
block:
  timesync_chrony_custom_settings:
    - |
      maxdistance 16
      allow
string_for_list: {timesync_chrony_custom_settings: maxdistance 16}
number_as_string: {timesync_step_limit: "3", timesync_step_threshold: "0.5"}
number_with_more: {timesync_refclock: {poll: "3 trust"}}
true_for_number: {timesync_ntp_servers: [{hostname: a, minpoll: true}]}
homoglyph: {timesync_ntp_servers: [{hostname: "ntp.ex\u0430mple.com"}]}
unknown_key: {timesync_ntp_servers: [{"hostname\nallow": a}]}
many_digits: {timesync_step_limit: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF}
"""

# What the main file then holds that it does not hold without.
PLANNED = {
    "plain": ["maxdistance 16"],
    "computed": ["maxdistance 16"],
    "raw": ["tempcomp {{ x }}"],
    "unsafe": ["tempcomp {{ 8 + 8 }} {% raw %}"],
    "number_as_string": ["makestep 0.5 3"],
}
# Or with what the value is refused.
REFUSED = {
    "computed_break": "is not one line",
    "unsafe_name": "is neither a host name nor an IP address",
    "unsafe_root": "is not an absolute path",
    "escaped_break": "is not one line",
    "escaped_separator": "is not one line",
    "block": "is not one line",
    "string_for_list": "is not a list",
    "number_with_more": "is not a whole number",
    "true_for_number": "is not a whole number",
    "homoglyph": "is neither a host name nor an IP address",
    "unknown_key": "is not an option",
    "many_digits": "is out of range",
}


def play(folder: Path, inventory: str, root: Path) -> Results:
    """The result of the role for each host of an inventory, from a run in check mode."""
    (folder / "hosts.yml").write_text(
        "all:\n  hosts:\n    " + inventory.strip().replace("\n", "\n    ") + "\n"
    )
    (folder / "group_vars").mkdir()
    (folder / "group_vars" / "all.yml").write_text(
        f"ansible_connection: local\nansible_python_interpreter: {sys.executable}\n"
        f"timesync_root: {root}\n"
    )
    (folder / "play.yml").write_text(
        "- hosts: all\n  gather_facts: false\n  roles: [vmtime.linux.timesync]\n"
    )
    program = Path(sys.executable).with_name("ansible-playbook")
    said = subprocess.run(
        [
            program,
            "-vvv",
            "--check",
            "--diff",
            "--forks",
            "4",
            "-i",
            "hosts.yml",
            "play.yml",
        ],
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_NOCOLOR": "1",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    print(said.stdout + said.stderr)
    return results(said.stdout + said.stderr)


def results(output: str) -> Results:
    found: Results = {}
    pattern = re.compile(
        r"^(?:ok|changed|fatal): \[(\w+)\](?:: FAILED!)? => ", re.MULTILINE
    )
    for match in pattern.finditer(output):
        result = json.JSONDecoder().raw_decode(output, match.end())[0]
        # a host's last task is the action, unless the check of the role's variables failed
        found[match[1]] = {**result, "failed": match[0].startswith("fatal")}
    assert found, output
    assert "Traceback" not in output, output
    return found


def directives(result: dict[str, t.Any], side: str) -> set[str]:
    (main,) = [
        change
        for change in result["diff"]
        if change["after_header"] == "/etc/chrony/chrony.conf"
    ]
    return {line for line in main[side].splitlines() if line and line[0] != "#"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("role")
    root = folder / "root"
    copy_recorded(HOST, str(root))
    inventory = VALUES + "nothing_special: {}\n"
    before = {path: path.lstat() for path in sorted(root.rglob("*"))}
    done = play(folder, inventory, root)
    # check mode wrote nothing
    now = {path: path.lstat() for path in sorted(root.rglob("*"))}
    assert [*now] == [*before]
    assert all(
        now[path].st_mtime_ns == about.st_mtime_ns for path, about in before.items()
    )
    return done


def test_every_value_is_planned_or_refused(played: Results) -> None:
    names = re.findall(r"^(\w+):", VALUES, re.MULTILINE)
    assert sorted(names) == sorted([*PLANNED, *REFUSED])
    assert sorted(played) == sorted([*names, "nothing_special"])


@pytest.mark.parametrize("name", PLANNED)
def test_a_value_is_planned(played: Results, name: str) -> None:
    assert not played[name]["failed"], played[name]["msg"]
    usual = directives(played["nothing_special"], "after")
    assert sorted(directives(played[name], "after") - usual) == PLANNED[name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_value_is_refused(played: Results, name: str) -> None:
    assert played[name]["failed"]
    assert REFUSED[name] in played[name]["msg"]
    assert "diff" not in played[name]


def test_a_misspelt_variable_is_told_also_if_the_run_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "root"
    copy_recorded(HOST, str(root))
    inventory = "misspelt: {timesync_mode: external, timesync_ntp_server: [a]}"
    result = play(tmp_path, inventory, root)
    assert "needs at least one server" in result["misspelt"]["msg"]
    assert (
        "timesync_ntp_server is not a variable of the role: did you mean timesync_ntp_servers?"
        in " ".join(capfd.readouterr().out.split())
    )


def test_a_tree_of_strange_names_is_looked_at(tmp_path: Path) -> None:
    root = tmp_path / "root"
    copy_recorded(HOST, str(root))
    folder = root / "etc" / "chrony" / "conf.d"
    for name in (b"\xff.conf", b"a\nb.conf", b"\x1b[2J.conf", b"{{ 1 }}.conf"):
        (folder / os.fsdecode(name)).write_text("# {{ 1 + 1 }}\nserver a\n")
    (folder / "link.conf").symlink_to(os.fsdecode(b"\xff"))
    inventory = "strange: {timesync_mode: host_only}"
    result = play(tmp_path, inventory, root)["strange"]
    assert not result["failed"], result["msg"]
