# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions that run this repository's tests with the tools of .venv."""

from __future__ import annotations

from pathlib import Path

import nox

from ansible_collections.vmtime.linux.tests.checks.machine import (
    REPOSITORY,
    VENV,
    version,
)

from .needs import needs_packages, needs_root
from .results import run_pytest, tell
from .tree import collection, import_path

# What starts programs, and so is left out of `make quick`.
PROGRAM_TESTS = (
    "tests/unit/plugins/action",
    "tests/unit/plugins/module_utils/test_crash.py",
    "tests/unit/test_imports.py",
)


@nox.session
def units(session: nox.Session) -> None:
    """Run the units with the ansible-core of .venv."""
    tell(session, version("ansible-core"))
    with collection(session) as tree:
        run_pytest(session, "tests/unit", **import_path(tree.parents[2]))


@nox.session(name="units-quick", default=False, tags=["quick"])
def units_quick(session: nox.Session) -> None:
    """Run the units that start no programs, in this repository itself."""
    tell(session, version("ansible-core"))
    without = (f"--ignore={path}" for path in PROGRAM_TESTS)
    run_pytest(session, "tests/unit", *without)


@nox.session(tags=["quick"])
def mypy(session: nox.Session) -> None:
    """Check the types, of the tests too."""
    tell(session, version("mypy"))
    settings = (
        f"--config-file={REPOSITORY}/pyproject.toml",
        f"--cache-dir={VENV}/mypy",
    )
    # run where the import path starts, or each module would have two names
    with session.chdir(VENV / "collections"):
        session.run("mypy", *settings, "ansible_collections/vmtime/linux")


def _pytest(name: str) -> None:
    @nox.session(name=name, default=False, tags=["test"])
    def tests(session: nox.Session) -> None:
        """Run the tests of this name in this repository."""
        tell(session, version("pytest"))
        run_pytest(session, f"tests/{name}")


for name in ("daemon", "faults", "fuzz"):
    _pytest(name)


@nox.session(default=False, tags=["test"])
def browser(session: nox.Session) -> None:
    """Read the report in a headless Chromium."""
    tell(session, version("pytest"))
    if not Path("/usr/bin/chromedriver").exists():
        needs_packages(session, "chromium", "chromium-driver")
    run_pytest(session, "tests/browser")


@nox.session(default=False, tags=["test"])
def examples(session: nox.Session) -> None:
    """Use the examples with the programs that they are for."""
    tell(session, version("pytest"))
    needs_packages(session, "git", "systemd")
    run_pytest(session, "tests/examples")


@nox.session(default=False, tags=["test"])
def apply(session: nox.Session) -> None:
    """Run the main command on this machine, in check mode."""
    tell(session, version("ansible-core"))
    needs_root(session)
    session.run("make", "--no-print-directory", "apply", "CHECK=1", external=True)
