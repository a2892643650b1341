# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The YAML examples of the documentation, and what it takes to run them on a recorded host."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import textwrap
import typing as t
from collections.abc import Iterator
from pathlib import Path

import yaml

from ansible_collections.vmtime.linux.tests.unit.plugins.module_utils.recorded import (
    copy_recorded,
)

REPOSITORY = Path(__file__).resolve().parents[2]
HOST = "azure-debian-12-fragment"
_RST = re.compile(r"^( *)\.\. code-block:: yaml\n\n((?:\1 +.*\n|\n)+)", re.MULTILINE)
_MARKDOWN = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)

Play = dict[str, t.Any]


def documents() -> Iterator[Path]:
    """All that may hold an example."""
    for pattern in ("*.md", "docs/**/*.md", "docs/**/*.rst", "roles/*/README.md"):
        yield from sorted(REPOSITORY.glob(pattern))
    yield from sorted(REPOSITORY.glob("plugins/modules/*.py"))


def examples(document: Path) -> list[str]:
    text = document.read_text(encoding="utf-8")
    if document.suffix == ".py":
        return list(_constants(text, "EXAMPLES"))
    if document.suffix == ".rst":
        return [textwrap.dedent(found) for _indent, found in _RST.findall(text)]
    return [textwrap.dedent(found) for found in _MARKDOWN.findall(text)]


def _constants(text: str, name: str) -> Iterator[str]:
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=found)], value=ast.Constant(value=str() as value)
            ) if found == name:
                yield value


def plays(text: str) -> list[Play]:
    """The plays of an example; tasks stand in a play of their own."""
    items: list[Play] = yaml.safe_load(text)
    if all(
        {"hosts", "ansible.builtin.import_playbook"} & item.keys() for item in items
    ):
        return items
    return [{"hosts": "all", "tasks": items}]


def on_tree(play: Play, tree: Path) -> Play:
    """The play, whose modules change the tree and nothing else."""
    if "hosts" not in play:
        return play
    defaults = {
        f"vmtime.linux.{name}": {"root": str(tree)}
        for name in ("timesync", "timesync_apply")
    }
    tasks = [_task_on_tree(task, tree) for task in play.get("tasks", [])]
    return {"gather_facts": False, **play, "module_defaults": defaults, "tasks": tasks}


def _task_on_tree(task: Play, tree: Path) -> Play:
    if "vmtime.linux.timesync_compare" in task:
        options = task["vmtime.linux.timesync_compare"]
        plan = {**options.get("plan", {}), "root": str(tree)}
        return {**task, "vmtime.linux.timesync_compare": {**options, "plan": plan}}
    # what an example insists on need not hold on this host
    return {**task, "ignore_errors": True} if "ansible.builtin.assert" in task else task


def run(
    playbook: Path, tree: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """ansible-playbook, for one host that is this machine, as whoever runs the test."""
    programs = Path(sys.executable).parent
    variables = {
        "ansible_become": "false",
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "timesync_root": str(tree),
        "vault_ntp_key": "'10 SHA256 HEX:0123456789abcdef0123456789abcdef'",
    }
    extra = " ".join(f"{name}={value}" for name, value in variables.items())
    return subprocess.run(
        [
            *(programs / "ansible-playbook", playbook, "--inventory", "localhost,"),
            *("--diff", "--extra-vars", extra, *arguments),
        ],
        cwd=playbook.parent,
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / ".venv/collections"),
            "ANSIBLE_DEPRECATION_WARNINGS": "0",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def copy_host(into: Path) -> Path:
    """The recorded host, with the group of its chrony and the one file that an example removes."""
    tree = into / "host"
    copy_recorded(HOST, str(tree))
    (tree / "etc/group").write_text("root:x:0:\n_chrony:x:110:\n")
    (tree / "etc/chrony/conf.d").mkdir(exist_ok=True)
    (tree / "etc/chrony/conf.d/site.conf").write_text("hello\n")
    return tree
