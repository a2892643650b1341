# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scenario that others copy: its playbooks run, as molecule would run them, on a test host.

Its driver and its images are left out, for they come from registries.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ansible_collections.vmtime.linux.tests.hosts.container import Container

REPOSITORY = Path(__file__).resolve().parents[2]
SCENARIO = REPOSITORY / "docs/molecule_for_your_role"


class Host(Container):
    """A host without the clock; the controller runs in it too."""

    def __init__(self) -> None:
        home = Path(sys.executable).resolve().parents[1]
        if home == Path("/usr"):
            # Debian's own Python is the same in a host of the same release
            release = platform.freedesktop_os_release()["VERSION_CODENAME"]
            super().__init__(release, [REPOSITORY])
        else:
            super().__init__("bookworm", [REPOSITORY, home])

    def play(self, name: str) -> str:
        playbook = Path(sys.executable).parent / "ansible-playbook"
        extra = f"ansible_python_interpreter={sys.executable}"
        local = ("--inventory=localhost,", "--connection=local", "--extra-vars", extra)
        return self.run(
            *(playbook, *local, SCENARIO / f"{name}.yml"),
            ANSIBLE_COLLECTIONS_PATH=f"{REPOSITORY}/.venv/collections",
            LC_ALL="C.UTF-8",
        )


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.remove()


def test_its_playbooks_run_in_the_order_of_its_sequence(host: Host) -> None:
    settings = yaml.safe_load((SCENARIO / "molecule.yml").read_text())
    steps = settings["scenario"]["test_sequence"]
    assert steps.index("prepare") < steps.index("converge") < steps.index("idempotence")
    host.play("prepare")
    assert "changed=1 " in host.play("converge")
    assert "changed=0 " in host.play("converge")
    host.play("verify")
    chronyd = host.run("pgrep", "--list-full", "chronyd")
    assert all(line.endswith(" -x") for line in chronyd.splitlines())


def test_no_platform_may_set_the_clock() -> None:
    settings = yaml.safe_load((SCENARIO / "molecule.yml").read_text())
    for host in settings["platforms"]:
        assert host["privileged"] is False
        assert host["cap_drop"] == ["SYS_TIME"]
