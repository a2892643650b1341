# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""python -m checks LEVEL [WORD ...]: the sessions of a level whose names hold one of the words.

The sessions are those of noxfile.py; this runs two at a time and closes with one table.
The level "matrix" only names those that need no hosts of their own, for machines that share them.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys

from .listing import sessions
from .machine import VENV
from .run import Check, run_all, summary

# what nox selects for each: its default sessions, or those with a tag
LEVELS: dict[str, tuple[tuple[str, ...], ...]] = {
    "check": ((),),
    "hosts": (("--tags", "hosts"),),
    "test": (("--tags", "hosts", "test"), ()),
    "matrix": (("--tags", "test"), ()),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="checks", description=__doc__)
    parser.add_argument("level", choices=LEVELS)
    parser.add_argument("words", nargs="*")
    arguments = parser.parse_args()
    # whoever ends this program ends the checks that it runs
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chosen = [
        check
        for selection in LEVELS[arguments.level]
        for check in sessions(*selection)
        if any(word in check.name for word in arguments.words or [""])
    ]
    if not chosen:
        parser.error("no check has such a name")
    if arguments.level == "matrix":
        print(json.dumps([check.name for check in chosen]))
        return 0
    in_turn = [check for check in chosen if check.in_turn]
    lanes: list[list[Check]] = [[check] for check in chosen if not check.in_turn]
    outcomes = run_all([in_turn, *lanes], VENV / "log")
    print("", summary(outcomes), sep="\n")
    return int(any(outcome.failed for outcome in outcomes))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
