# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built archive, installed into an empty folder, runs the playbooks of the README.

`make test ONLY=archive` builds it and tells of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.tests.examples.documents import (
    REPOSITORY,
    copy_host,
    examples,
    run,
)

ARCHIVE = os.environ.get("VMTIME_ARCHIVE", "")

pytestmark = pytest.mark.skipif(
    not ARCHIVE, reason="run it by 'make test ONLY=archive'"
)

MODES = ("default", "host_only", "external")


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed archive and nothing else."""
    folder = tmp_path_factory.mktemp("collections")
    galaxy = Path(sys.executable).parent / "ansible-galaxy"
    install = ("collection", "install", "--offline", "--collections-path")
    done = subprocess.run(
        [galaxy, *install, folder, ARCHIVE],
        # it is content with one of this version elsewhere
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize(("number", "mode"), list(enumerate(MODES)))
def test_a_playbook_of_the_readme_runs_in_check_mode(
    number: int, mode: str, collections: Path, tmp_path: Path
) -> None:
    playbooks = examples(REPOSITORY / "README.md")
    assert len(playbooks) == len(MODES)
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(playbooks[number])
    tree = copy_host(tmp_path)
    conf = tree / "etc/chrony/chrony.conf"
    before = conf.read_text()
    done = run(
        playbook,
        tree,
        "--check",
        ANSIBLE_COLLECTIONS_PATH=str(collections),
        ANSIBLE_HOME=str(tmp_path / "home"),
    )
    assert done.returncode == 0, done.stdout
    assert f"+# Mode: {mode}\n" in done.stdout
    assert conf.read_text() == before


def test_what_is_of_no_use_to_a_user_is_not_installed(collections: Path) -> None:
    installed = collections / "ansible_collections/vmtime/linux"
    names = {path.name for path in installed.iterdir()}
    assert {"plugins", "roles", "playbooks", "README.md", "MANIFEST.json"} <= names
    assert not names & {".git", ".github", ".venv", ".ci", ".gitignore", ".hypothesis"}
