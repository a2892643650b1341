# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An NTP server on this machine's loopback that shows this machine's time, and never sets it."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from ansible_collections.vmtime.linux.tests.vm.errors import VmError
from ansible_collections.vmtime.linux.tests.vm.process import start, stop

_CONF = """\
local stratum 3
allow 127.0.0.1
bindaddress 127.0.0.1
port {port}
cmdport 0
bindcmdaddress /
pidfile {folder}/chronyd.pid
"""
# a client's request of NTP version 4
_REQUEST = bytes([0x23]) + bytes(47)
_ANSWER_SECONDS = 10


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class NtpServer:
    """chronyd -x while the with block lasts. `log` is a folder. Raises VmError."""

    def __init__(self, image: Path, log: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self._chronyd = image / "chronyd"
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> NtpServer:
        self._log.mkdir(parents=True, exist_ok=True)
        # one that was killed left it behind
        (self._log / "chronyd.pid").unlink(missing_ok=True)
        conf = self._log / "ntp_server.conf"
        conf.write_text(_CONF.format(port=self.port, folder=self._log))
        command: list[str | Path] = [
            *(self._chronyd / "ld-linux-x86-64.so.2", "--library-path", self._chronyd),
            *(self._chronyd / "chronyd", "-x", "-d", "-u", "root", "-f", conf),
        ]
        self._process = start(command, self._log / "ntp_server.log")
        try:
            self._wait()
        except BaseException:
            stop(self._process)
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._process:
            stop(self._process)

    def _wait(self) -> None:
        deadline = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < deadline:
            with (
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
                suppress(OSError),
            ):
                client.settimeout(0.5)
                client.connect(("127.0.0.1", self.port))
                client.send(_REQUEST)
                # another program may hold the port and answer too
                if client.recv(1024) and self._alive():
                    return
            if not self._alive():
                break
            time.sleep(0.1)
        raise VmError(
            f"The NTP server did not start on port {self.port} of the loopback:"
            f" see {self._log / 'ntp_server.log'}."
        )

    def _alive(self) -> bool:
        return self._process is not None and self._process.poll() is None
