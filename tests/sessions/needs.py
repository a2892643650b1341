# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a session needs of the machine: it is skipped where that can't be had."""

from __future__ import annotations

import os
import shutil

import nox

from ansible_collections.vmtime.linux.tests.checks.machine import can_make_debians


def needs_root(session: nox.Session) -> None:
    """Skip the session for other users, whom the collection refuses to plan for."""
    if os.geteuid():
        session.skip("only root can see all that a plan takes")


def needs_packages(session: nox.Session, *packages: str) -> None:
    """Install packages, or skip the session where that is not possible."""
    if os.geteuid() or not shutil.which("apt-get"):
        session.skip("only root of a system with apt can install what it needs")
    session.run("tests/packages", session.name, *packages, external=True)


def needs_debian(session: nox.Session) -> None:
    """Skip the session where no other Debian can be made, as a container or a guest."""
    if not can_make_debians():
        session.skip("only root of a Debian system can make the systems that it needs")
