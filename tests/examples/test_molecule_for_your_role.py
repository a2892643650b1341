# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scenario that others copy: its playbooks run, as molecule would run them, on a test host.

Its driver and its images are left out, for they come from registries.
"""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
SCENARIO = REPOSITORY / "docs/molecule_for_your_role"
HOSTS = REPOSITORY / "tests/hosts"


def _said(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


class Host:
    """A container with systemd as first process, and without a network or the clock."""

    def __init__(self) -> None:
        self.name = f"vmtime-scenario-{uuid.uuid4().hex[:12]}"
        _said(HOSTS / "install")
        image = _said(HOSTS / "image", "bookworm")
        # the controller runs in it too
        home = Path(sys.executable).resolve().parents[1]
        folders = {REPOSITORY, home} - {Path("/usr")}
        volumes = [f"--volume={folder}:{folder}:ro" for folder in sorted(folders)]
        # never --privileged: that would hand over the clock
        options = ("--detach", "--pull=never", "--systemd=always", "--network=none")
        self.podman("run", *options, f"--name={self.name}", *volumes, image)

    def podman(self, *arguments: str) -> str:
        return _said(HOSTS / "env", "podman", *arguments)

    def run(self, *command: str) -> str:
        path = f"ANSIBLE_COLLECTIONS_PATH={REPOSITORY}/.venv/collections"
        return self.podman(
            *("exec", "--env", path, "--env", "LC_ALL=C.UTF-8", self.name, *command)
        )

    def play(self, name: str) -> str:
        playbook = Path(sys.executable).parent / "ansible-playbook"
        extra = f"ansible_python_interpreter={sys.executable}"
        local = ("--inventory=localhost,", "--connection=local", "--extra-vars", extra)
        return self.run(str(playbook), *local, str(SCENARIO / f"{name}.yml"))


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.podman("rm", "--force", "--time=1", made.name)


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
    for platform in settings["platforms"]:
        assert platform["privileged"] is False
        assert platform["cap_drop"] == ["SYS_TIME"]
