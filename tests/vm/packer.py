# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The templates of examples/packer, as they stand there, with Debian's packer."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from ansible_collections.vmtime.linux.tests.vm.errors import VmError
from ansible_collections.vmtime.linux.tests.vm.image import install_packages
from ansible_collections.vmtime.linux.tests.vm.machine import kernel_line
from ansible_collections.vmtime.linux.tests.vm.playbook import (
    BIN,
    REPOSITORY,
    environment,
)

EXAMPLES = REPOSITORY / "examples/packer"
_BUILD_SECONDS = 900


def install() -> None:
    """Raises VmError where there is none to install."""
    install_packages("packer")


def packer(log: Path, *arguments: str | Path) -> str:
    """Output of packer, which is logged too. Raises VmError if it fails."""
    log.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vmtime-packer.") as folder:
        run = subprocess.run(
            ["setpriv", "--pdeathsig", "TERM", "--", "packer", *arguments],
            env=environment()
            | {
                "PATH": f"{BIN}:{os.environ['PATH']}",
                "CHECKPOINT_DISABLE": "1",
                "PACKER_CACHE_DIR": f"{folder}/cache",
                "PACKER_CONFIG_DIR": folder,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_BUILD_SECONDS,
            check=False,
        )
    path = log / "packer.log"
    path.write_text(run.stdout)
    if run.returncode:
        raise VmError(f"packer {arguments[0]} failed: see {path}.")
    return run.stdout


def build(image: Path, log: Path, output: Path, ntp_port: int) -> Path:
    """The disk that the QEMU template makes of the image's. Raises VmError."""
    boot = [
        ["-kernel", str(image / "vmlinuz")],
        ["-initrd", str(image / "initrd")],
        ["-append", kernel_line(ntp_port)],
        ["-cpu", "max"],
    ]
    variables = {
        "disk": image / "disk.raw",
        "disk_checksum": "none",
        "ssh_private_key_file": image / "key",
        "accelerator": "tcg",
        "qemu_arguments": json.dumps(boot),
        "output_directory": output,
    }
    given = [f"-var={name}={value}" for name, value in variables.items()]
    packer(log, "build", "-color=false", *given, EXAMPLES / "qemu/image.pkr.hcl")
    return output / "image.qcow2"
