# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PLAYBOOKS = Path(__file__).parent / "playbooks"


@dataclass(frozen=True)
class Subject:
    """One playbook in one situation.

    ``from_stock``: it finds the distribution's own configuration, and must change it; else it
    finds its own work done and must change nothing.
    """

    name: str
    title: str
    playbook: str | Path
    from_stock: bool = False
    variables: Mapping[str, object] = field(default_factory=dict)

    @property
    def options(self) -> list[str]:
        return ["--extra-vars", json.dumps(self.variables)] if self.variables else []


OURS = "vmtime.linux.apply"
FLOOR = Subject("floor", "one task: `ansible.builtin.ping`", PLAYBOOKS / "floor.yml")
UNCHANGED = Subject("unchanged", "`vmtime.linux`, unchanged", OURS)
OWN = (
    FLOOR,
    Subject("first", "`vmtime.linux`, first run", OURS, from_stock=True),
    UNCHANGED,
    Subject(
        "first-unverified",
        "`vmtime.linux`, first run, `timesync_verify_timeout: 0`",
        OURS,
        from_stock=True,
        variables={"timesync_verify_timeout": 0},
    ),
)

# Other collections' ways to the same end, by the name of the option that tells where they are
PEERS = {
    "linux_system_roles_timesync": "linux-system-roles `timesync`",
    "geerlingguy_ntp": "geerlingguy `ntp`",
}


def peer(name: str, path: Path) -> tuple[Subject, Subject]:
    """A role's first run and its second one."""
    playbook, variables = PLAYBOOKS / f"{name}.yml", {"role": str(path.resolve())}
    title = PEERS[name]
    return (
        Subject(f"{name}-first", f"{title}, first run", playbook, True, variables),
        Subject(f"{name}-unchanged", f"{title}, unchanged", playbook, False, variables),
    )
