# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a session leaves for the table of results."""

from __future__ import annotations

import nox

from ansible_collections.vmtime.linux.tests.checks.machine import VENV

REPORTS = VENV / "reports"


def tell(session: nox.Session, what: str) -> None:
    """What the table shows as the version."""
    session.log(f"version: {what}")


def run_pytest(session: nox.Session, *tests: str, **environment: str) -> None:
    """Run these tests; the table counts them one by one."""
    report = f"--junit-xml={REPORTS / session.name}.xml"
    options = ("-p", "no:cacheprovider", report)
    session.run("python", "-m", "pytest", *options, *tests, env=environment)
