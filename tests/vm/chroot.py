# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guest's root in a folder, as who builds an image has it: no systemd runs there."""

from __future__ import annotations

import shlex
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from ansible_collections.vmtime.linux.tests.vm.errors import VmError
from ansible_collections.vmtime.linux.tests.vm.machine import ssh_options
from ansible_collections.vmtime.linux.tests.vm.process import start, stop
from ansible_collections.vmtime.linux.tests.vm.waiting import until

_SSH_SECONDS = 20

# In a mount namespace of its own, so that nothing is left behind.
_ENTER = """\
mount --rbind /dev {root}/dev
mount -t proc proc {root}/proc
mkdir -p {root}/run/sshd
exec chroot {root} /usr/sbin/sshd -D -e -o ListenAddress=127.0.0.1 -o Port={port}
"""


class Chroot:
    """The image's root, which ssh reaches while the with block lasts. Raises VmError."""

    def __init__(self, image: Path, log: Path) -> None:
        self.image = image
        self.log = log
        self.ssh_port = _free_port()

    def __enter__(self) -> Chroot:
        self.log.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(prefix="vmtime-chroot.")
        self.control_path = Path(self._folder.name)
        self.root = self.control_path / "root"
        self.root.mkdir(mode=0o755)
        try:
            self._run("debugfs", "-R", f"rdump / {self.root}", self.image / "disk.raw")
            self._enter()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        stop(self._sshd)
        self._folder.cleanup()

    def ssh_options(self) -> list[str]:
        return ssh_options(self.image)

    def pids_of(self, program: str) -> list[str]:
        """The processes of a program that run in this root."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            # others may end meanwhile
            with suppress(OSError):
                name = (process / "comm").read_text().strip()
                if name == program and (process / "root").readlink() == self.root:
                    found.append(process.name)
        return found

    def make_disk(self) -> Path:
        """The root as it is now, as a disk to boot."""
        shutil.rmtree(self.root / "run")
        (self.root / "run").mkdir()
        disk = self.control_path / "disk.raw"
        self._run("truncate", "--size=2G", disk)
        self._run("mke2fs", "-q", "-t", "ext4", "-L", "root", "-d", self.root, disk)
        return disk

    def _enter(self) -> None:
        script = _ENTER.format(root=shlex.quote(str(self.root)), port=self.ssh_port)
        self._sshd = start(
            [
                *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
                *("sh", "-e", "-c", script),
            ],
            self.log / "chroot.log",
        )
        if not until(self._answers, _SSH_SECONDS):
            stop(self._sshd)
            raise VmError(
                f"ssh does not answer in the chroot: see {self.log / 'chroot.log'}."
            )

    def _answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.ssh_port)) == 0

    def _run(self, *command: str | Path) -> None:
        with (self.log / "chroot.log").open("ab") as words:
            run = subprocess.run(command, stdout=words, stderr=words, check=False)
        if run.returncode:
            raise VmError(f"{command[0]} failed: see {self.log / 'chroot.log'}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
