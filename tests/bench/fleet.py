# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts: a few containers with systemd, each with as many addresses as it takes.

They are those of extensions/molecule/bench.
"""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / "tests/hosts"
# The containers' own addresses end in 10 and up.
FIRST_FURTHER_ADDRESS = 20
MOST = 200

STOCK = """
rm -rf /etc/chrony /etc/default/chrony
tar --extract --file=/root/stock.tar --directory=/
systemctl restart chrony
"""


@dataclass(frozen=True)
class Fleet:
    """``addresses`` come in the order of use: the containers' own, then the further ones."""

    addresses: Sequence[str]
    containers: int
    key: Path

    def inventory(self, hosts: int) -> Path:
        """The first so many hosts, which are to follow the test's NTP server."""
        path = self.key.with_name(f"inventory-{hosts}.json")
        names = {
            f"host{number:03}": {"ansible_host": address}
            for number, address in enumerate(self.addresses[:hosts])
        }
        variables = {
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(self.key),
            # named, for to look for it would be a connection more in every run
            "ansible_python_interpreter": "/usr/bin/python3",
            "timesync_mode": "external",
            "timesync_ntp_servers": [{"hostname": "server", "iburst": True}],
        }
        path.write_text(json.dumps({"all": {"hosts": names, "vars": variables}}))
        return path

    def restore(self) -> None:
        """The distribution's own configuration of chrony, on the first host."""
        self.ask(STOCK)

    def ask(self, script: str) -> str:
        """What a shell script prints on the first host."""
        run = subprocess.run(
            [
                *("ssh", "-q", "-i", self.key),
                *(
                    "-o",
                    "StrictHostKeyChecking=no",
                    "-o",
                    "UserKnownHostsFile=/dev/null",
                ),
                f"root@{self.addresses[0]}",
                "sh -eu",
            ],
            input=script,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return run.stdout


@contextmanager
def fleet(work: Path) -> Iterator[Fleet]:
    """Hosts that are there while the ``with`` block runs; their key is kept in ``work``."""
    os.environ["MOLECULE_EPHEMERAL_DIRECTORY"] = str(work)
    try:
        _molecule("create", work / "create.log")
        hosts = yaml.safe_load((work / "instance_config.yml").read_text())
        measured = [host["address"] for host in hosts if host["instance"] != "server"]
        further = _add_addresses(measured)
        yield Fleet([*measured, *further], len(measured), work / "ssh_key")
    finally:
        _molecule("destroy", work / "destroy.log")


def _molecule(command: str, log: Path) -> None:
    with log.open("wb") as output:
        run = subprocess.run(
            [TOOLS / "molecule", "bench", command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if run.returncode:
        raise SystemExit(
            f"{log.read_text(errors='replace')}\nmolecule {command} failed"
        )


def _add_addresses(own: Sequence[str]) -> list[str]:
    """Addresses for MOST hosts, the containers in turn."""
    processes = _processes()
    first = IPv4Address(own[0].rpartition(".")[0] + f".{FIRST_FURTHER_ADDRESS}")
    further = []
    for number in range(MOST - len(own)):
        address = str(first + number)
        enter = ["nsenter", "--net", f"--target={processes[own[number % len(own)]]}"]
        subprocess.run(
            [*enter, "ip", "address", "add", f"{address}/24", "dev", "eth0"], check=True
        )
        further.append(address)
    return further


def _processes() -> dict[str, int]:
    """The first process of every container of the scenario, by the container's address."""
    ids = _podman("ps", "--quiet", "--filter=name=^vmtime-bench-").split()
    containers: list[dict[str, t.Any]] = json.loads(_podman("inspect", *ids))
    return {
        network["IPAddress"]: container["State"]["Pid"]
        for container in containers
        for network in container["NetworkSettings"]["Networks"].values()
    }


def _podman(*arguments: str) -> str:
    run = subprocess.run(
        [TOOLS / "env", "podman", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return run.stdout
