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
BIN = REPOSITORY / ".venv/bin"
_SECONDS = 600


class Host(t.Protocol):
    """Whatever Ansible reaches over ssh on the loopback, as root."""

    log: Path
    ssh_port: int

    def ssh_options(self) -> list[str]:
        """Those that reach it."""

    @property
    def control_path(self) -> Path:
        """The folder for ssh's connections that wait to be used again."""


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


def info(host: Host) -> dict[str, t.Any]:
    """Result of the module timesync_info. Raises VmError if it fails."""
    return run_module(host, "timesync_info")


def run_module(host: Host, name: str, **options: t.Any) -> dict[str, t.Any]:
    """Result of a module of this collection. Raises VmError if it fails."""
    arguments = ("-a", json.dumps(options)) if options else ()
    said = _run(
        *(host, "ansible", "all", "--one-line", "-m", f"vmtime.linux.{name}"),
        *arguments,
    )
    result: dict[str, t.Any] = json.loads(said.split("=>", 1)[1])
    return result


def environment() -> dict[str, str]:
    """The environment in which Ansible's programs find this collection."""
    return os.environ | {
        "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / ".venv/collections"),
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
    }


def _invocations(machine: Machine) -> list[str]:
    """A line for each module that ever ran, with the time: each tells the journal of itself."""
    lines = machine.ssh(
        "journalctl --quiet --no-hostname --output=short-monotonic --grep='Invoked with'"
        " || true"
    )
    return [line.split(": Invoked with")[0] for line in lines.splitlines()]


def _run(host: Host, program: str, *arguments: str) -> str:
    inventory = host.log / "inventory.ini"
    inventory.write_text(
        f"guest ansible_host=127.0.0.1 ansible_port={host.ssh_port} ansible_user=root"
        " ansible_python_interpreter=/usr/bin/python3"
        f" ansible_ssh_common_args='{' '.join(host.ssh_options())}'\n"
    )
    log = host.log / "ansible.log"
    try:
        run = subprocess.run(
            [BIN / program, "-i", inventory, *arguments],
            env=environment()
            | {"ANSIBLE_SSH_CONTROL_PATH_DIR": str(host.control_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise VmError(
            f"{program} did not end within {_SECONDS} s: see {log}."
        ) from error
    with log.open("a") as file:
        file.write(f"$ {program} {' '.join(arguments)}\n{run.stdout}{run.stderr}\n")
    if run.returncode:
        raise VmError(f"{program} failed with {run.returncode}: see {log}.")
    return run.stdout
