# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""python -m checks LEVEL [WORD ...]: the sessions of a level whose names hold one of the words.

The sessions are those of noxfile.py; this runs three at a time, of which two at most need the test
hosts, and closes with one table.
The level "matrix" only names those that need no hosts of their own, for machines that share them.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator

from .listing import sessions
from .machine import VENV
from .run import Check, run_all, summary

# what nox selects for each: its default sessions, or those with a tag
LEVELS: dict[str, tuple[tuple[str, ...], ...]] = {
    "quick": (("--tags", "quick"),),
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
    outcomes = run_all(_lanes(chosen), VENV / "log")
    print("", summary(outcomes), sep="\n")
    return int(any(outcome.failed for outcome in outcomes))


def _lanes(chosen: list[Check]) -> list[Iterator[Check]]:
    """What needs the test hosts takes two lanes, each of which goes on with the next."""
    hosts = iter([check for check in chosen if check.needs_hosts])
    others = [iter([check]) for check in chosen if not check.needs_hosts]
    return [hosts, hosts, *others]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
