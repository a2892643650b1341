# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs checks and tells what came of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

LAST_LINES = 60

Command = Sequence[str | Path]

_running: set[subprocess.Popen[bytes]] = set()
_interrupted = threading.Event()


@dataclass(frozen=True)
class Check:
    name: str
    version: str
    commands: Sequence[Command]
    """Run in this order up to the first that fails."""
    folder: Path
    part: str = "check"
    lacks: str = ""
    """Why this machine can't run it; empty where it can."""
    environment: dict[str, str] = field(default_factory=dict)
    minutes: int = 10
    report: Path | None = None
    """The JUnit file of a pytest run, whose tests then count one by one."""


@dataclass(frozen=True)
class Outcome:
    check: Check
    result: str
    seconds: float = 0
    reason: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def run_all(lanes: Sequence[Sequence[Check]], logs: Path) -> list[Outcome]:
    """Two lanes run at a time; the checks of one lane run one after the other."""
    logs.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        done = pool.map(lambda lane: [_run(check, logs) for check in lane], lanes)
        try:
            return list(chain.from_iterable(done))
        except KeyboardInterrupt:
            _interrupted.set()
            for process in list(_running):
                _kill(process)
            raise


def summary(outcomes: Sequence[Outcome]) -> str:
    header = ("check", "version", "result", "seconds", "")
    rows = [
        (o.check.name, o.check.version, o.result, f"{o.seconds:.1f}", o.reason)
        for o in outcomes
    ]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in (header, *rows)
    ]
    passed, failed, skipped = (
        sum(getattr(outcome, what) for outcome in outcomes)
        for what in ("passed", "failed", "skipped")
    )
    return "\n".join(
        [*lines, "", f"{passed} passed, {failed} failed, {skipped} skipped"]
    )


def _run(check: Check, logs: Path) -> Outcome:
    if _interrupted.is_set():
        return Outcome(check, "skipped", reason="interrupted", skipped=1)
    if check.lacks:
        _say(f"skipped  {check.name}: {check.lacks}")
        return Outcome(check, "skipped", reason=check.lacks, skipped=1)
    _say(f"start    {check.name}")
    log = logs / f"{check.name.replace(' ', '-')}.log"
    if check.report:
        check.report.unlink(missing_ok=True)
    begin = time.monotonic()
    failure = _failure(check, log)
    outcome = _outcome(check, failure, time.monotonic() - begin)
    if failure:
        lines = log.read_text(errors="replace").splitlines()
        _say("\n".join([f"FAILED   {check.name}: {failure}", *lines[-LAST_LINES:]]))
        _say(f"^^^^^^^  {check.name}, {len(lines)} lines in all: {log}")
    else:
        _say(f"passed   {check.name} ({outcome.seconds:.1f} s)")
    return outcome


def _failure(check: Check, log: Path) -> str:
    """Why the check failed; empty where it passed."""
    deadline = time.monotonic() + check.minutes * 60
    with log.open("wb") as output:
        for command in check.commands:
            output.write(f"$ {' '.join(map(str, command))}\n".encode())
            output.flush()
            try:
                code = _execute(check, command, output, deadline)
            except OSError as error:
                return str(error)
            except subprocess.TimeoutExpired:
                return f"not done after {check.minutes} minutes"
            if code:
                return f"exit code {code} of {Path(command[0]).name}"
    return ""


def _execute(check: Check, command: Command, output: IO[bytes], deadline: float) -> int:
    process = subprocess.Popen(
        command,
        cwd=check.folder,
        env=os.environ | check.environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    _running.add(process)
    try:
        return process.wait(timeout=max(0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        _kill(process)
        raise
    finally:
        _running.discard(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The process and all that it started, with ten seconds to tidy up."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)


def _outcome(check: Check, failure: str, seconds: float) -> Outcome:
    result = "FAILED" if failure else "passed"
    if not (check.report and check.report.exists()):
        return Outcome(
            check,
            result,
            seconds,
            failure,
            passed=int(not failure),
            failed=int(bool(failure)),
        )
    cases = list(ElementTree.parse(check.report).iter("testcase"))
    skips = Counter(
        skip.get("message", "") for case in cases for skip in case.iter("skipped")
    )
    skipped = skips.total()
    bad = sum(
        1 for case in cases if {"failure", "error"} & {child.tag for child in case}
    )
    passed = len(cases) - skipped - bad
    reasons = [f"{count} skipped: {reason}" for reason, count in skips.items()]
    return Outcome(
        check,
        result,
        seconds,
        "; ".join(filter(None, [f"{passed} tests", failure, *reasons])),
        passed=passed,
        failed=max(bad, int(bool(failure))),
        skipped=skipped,
    )


def _say(text: str) -> None:
    if not _interrupted.is_set():
        # in one piece, as two threads write
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
