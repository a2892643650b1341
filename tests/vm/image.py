# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cached guest, and what this machine must have for it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from ansible_collections.vmtime.linux.tests.vm.errors import VmError

HERE = Path(__file__).resolve().parent
QEMU = "qemu-system-x86_64"


def install() -> None:
    """Install what this machine lacks of QEMU and the like. Raises VmError."""
    _run([HERE / "install"])
    require_qemu()


def install_packages(*names: str) -> None:
    """Install what this machine lacks of these packages. Raises VmError."""
    _run([HERE.parent / "packages", "vm", *names])


def image(suite: str = "bookworm") -> Path:
    """The folder of the guest of a Debian, which is made if need be. Raises VmError.

    It holds disk.raw, vmlinuz, initrd, key, known_hosts, and host_time and chronyd for the host.
    """
    return Path(_run([HERE / "image", suite]))


def require_qemu() -> None:
    """Raises VmError if this machine has no QEMU."""
    if shutil.which(QEMU) is None:
        raise VmError(
            f"There is no {QEMU} on this machine: tests/vm/install installs it."
        )


def qemu_version() -> str:
    """As "7.2.22"."""
    said = subprocess.run(
        [QEMU, "--version"], capture_output=True, text=True, check=True
    )
    return said.stdout.split()[3]


def _run(command: list[str | Path]) -> str:
    """Output of a script, whose last line on stderr is the reason where it fails."""
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        lines = run.stderr.strip().splitlines() or [f"{command[0]} failed"]
        raise VmError(lines[-1])
    return run.stdout.strip()
