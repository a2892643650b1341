# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs that must not outlive the tests, however those end."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

# The kernel ends the program together with the thread that started it, whatever killed that.
_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL", "--")
_POLITE_SECONDS = 5


def start(
    command: Sequence[str | Path],
    log: Path,
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
    nice: int = 0,
) -> subprocess.Popen[bytes]:
    """Start a program whose words go to `log`, and its output too unless that is asked for."""
    with log.open("ab") as words:
        return subprocess.Popen(
            [*_WITH_PARENT, "nice", "-n", str(nice), *command],
            stdin=stdin,
            stdout=words if stdout is None else stdout,
            stderr=words,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the program; it is gone when this returns."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_POLITE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
