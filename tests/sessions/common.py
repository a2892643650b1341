# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What sessions have in common."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nox

from ansible_collections.vmtime.linux.tests.checks.machine import VENV, copy_collection

REPORTS = VENV / "reports"


def tell(session: nox.Session, what: str) -> None:
    """What the table of results shows as the version."""
    session.log(f"version: {what}")


@contextmanager
def collection(session: nox.Session) -> Iterator[Path]:
    """A copy of the collection outside of this repository, as the folder to work in."""
    with tempfile.TemporaryDirectory() as work:
        tree = copy_collection(Path(work))
        with session.chdir(tree):
            yield tree


def run_pytest(session: nox.Session, *tests: str, **environment: str) -> None:
    """Run these tests; the table of results counts them one by one."""
    report = f"--junit-xml={REPORTS / session.name}.xml"
    options = ("-p", "no:cacheprovider", report)
    session.run("python", "-m", "pytest", *options, *tests, env=environment)


def import_path(*folders: Path) -> dict[str, str]:
    return {"PYTHONPATH": ":".join(map(str, folders)), "PYTHONDONTWRITEBYTECODE": "1"}


def needs_root(session: nox.Session) -> None:
    """Skip the session for other users, whom the collection refuses to plan for."""
    if os.geteuid():
        session.skip("only root can see all that a plan takes")


def needs_packages(session: nox.Session, *packages: str) -> None:
    """Install Debian's packages, or skip the session where that is not possible."""
    if os.geteuid() or not shutil.which("apt-get"):
        session.skip("only root of a Debian system can install what it needs")
    if packages:
        session.run("tests/packages", session.name, *packages, external=True)
