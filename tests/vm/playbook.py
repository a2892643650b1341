# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection run against a guest as a user runs it: ansible-playbook, over ssh."""

from __future__ import annotations

import json
import os
import re
import subprocess
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.vmtime.linux.tests.vm.errors import VmError
from ansible_collections.vmtime.linux.tests.vm.machine import Machine

REPOSITORY = Path(__file__).resolve().parents[2]
_BIN = REPOSITORY / ".venv/bin"
_SECONDS = 600


@dataclass(frozen=True)
class Play:
    """What came of one run of the playbook."""

    said: str
    changed: int
    modules: tuple[str, ...]
    """The modules that ran in the guest, in their order."""


def apply(machine: Machine, **variables: t.Any) -> Play:
    """Run the playbook vmtime.linux.apply with these variables. Raises VmError if it fails."""
    before = set(_invocations(machine))
    said = _run(
        machine, "ansible-playbook", "vmtime.linux.apply", "-e", json.dumps(variables)
    )
    modules = [line for line in _invocations(machine) if line not in before]
    counts = re.search(r"changed=(\d+)", said)
    return Play(
        said,
        int(counts[1]) if counts else 0,
        tuple(line.split("ansible-")[1].split("[")[0] for line in modules),
    )


def info(machine: Machine) -> dict[str, t.Any]:
    """Result of the module timesync_info. Raises VmError if it fails."""
    module = "vmtime.linux.timesync_info"
    said = _run(machine, "ansible", "all", "-m", module, "--one-line")
    result: dict[str, t.Any] = json.loads(said.split("=>", 1)[1])
    return result


def _invocations(machine: Machine) -> list[str]:
    """A line for each module that ever ran, with the time: each tells the journal of itself."""
    lines = machine.ssh(
        "journalctl --quiet --no-hostname --output=short-monotonic --grep='Invoked with'"
        " || true"
    )
    return [line.split(": Invoked with")[0] for line in lines.splitlines()]


def _run(machine: Machine, program: str, *arguments: str) -> str:
    inventory = machine.log / "inventory.ini"
    inventory.write_text(
        f"guest ansible_host=127.0.0.1 ansible_port={machine.ssh_port} ansible_user=root"
        " ansible_python_interpreter=/usr/bin/python3"
        f" ansible_ssh_common_args='{' '.join(machine.ssh_options())}'\n"
    )
    run = subprocess.run(
        [_BIN / program, "-i", inventory, *arguments],
        env=os.environ
        | {
            "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / ".venv/collections"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(machine.control_path),
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    log = machine.log / "ansible.log"
    with log.open("a") as file:
        file.write(f"$ {program} {' '.join(arguments)}\n{run.stdout}{run.stderr}\n")
    if run.returncode:
        raise VmError(f"{program} failed with {run.returncode}: see {log}.")
    return run.stdout
