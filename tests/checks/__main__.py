# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""python -m checks LEVEL [WORD ...]: the checks of a level whose names hold one of the words."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

from .machine import VENV
from .run import run_all, summary
from .table import lanes

PARTS = {"check": {"check"}, "hosts": {"hosts"}, "test": {"check", "hosts", "test"}}


def main() -> int:
    parser = argparse.ArgumentParser(prog="checks", description=__doc__)
    parser.add_argument("level", choices=PARTS)
    parser.add_argument("words", nargs="*")
    arguments = parser.parse_args()
    # whoever ends this program ends the checks that it runs
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ["PATH"] = f"{VENV / 'bin'}:{os.environ['PATH']}"
    os.environ["NO_COLOR"] = "1"
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(VENV / "collections")
    with tempfile.TemporaryDirectory() as work:
        chosen = [
            [
                check
                for check in lane
                if check.part in PARTS[arguments.level]
                and any(word in check.name for word in arguments.words or [""])
            ]
            for lane in lanes(Path(work))
        ]
        if not any(chosen):
            parser.error("no check has such a name")
        outcomes = run_all(chosen, VENV / "log")
    print("", summary(outcomes), sep="\n")
    return int(any(outcome.failed for outcome in outcomes))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
