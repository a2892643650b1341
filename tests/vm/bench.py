# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how long a paused guest's clock takes to be right again, each way it may be set up.

And for how long a guest follows a host whose clock has become wrong.

Each run is appended to a file as soon as it is done. What that file holds is not measured again, so
an interrupted bench goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import threading
import typing as t
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

from ansible_collections.vmtime.linux.tests.vm.errors import VmError
from ansible_collections.vmtime.linux.tests.vm.image import (
    image as make_image,
)
from ansible_collections.vmtime.linux.tests.vm.image import install, qemu_version
from ansible_collections.vmtime.linux.tests.vm.machine import Hardware, Machine
from ansible_collections.vmtime.linux.tests.vm.ntp_server import NtpServer
from ansible_collections.vmtime.linux.tests.vm.offsets import (
    Sample,
    rms,
)
from ansible_collections.vmtime.linux.tests.vm.playbook import REPOSITORY, apply
from ansible_collections.vmtime.linux.tests.vm.waiting import pause, wrong_host

RESULTS = REPOSITORY / "tests/vm/results.jsonl"
LOGS = REPOSITORY / ".venv/log/vm"

RUNS = 5
PAUSES = (28, 3, 300)
# A pause comes after the clock has settled, and at any moment of the longest poll interval.
SETTLE_SECONDS = 60
PHASE_SECONDS = 64
# Before these pauses the clock is watched for so long while nothing happens.
QUIET_PAUSE = 28
QUIET_SECONDS = 300
# Whoever is not back by then is told of as such.
LIMIT_SECONDS = 900
# A host's clock goes wrong by so much, and is watched for so long.
WRONG_HOST_SECONDS = 5
WATCH_SECONDS = 120
# How often to try a set of runs whose guest fails
TRIES = 3

# In the guest: a line for each source, and the daemon's version
SOURCES = "chronyc -c -n sources 2>/dev/null || ntpq -pn | tail -n +3"
VERSION = (
    "chronyd --version 2>/dev/null | cut -d ' ' -f 4 | grep . ||"
    " ntpd --version | tr - ' ' | cut -d ' ' -f 2,3"
)

SERVERS = [{"hostname": f"ntp{number}.example.com"} for number in (1, 2, 3)]


@dataclass(frozen=True)
class Setup:
    """A way to set a guest up: the role's variables, or None for what Debian ships."""

    name: str
    variables: dict[str, t.Any] | None = None


def _setups() -> Iterator[Setup]:
    yield Setup("NTP only, chrony as Debian ships it")
    for profile in ("documented", "fast"):
        for mode in ("host_only", "default", "external"):
            variables: dict[str, t.Any] = {
                "timesync_mode": mode,
                "timesync_host_clock_profile": profile,
            }
            if mode == "external":
                variables["timesync_ntp_servers"] = SERVERS
            yield Setup(f"{mode}, {profile}", variables)
            if mode != "host_only" and profile == "fast":
                variables = variables | {"timesync_refclock": {"trust": True}}
                yield Setup(f"{mode}, {profile}, trust", variables)
    variables = {"timesync_mode": "host_only", "timesync_ntp_provider": "ntp"}
    yield Setup("host_only, ntpsec", variables)


SETUPS = tuple(_setups())
BESIDE_NTP = tuple(s for s in SETUPS if s.name.startswith(("default", "external")))


@dataclass(frozen=True)
class Result:
    """One pause, or one host that went wrong, and what came of it. Times in seconds."""

    setup: str
    pause: float
    """How long it was; 0 for a host whose clock went wrong."""
    run: int
    recovered: float | None
    """From the pause's end until the clock was back for good. For a host that went wrong, for how
    long the guest was wrong with it. None where that was not over within the limit."""
    limit: float
    rms_before: float | None
    """Of the offset in the quiet time before the pause, where that was measured."""
    guests: int
    """How many QEMUs ran on this machine, this guest's among them."""
    load: float
    """Average number of programs that wanted a processor, of this machine."""
    cores: int
    """Processors of this machine."""
    sources: int
    qemu: str
    chrony: str
    """Its version; or the name and version of the daemon in its place."""
    kernel: str
    date: str
    trace: list[tuple[float, float]]
    """Seconds since then, and the offset; straight between the points."""


def read(path: Path = RESULTS) -> list[Result]:
    """Every result so far."""
    if not path.exists():
        return []
    results = []
    for line in path.read_text().splitlines():
        fields = json.loads(line)
        trace = [tuple(sample) for sample in fields.pop("trace")]
        results.append(Result(**fields, trace=trace))
    return results


def thin(samples: list[Sample], tolerance: float = 0.005) -> list[tuple[float, float]]:
    """The trace without the points that lie on a straight line between their neighbours."""
    kept: list[Sample] = samples[:1]
    waiting: list[Sample] = []
    for sample in samples[1:]:
        begin, run = kept[-1], sample.host - kept[-1].host
        for between in waiting:
            share = (between.host - begin.host) / run
            line = begin.offset + share * (sample.offset - begin.offset)
            if abs(between.offset - line) > tolerance:
                kept.append(waiting[-1])
                waiting = []
                break
        waiting.append(sample)
    kept += waiting[-1:]
    return [(round(sample.host, 2), round(sample.offset, 4)) for sample in kept]


def running_guests() -> int:
    names = [path.read_text() for path in Path("/proc").glob("[0-9]*/comm")]
    return sum(name.startswith("qemu-system") for name in names)


class Bench:
    def __init__(self, image: Path, path: Path, runs: int) -> None:
        self.image = image
        self.path = path
        self.runs = runs
        self.ended = threading.Event()
        # a guest that boots or is set up takes a whole processor
        self._setting_up = threading.Semaphore(os.cpu_count() or 1)
        self._lock = threading.Lock()

    def todo(self, setup: Setup, seconds: float) -> list[int]:
        """Numbers of the runs that are still to do."""
        done = {
            result.run
            for result in read(self.path)
            if (result.setup, result.pause) == (setup.name, seconds)
        }
        return [number for number in range(1, self.runs + 1) if number not in done]

    def measure(self, setup: Setup, seconds: float) -> None:
        """The runs that are still to do, in a fresh guest; a guest that fails is replaced."""
        name = f"{setup.name.replace(', ', '-').replace(' ', '-')}-{seconds:g}s"
        for _try in range(TRIES):
            if self.ended.is_set() or not self.todo(setup, seconds):
                return
            try:
                self._measure(setup, seconds, LOGS / f"bench-{name}")
            except VmError as error:
                self._say(f"{setup.name}, {seconds:g} s: {error}")

    def _measure(self, setup: Setup, seconds: float, log: Path) -> None:
        with (
            NtpServer(self.image, log) as ntp,
            Machine(self.image, log, ntp_port=ntp.port) as machine,
        ):
            with self._setting_up:
                if self.ended.is_set():
                    return
                machine.start(Hardware(clocks=("mlx5_ptp", "hyperv"), errors=(37, 0)))
                if setup.variables is not None:
                    apply(machine, **setup.variables)
            for number in self.todo(setup, seconds):
                self.ended.wait(SETTLE_SECONDS + random.uniform(0, PHASE_SECONDS))
                before = self._quiet(machine) if seconds == QUIET_PAUSE else []
                if self.ended.is_set():
                    return
                self._run(machine, setup, seconds, number, before)

    def _quiet(self, machine: Machine) -> list[Sample]:
        machine.offsets.take()
        self.ended.wait(QUIET_SECONDS)
        return machine.offsets.take()

    def _run(
        self,
        machine: Machine,
        setup: Setup,
        seconds: float,
        number: int,
        before: list[Sample],
    ) -> None:
        sources = len(machine.ssh(SOURCES).splitlines())
        limit = LIMIT_SECONDS if seconds else WATCH_SECONDS
        if seconds:
            recovered, samples = pause(machine, seconds, limit, self.ended)
        else:
            recovered, samples = wrong_host(
                machine, WRONG_HOST_SECONDS, WATCH_SECONDS, self.ended
            )
        if self.ended.is_set():
            return
        if recovered is None or not seconds:
            # the next run begins with a clock that is right, and with new samples alone
            machine.ssh("systemctl try-restart chrony ntpsec")
        result = Result(
            setup=setup.name,
            pause=seconds,
            run=number,
            recovered=None if recovered is None else round(recovered, 2),
            limit=limit,
            rms_before=round(rms(before), 7) if before else None,
            guests=running_guests(),
            load=round(os.getloadavg()[1], 1),
            cores=os.cpu_count() or 1,
            sources=sources,
            qemu=qemu_version(),
            chrony=machine.ssh(VERSION),
            kernel=machine.ssh("uname -r"),
            date=f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M}",
            trace=thin(samples),
        )
        with self._lock, self.path.open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")
        self._say(
            f"{setup.name}, {seconds:g} s, run {number} of {self.runs}: "
            + (f"> {limit} s" if recovered is None else f"{recovered:.1f} s")
        )

    @staticmethod
    def _say(text: str) -> None:
        sys.stdout.write(f"{datetime.now(timezone.utc):%H:%M} {text}\n")
        sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--guests", type=int, default=4, help="how many at a time")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--pause", type=float, nargs="*", default=(*PAUSES, 0))
    parser.add_argument("--setup", nargs="*", default=[""], help="words of their names")
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    # a shell that starts it in the background has it ignore interruptions
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        install()
        bench = Bench(make_image(), arguments.results, arguments.runs)
    except VmError as error:
        print(error, file=sys.stderr)
        return 1
    jobs = [
        (setup, seconds)
        for seconds in arguments.pause
        for setup in (SETUPS if seconds else BESIDE_NTP)
        if any(word in setup.name for word in arguments.setup)
    ]
    with ThreadPoolExecutor(arguments.guests) as pool:
        try:
            futures = [pool.submit(bench.measure, *job) for job in jobs]
            for future in futures:
                future.result()
        except KeyboardInterrupt:
            bench.ended.set()
            pool.shutdown(cancel_futures=True)
            print("interrupted: what is measured is kept", file=sys.stderr)
            return 1
    missing = sum(len(bench.todo(*job)) for job in jobs)
    if missing:
        print(f"{missing} runs are missing: run it again.", file=sys.stderr)
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
