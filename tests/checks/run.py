# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs checks and tells what came of them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

LAST_LINES = 60
MINUTES = 30
LANES = 3
POLL_SECONDS = 0.1

_running: set[subprocess.Popen[bytes]] = set()
_interrupted = threading.Event()


@dataclass(frozen=True)
class Check:
    name: str
    version: str
    """Of what it runs with, if the session does not tell that itself."""
    command: Sequence[str]
    report: Path
    """The JUnit file that it may write, whose tests then count one by one."""
    needs_hosts: bool
    """Waits for hosts more than it computes; two of this kind run at a time."""


@dataclass(frozen=True)
class Outcome:
    check: Check
    result: str
    version: str = ""
    seconds: float = 0
    cpu: float = 0
    """Seconds of CPU of the check and of all that it waited for; a container's are its own."""
    reason: str = ""
    cells: int = 0
    """Cases within tests, as tests/unit/plugins/plugin_utils/cells.py counts them."""
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def run_all(lanes: Sequence[Iterable[Check]], logs: Path) -> list[Outcome]:
    """Three lanes run at a time; the checks of one lane run one after the other."""
    logs.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=LANES) as pool:
        done = pool.map(lambda lane: [_run(check, logs) for check in lane], lanes)
        try:
            return list(chain.from_iterable(done))
        except KeyboardInterrupt:
            _interrupted.set()
            for process in list(_running):
                _kill(process)
            raise


def summary(outcomes: Sequence[Outcome]) -> str:
    header = ("check", "version", "result", "seconds", "CPU", "")
    rows = [
        (
            o.check.name,
            o.version,
            o.result,
            f"{o.seconds:.1f}",
            f"{o.cpu:.1f}",
            o.reason,
        )
        for o in outcomes
    ]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in (header, *rows)
    ]
    passed, failed, skipped, cells, cpu = (
        sum(getattr(outcome, what) for outcome in outcomes)
        for what in ("passed", "failed", "skipped", "cells", "cpu")
    )
    lines += ["", f"{cells} cells within these tests, {cpu / 60:.1f} minutes of CPU"]
    return "\n".join([*lines, f"{passed} passed, {failed} failed, {skipped} skipped"])


def _run(check: Check, logs: Path) -> Outcome:
    if _interrupted.is_set():
        return Outcome(check, "skipped", reason="interrupted", skipped=1)
    _say(f"start    {check.name}")
    log = logs / f"{check.name}.log"
    check.report.unlink(missing_ok=True)
    begin = time.monotonic()
    failure, cpu = _failure(check, log)
    text = log.read_text(errors="replace")
    outcome = _outcome(check, failure, text)
    outcome = replace(outcome, seconds=time.monotonic() - begin, cpu=cpu)
    if failure:
        lines = text.splitlines()
        _say("\n".join([f"FAILED   {check.name}: {failure}", *lines[-LAST_LINES:]]))
        _say(f"^^^^^^^  {check.name}, {len(lines)} lines in all: {log}")
    elif outcome.result == "skipped":
        _say(f"skipped  {check.name}: {outcome.reason}")
    else:
        _say(f"passed   {check.name} ({outcome.seconds:.1f} s)")
    return outcome


def _failure(check: Check, log: Path) -> tuple[str, float]:
    """Why the check failed, empty where it passed, and the seconds of CPU that it took."""
    with log.open("wb") as output:
        try:
            code, cpu = _execute(check.command, output)
        except OSError as error:
            return str(error), 0
        except subprocess.TimeoutExpired:
            return f"not done after {MINUTES} minutes", 0
    return f"exit code {code}" if code else "", cpu


def _execute(command: Sequence[str], output: IO[bytes]) -> tuple[int, float]:
    """The exit code and the seconds of CPU."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    _running.add(process)
    end = time.monotonic() + MINUTES * 60
    try:
        while True:
            # Popen.wait() would drop what the kernel says of its use of CPU
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                process.returncode = os.waitstatus_to_exitcode(status)
                return process.returncode, usage.ru_utime + usage.ru_stime
            if time.monotonic() > end:
                _kill(process)
                raise subprocess.TimeoutExpired(command, MINUTES * 60)
            time.sleep(POLL_SECONDS)
    except ChildProcessError:
        # the main thread has killed it and waited for it
        return process.wait(), 0
    finally:
        _running.discard(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The process and all that it started, with ten seconds to tidy up."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)


def _outcome(check: Check, failure: str, log: str) -> Outcome:
    outcome = Outcome(
        check,
        "FAILED" if failure else "passed",
        _told_version(log) or check.version,
        reason=failure,
    )
    if not failure and (lacks := _told_skip(log)):
        return replace(outcome, result="skipped", reason=lacks, skipped=1)
    if not check.report.exists():
        return replace(outcome, passed=int(not failure), failed=int(bool(failure)))
    report = ElementTree.parse(check.report)
    cells = report.iterfind(".//properties/property[@name='cells']")
    cases = list(report.iter("testcase"))
    skips = Counter(
        skip.get("message", "") for case in cases for skip in case.iter("skipped")
    )
    skipped = skips.total()
    bad = sum(
        1 for case in cases if {"failure", "error"} & {child.tag for child in case}
    )
    passed = len(cases) - skipped - bad
    reasons = [f"{count} skipped: {reason}" for reason, count in skips.items()]
    return replace(
        outcome,
        cells=sum(int(cell.get("value", 0)) for cell in cells),
        reason="; ".join(filter(None, [f"{passed} tests", failure, *reasons])),
        passed=passed,
        failed=max(bad, int(bool(failure))),
        skipped=skipped,
    )


def _told_version(log: str) -> str:
    found = re.findall(r"^nox > version: (.*)$", log, re.MULTILINE)
    return str(found[-1]) if found else ""


def _told_skip(log: str) -> str:
    """Why the session did not run; empty where it did."""
    found = re.search(r"^nox > Session \S+ skipped: (.*?)\.?$", log, re.MULTILINE)
    return found[1] if found else ""


def _say(text: str) -> None:
    if not _interrupted.is_set():
        # in one piece, as two threads write
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
