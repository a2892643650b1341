# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A copy of the collection, at the place where Ansible and Python want it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nox

from ansible_collections.vmtime.linux.tests.checks.machine import REPOSITORY


@contextmanager
def collection(session: nox.Session) -> Iterator[Path]:
    """A copy of the collection outside of this repository, as the folder to work in."""
    with tempfile.TemporaryDirectory() as work:
        tree = _copy_tree(Path(work))
        with session.chdir(tree):
            yield tree


def commit(tree: Path) -> None:
    """Make the copy a git tree, as a contributor has it: ansible-test then also looks at links."""
    author = ("-c", "user.name=vmtime", "-c", "user.email=vmtime@example.com")
    for command in (
        ("init", "--quiet"),
        ("add", "."),
        ("commit", "--quiet", "-m", "copy"),
    ):
        subprocess.run(["git", *author, *command], cwd=tree, check=True)


def import_path(*folders: Path) -> dict[str, str]:
    """The environment in which Python imports from these folders, and writes nothing there."""
    return {"PYTHONPATH": ":".join(map(str, folders)), "PYTHONDONTWRITEBYTECODE": "1"}


def as_python_2_wants_it(tree: Path) -> None:
    """Packages have an __init__.py; pytest's settings are for the newest pytest only."""
    (tree / "pyproject.toml").unlink()
    (tree / "noxfile.py").unlink()
    for folder in {path.parent for path in tree.rglob("*.py")}:
        for package in (folder, *folder.parents):
            if package == tree.parents[2]:
                break
            (package / "__init__.py").touch()


def _copy_tree(into: Path) -> Path:
    """The files that git tracks or would track."""
    tree = into / "ansible_collections/vmtime/linux"
    tree.mkdir(parents=True)
    # CI may have cloned as another user
    git = ["git", "-c", "safe.directory=*"]
    listing = subprocess.run(
        [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        source, target = REPOSITORY / name, tree / name
        if source.is_symlink() or source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(source, target)
    return tree


def _copy(source: Path, target: Path) -> None:
    if source.is_symlink():
        target.symlink_to(source.readlink())
    else:
        target.write_bytes(source.read_bytes())
        target.chmod(source.stat().st_mode & 0o777)
