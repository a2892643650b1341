# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is missing or in the way is told in one sentence, and no process stays behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.tests.vm import image as vm_image
from ansible_collections.vmtime.linux.tests.vm.errors import VmError
from ansible_collections.vmtime.linux.tests.vm.machine import Machine
from ansible_collections.vmtime.linux.tests.vm.ntp_server import NtpServer
from ansible_collections.vmtime.linux.tests.vm.playbook import REPOSITORY
from ansible_collections.vmtime.linux.tests.vm.waiting import until

pytestmark = pytest.mark.quick


def left_behind(word: Path) -> list[str]:
    """Command lines of the programs that name this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(word) in line and path.parent.name != str(os.getpid()):
            found.append(line)
    return found


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The folder of the logs, which every program of a machine names."""
    yield tmp_path
    assert until(lambda: not left_behind(tmp_path), 10), left_behind(tmp_path)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose programs are found before this machine's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_no_qemu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VmError) as error, Machine(tmp_path, tmp_path):
        pass
    assert str(error.value) == (
        "There is no qemu-system-x86_64 on this machine: tests/vm/install installs it."
    )


def test_qemu_can_not_be_installed(programs: Path) -> None:
    program(programs, "dpkg-query", "exit 1")
    program(programs, "apt-get", "echo 'E: no network' >&2; exit 100")
    with pytest.raises(VmError) as error:
        vm_image.install()
    sentence, _see, log = str(error.value).partition(", see ")
    assert sentence == "vm: installing failed"
    assert Path(log).read_text() == "E: no network\n"
    Path(log).unlink()


def test_no_root(programs: Path) -> None:
    program(programs, "id", "echo 1000")
    with pytest.raises(VmError) as error:
        vm_image.image()
    assert str(error.value) == "vm: only root can make the guest: run this as root"


def test_a_guest_that_can_not_be_built(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMTIME_CACHE", str(tmp_path / "cache"))
    program(programs, "mmdebstrap", "echo 'E: no mirror answers' >&2; exit 1")
    with pytest.raises(VmError) as error:
        vm_image.image()
    sentence, _see, log = str(error.value).partition(", see ")
    assert sentence == "vm: building the guest failed"
    assert "E: no mirror answers" in Path(log).read_text()


def test_a_busy_port_for_ssh(image: Path, log: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(VmError) as error,
            Machine(image, log, ssh_port=port) as guest,
        ):
            guest.start()
    assert str(error.value).startswith("QEMU ended: ")
    assert f":{port}-" in str(error.value)
    assert str(error.value).endswith(f"(log: {log / 'qemu.log'})")


def test_a_busy_port_for_ntp(image: Path, log: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(VmError) as error, NtpServer(image, log, port):
            pass
    assert str(error.value) == (
        f"The NTP server did not start on port {port} of the loopback:"
        f" see {log / 'ntp_server.log'}."
    )


def test_a_guest_that_does_not_come_up(image: Path, log: Path) -> None:
    with (
        pytest.raises(VmError) as error,
        Machine(image, log, boot_seconds=3) as guest,
    ):
        guest.start()
    assert str(error.value) == (
        f"The guest did not come up within 3 s: see {log / 'console.log'}."
    )


def test_a_guest_whose_disk_is_empty(image: Path, log: Path) -> None:
    disk = log / "empty.raw"
    with disk.open("wb") as file:
        file.truncate(1 << 20)
    with (
        pytest.raises(VmError) as error,
        Machine(image, log, disk=disk, boot_seconds=120) as guest,
    ):
        guest.start()
    assert str(error.value).startswith("The guest ")
    assert str(log / "console.log") in str(error.value)


def test_a_disk_that_is_not_there(image: Path, log: Path) -> None:
    with (
        pytest.raises(VmError) as error,
        Machine(image, log, disk=log / "missing.raw"),
    ):
        pass
    assert str(error.value).startswith("The guest has no disk: ")
    assert "missing.raw" in str(error.value)


START = """
import sys
from pathlib import Path
from ansible_collections.vmtime.linux.tests.vm.machine import Machine
from ansible_collections.vmtime.linux.tests.vm.ntp_server import NtpServer
image, log = map(Path, sys.argv[1:])
with NtpServer(image, log), Machine(image, log) as guest:
    print("entered", flush=True)
    guest.start()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whoever_is_ended_leaves_nothing(
    image: Path, log: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START, image, log],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / ".venv/collections")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as started:
        assert started.stdout
        assert started.stdout.readline() == b"entered\n"
        assert until(lambda: any("qemu" in line for line in left_behind(log)), 20)
        started.send_signal(number)
