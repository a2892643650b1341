# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Containers of the test hosts' images, for tests that are no molecule scenario.

None has a network. Never --privileged: that would hand over the clock.
"""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterable
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.tests.checks.machine import can_make_debians

HOSTS = Path(__file__).resolve().parent
ENV = HOSTS / "env"

# However a test has ended, podman ends its container then, and removes it.
LONGEST_SECONDS = 1800


def image(name: str) -> str:
    """The image of this name, made if need be; skips the test where that is not possible."""
    if not can_make_debians():
        pytest.skip("only root of a Debian system can make the hosts")
    subprocess.run([HOSTS / "install"], check=True)
    return _output([HOSTS / "image", name])


def run_command(folder: Path, *options: str) -> list[str | Path]:
    """podman run up to its image, for what sees the folder as /files and ends by itself."""
    volume = ("--volume", f"{folder}:/files:ro")
    return [ENV, "podman", "run", "--rm", "--network", "none", *volume, *options]


def run_script(name: str, script: str, files: Path, *arguments: str) -> list[str]:
    """The lines that a shell script prints, which sees the folder ``files`` as /files."""
    command = run_command(files)
    return _output(
        [*command, image(name), "bash", "-c", script, "bash", *arguments]
    ).splitlines()


class Container:
    """A container with systemd as first process, whose commands run as root."""

    def __init__(self, name: str, folders: Iterable[Path], *options: str) -> None:
        """``folders`` are those of this machine that it sees at the same place."""
        made_from = image(name)
        self.name = f"vmtime-{uuid.uuid4().hex[:12]}"
        volumes = [f"--volume={folder}:{folder}:ro" for folder in sorted({*folders})]
        self._podman(
            *("run", "--detach", "--rm", f"--timeout={LONGEST_SECONDS}"),
            *("--pull=never", "--systemd=always", "--network=none"),
            *(f"--name={self.name}", *volumes, *options, made_from),
        )

    def run(self, *command: str | Path, check: bool = True, **environment: str) -> str:
        """What a command prints; without ``check`` its errors too, and it may fail."""
        variables = [f"--env={name}={value}" for name, value in environment.items()]
        return self._podman("exec", *variables, self.name, *command, check=check)

    def write(self, path: str, text: str) -> None:
        subprocess.run(
            [ENV, "podman", "exec", "--interactive", self.name, "tee", path],
            input=text,
            stdout=subprocess.DEVNULL,
            text=True,
            check=True,
        )

    def remove(self) -> None:
        self._podman("rm", "--force", "--time=1", self.name)

    @staticmethod
    def _podman(*arguments: str | Path, check: bool = True) -> str:
        return _output([ENV, "podman", *arguments], check=check)


def _output(command: list[str | Path], *, check: bool = True) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return (done.stdout if check else done.stdout + done.stderr).strip()
