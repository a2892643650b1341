# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A guest under QEMU: started, stopped, paused, and talked to over ssh.

It is emulated, so neither KVM nor Hyper-V is needed. Its PTP clocks and the bus of Hyper-V are
those of guest/vmtime_mock.c, a test fixture.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
import typing as t
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from ansible_collections.vmtime.linux.tests.vm.errors import VmError
from ansible_collections.vmtime.linux.tests.vm.image import QEMU, require_qemu
from ansible_collections.vmtime.linux.tests.vm.offsets import Offsets
from ansible_collections.vmtime.linux.tests.vm.process import start, stop

BOOT_SECONDS = 300
OFF_SECONDS = 120
_PORT_SECONDS = 20
_SSH_SECONDS = 120

# What DMI tells: a virtual machine in Azure, and one of KVM
_DMI = {
    "hyperv": (
        "type=1,manufacturer=Microsoft Corporation,product=Virtual Machine",
        "type=3,asset=7783-7084-3265-9085-8269-3286-77",
    ),
    "kvm": ("type=1,manufacturer=QEMU,product=KVM",),
}
_KERNEL_WORDS = (
    "root=/dev/vda rw console=ttyS0 quiet net.ifnames=0 mitigations=off audit=0"
    " random.trust_cpu=on panic=-1"
)


@dataclass(frozen=True)
class Hardware:
    """What the guest finds when it boots."""

    clocks: tuple[str, ...] = ("hyperv",)
    """Names of the PTP clocks, in the order of their numbers."""
    errors: tuple[float, ...] = ()
    """By how many seconds each of them is wrong."""
    delay: int = 0
    """Seconds until they appear."""
    hypervisor: str = "hyperv"
    rtc_error: float = 0
    """By how many seconds the clock is wrong with which the kernel begins."""

    def kernel_words(self) -> str:
        words = {
            "clocks": ",".join(self.clocks),
            "errors_ms": ",".join(str(round(error * 1000)) for error in self.errors),
            "delay_s": str(self.delay),
            "vmbus": "1" if self.hypervisor == "hyperv" else "0",
        }
        return " ".join(
            f'vmtime_mock.{name}="{value}"'
            if " " in value
            else f"vmtime_mock.{name}={value}"
            for name, value in words.items()
            if value
        )


def kernel_line(ntp_port: int | None, more: str = "") -> str:
    """The kernel's command line; the port is that of an NTP server on this machine's loopback."""
    words = [_KERNEL_WORDS, more]
    if ntp_port:
        words.append(f"vmtime.ntp_port={ntp_port}")
    return " ".join(word for word in words if word)


def ssh_options(image: Path) -> list[str]:
    """Options with which ssh reaches a system of the image."""
    options = {
        "IdentityFile": image / "key",
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": image / "known_hosts",
        "StrictHostKeyChecking": "yes",
        "LogLevel": "ERROR",
    }
    return [f"-o{name}={value}" for name, value in options.items()]


class Machine:
    """A guest with a disk of its own, on top of the image's, while the with block lasts.

    `log` is the folder for what QEMU and the guest's console say; it stays. Raises VmError.
    """

    def __init__(
        self,
        image: Path,
        log: Path,
        *,
        disk: Path | None = None,
        ntp_port: int | None = None,
        ssh_port: int = 0,
        boot_seconds: float = BOOT_SECONDS,
    ) -> None:
        self.image = image
        self.log = log
        self.ssh_port = ssh_port
        self._base = disk or image / "disk.raw"
        self._ntp_port = ntp_port
        self._wanted_port = ssh_port
        self._boot_seconds = boot_seconds
        self._qemu: subprocess.Popen[bytes] | None = None
        self._host_time: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Machine:
        require_qemu()
        self.log.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(prefix="vmtime-vm.")
        self._work = Path(self._folder.name)
        try:
            self._make_disk()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()
        self._folder.cleanup()

    # -- power

    def start(self, hardware: Hardware = Hardware()) -> None:
        """Boot, and return when ssh answers."""
        shared = self._work / "shared"
        self.offsets = Offsets(shared)
        # other work on this machine must not hold the clock up
        self._host_time = start(
            [self.image / "host_time", shared], self.log / "qemu.log", nice=-10
        )
        self._qemu = start(
            self._command(hardware, shared),
            self.log / "qemu.log",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            self._greet()
            self._await_ssh()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """Pull the plug."""
        for process in (self._qemu, self._host_time):
            if process:
                stop(process)
        self._qemu = self._host_time = None

    def power_off(self) -> None:
        """Shut down in order, so that the disk holds what was written."""
        # the connection may end before the command does
        with suppress(VmError):
            self.ssh("systemctl poweroff")
        try:
            if self._qemu:
                self._qemu.wait(OFF_SECONDS)
        except subprocess.TimeoutExpired:
            raise VmError(
                f"The guest did not shut down within {OFF_SECONDS} s: see {self.console}."
            ) from None
        finally:
            self.kill()

    def reboot(self, hardware: Hardware = Hardware()) -> None:
        """Shut down and boot with this hardware."""
        self.power_off()
        self.start(hardware)

    @property
    def is_running(self) -> bool:
        return self._qemu is not None

    @property
    def console(self) -> Path:
        return self.log / "console.log"

    # -- pause

    def pause(self) -> None:
        """Stop the guest's virtual time, as memory-preserving maintenance does."""
        self._monitor("stop")

    def resume(self) -> None:
        self._monitor("cont")

    # -- ssh

    def ssh(self, command: str, *, timeout: float = _SSH_SECONDS) -> str:
        """Output of a shell command run by root in the guest. Raises VmError if it fails."""
        run = self._ssh(command, timeout)
        if run.returncode:
            said = (run.stderr.strip() or run.stdout.strip()).splitlines() or [
                "nothing"
            ]
            raise VmError(
                f"'{command}' failed in the guest with {run.returncode}: {said[-1]}"
                f" (console: {self.console})"
            )
        return run.stdout.strip()

    def ssh_options(self) -> list[str]:
        """Options with which ssh reaches the guest."""
        return ssh_options(self.image)

    @property
    def control_path(self) -> Path:
        """The folder for ssh's shared connections; they end with the guest."""
        return self._work

    def _ssh(self, command: str, timeout: float) -> subprocess.CompletedProcess[str]:
        control = {
            "ControlMaster": "auto",
            "ControlPath": self._work / "ssh",
            "ControlPersist": "600",
            "ConnectTimeout": "10",
        }
        options = [f"-o{name}={value}" for name, value in control.items()]
        try:
            return subprocess.run(
                [
                    *("ssh", *self.ssh_options(), *options, "-p", str(self.ssh_port)),
                    *("root@127.0.0.1", command),
                ],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise VmError(
                f"'{command}' was not done in the guest within {timeout:g} s:"
                f" see {self.console}."
            ) from None

    def _await_ssh(self) -> None:
        deadline = time.monotonic() + self._boot_seconds
        while time.monotonic() < deadline:
            self._require_alive()
            with suppress(VmError):
                if self._ssh("true", timeout=15).returncode == 0:
                    return
            time.sleep(1)
        raise VmError(
            f"The guest did not come up within {self._boot_seconds:g} s: see {self.console}."
        )

    # -- QEMU

    def _make_disk(self) -> None:
        form = "raw" if self._base.suffix == ".raw" else "qcow2"
        run = subprocess.run(
            [
                *("qemu-img", "create", "-q", "-f", "qcow2"),
                *("-b", self._base.resolve(), "-F", form, self._work / "disk.qcow2"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise VmError(f"The guest has no disk: {run.stderr.strip()}")

    def _command(self, hardware: Hardware, shared: Path) -> list[str | Path]:
        kernel = kernel_line(self._ntp_port, hardware.kernel_words())
        begin = datetime.now(timezone.utc) + timedelta(seconds=hardware.rtc_error)
        forward = f"hostfwd=tcp:127.0.0.1:{self._wanted_port}-10.0.2.15:22"
        dmi = [word for text in _DMI[hardware.hypervisor] for word in ("-smbios", text)]
        return [
            *(
                QEMU,
                "-accel",
                "tcg,thread=single,tb-size=256",
                "-cpu",
                "max",
                "-M",
                "q35",
            ),
            *("-smp", "1", "-m", "768", "-display", "none", "-vga", "none"),
            *("-nodefaults", "-no-user-config", "-no-reboot", *dmi),
            *(
                "-rtc",
                f"base={begin:%Y-%m-%dT%H:%M:%S}" if hardware.rtc_error else "base=utc",
            ),
            *("-kernel", self.image / "vmlinuz", "-initrd", self.image / "initrd"),
            *("-append", kernel),
            *("-drive", f"file={self._work}/disk.qcow2,if=none,id=disk,cache=unsafe"),
            *("-device", "virtio-blk-pci,drive=disk"),
            *("-netdev", f"user,id=net,ipv6=off,{forward}"),
            *("-device", "virtio-net-pci,netdev=net,romfile="),
            *("-object", "rng-random,id=random,filename=/dev/urandom"),
            *("-device", "virtio-rng-pci,rng=random"),
            "-object",
            f"memory-backend-file,id=shared,mem-path={shared},size=1M,share=on",
            *("-device", "ivshmem-plain,memdev=shared"),
            *("-serial", f"file:{self.console}"),
            *("-chardev", "stdio,id=monitor,signal=off"),
            *("-mon", "chardev=monitor,mode=control"),
        ]

    def _greet(self) -> None:
        """Begin to talk to QEMU's monitor, and learn the port of ssh."""
        self._read()
        self._monitor("qmp_capabilities")
        deadline = time.monotonic() + _PORT_SECONDS
        while time.monotonic() < deadline:
            table = self._monitor(
                "human-monitor-command", {"command-line": "info usernet"}
            )
            found = re.search(
                r"HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)", str(table)
            )
            if found:
                self.ssh_port = int(found[1])
                return
            time.sleep(0.1)
        raise VmError(
            f"QEMU forwards no port to the guest: see {self.log / 'qemu.log'}."
        )

    def _monitor(self, command: str, arguments: object = None) -> object:
        """Result of a command of QEMU's monitor (QMP). Raises VmError."""
        if not (self._qemu and self._qemu.stdin):
            raise VmError("The guest is not running.")
        message = {"execute": command} | ({"arguments": arguments} if arguments else {})
        try:
            self._qemu.stdin.write(json.dumps(message).encode() + b"\n")
            self._qemu.stdin.flush()
        except BrokenPipeError:
            self._require_alive()
            raise
        while True:
            answer = self._read()
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise VmError(f"QEMU refuses {command}: {answer['error']['desc']}")

    def _read(self) -> dict[str, t.Any]:
        line = self._qemu.stdout.readline() if self._qemu and self._qemu.stdout else b""
        if not line:
            self._require_alive(ended=True)
        return t.cast("dict[str, t.Any]", json.loads(line))

    def _require_alive(self, *, ended: bool = False) -> None:
        """Raises VmError with QEMU's own last words, if it has any, where it has ended."""
        if self._qemu and (ended or self._qemu.poll() is not None):
            stop(self._qemu)
            path = self.log / "qemu.log"
            said = path.read_text(errors="replace").strip().splitlines()
            if not said:
                raise VmError(f"The guest ended while it started: see {self.console}.")
            raise VmError(f"QEMU ended: {said[-1]} (log: {path})")
