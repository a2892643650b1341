# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A shell script in a container of one of Debian's releases."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

HOSTS = Path(__file__).resolve().parents[1] / "hosts"


def run(suite: str, script: str, files: Path, *arguments: str) -> list[str]:
    """The lines that the script prints. It sees the folder ``files`` as /files, and no network."""
    if os.geteuid() != 0:
        pytest.skip("only root can make the hosts")
    subprocess.run([HOSTS / "install"], check=True)
    image = subprocess.run(
        [HOSTS / "image", suite], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
    said = subprocess.run(
        [
            *(HOSTS / "env", "podman", "run", "--rm", "--network", "none"),
            *("--volume", f"{files}:/files:ro", image),
            *("bash", "-c", script, "bash", *arguments),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.splitlines()
