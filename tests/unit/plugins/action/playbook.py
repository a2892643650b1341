# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs playbooks with the ansible-core that the tests run with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import ansible_collections
import pytest

COLLECTIONS = Path(next(iter(ansible_collections.__path__))).parent

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can see all that a plan takes"
)


def play(
    folder: Path, playbook: str | Path, *options: str | Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a playbook in this directory; its errors are in its output."""
    # ansible-test has ansible on the import path and no programs of it
    return subprocess.run(
        [sys.executable, "-m", "ansible.cli.playbook", playbook, *options],
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
            "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
            **settings,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
