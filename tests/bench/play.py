# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one playbook and tells what that cost the controller."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from .memory import Sampler, children

PR_SET_CHILD_SUBREAPER = 36


class BenchError(Exception):
    """What ran is not what was to be measured; the message is a full sentence."""


@dataclass(frozen=True)
class Cost:
    """What one run took on the controller.

    ``wall`` and ``cpu`` are seconds, cpu being user and system time of every process that the run
    has started. ``memory`` is the peak of them all in bytes, None if nobody looked. ``changed`` is
    the number of tasks that have changed a host.
    """

    wall: float
    cpu: float
    memory: int | None
    changed: int


@dataclass(frozen=True)
class Play:
    playbook: str | Path
    options: Sequence[str]
    hosts: int
    forks: int
    pipelining: bool


def measure(play: Play, *, sample_memory: bool = False) -> Cost:
    """Run the play over new connections. Raises BenchError unless every host is well."""
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        log = Path(work, "log")
        with log.open("wb") as output, _adopted():
            begin = time.monotonic()
            process = subprocess.Popen(
                ["ansible-playbook", play.playbook, *play.options],
                env=os.environ | _settings(play, Path(work)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            sampler = Sampler(process.pid) if sample_memory else None
            with sampler or nullcontext():
                try:
                    status, cpu = _wait(process.pid)
                except KeyboardInterrupt:
                    process.terminate()
                    _wait(process.pid)
                    raise
            wall = time.monotonic() - begin
            process.returncode = status
            for orphan in children(os.getpid()):
                os.kill(orphan, signal.SIGTERM)
                cpu += _wait(orphan)[1]
        changed = _changed(play, status, log.read_text(errors="replace"))
    return Cost(wall, cpu, sampler.peak if sampler else None, changed)


def _settings(play: Play, work: Path) -> dict[str, str]:
    """No setting of this machine's user; whatever is not named here is Ansible's default."""
    config = work / "ansible.cfg"
    config.write_text("[defaults]\n")
    return {
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_FORKS": str(play.forks),
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_NOCOLOR": "True",
        "ANSIBLE_PIPELINING": str(play.pipelining),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(work),
    }


@contextmanager
def _adopted() -> Iterator[None]:
    """What a child leaves behind becomes a child of this process, which can count its time.

    ssh leaves a process that keeps its connection for the next task.
    """
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _wait(process: int) -> tuple[int, float]:
    """Its exit code, and the seconds of processor time that it and its children took."""
    _process, status, usage = os.wait4(process, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime


def _changed(play: Play, code: int, log: str) -> int:
    counts = [
        (int(ok), int(changed))
        for ok, changed in re.findall(r" : ok=(\d+) +changed=(\d+) ", log)
    ]
    well = sum(ok > 0 for ok, _changed_tasks in counts)
    if code != 0 or well != play.hosts:
        raise BenchError(
            f"{play.playbook} ended with exit code {code}, and {well} of {play.hosts} hosts are"
            f" well:\n{log}"
        )
    return sum(changed for _ok, changed in counts)
