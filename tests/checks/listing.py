# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sessions of noxfile.py and antsibull-nox.toml."""

from __future__ import annotations

import json
import re
import subprocess

from .machine import REPOSITORY, VENV, version
from .run import Check

NOX = (str(VENV / "bin/nox"), "--noxfile", str(REPOSITORY / "noxfile.py"))


def sessions(*selection: str) -> list[Check]:
    """The sessions that nox selects, in the order of their declaration."""
    listing = subprocess.run(
        [*NOX, "--list", "--json", *selection],
        capture_output=True,
        text=True,
        check=True,
    )
    settings = (REPOSITORY / "antsibull-nox.toml").read_text()
    ready = {
        name.replace("_", "-")
        for name in re.findall(r"^\[sessions\.(\w+)\]", settings, re.MULTILINE)
    }
    return [
        Check(
            name=session["session"],
            version=version("antsibull-nox") if session["session"] in ready else "",
            command=(*NOX, "--session", session["session"]),
            report=VENV / "reports" / f"{session['session']}.xml",
            needs_hosts="needs-hosts" in session["tags"],
        )
        for session in json.loads(listing.stdout)
    ]
