# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the system's journal got of a unit since a moment: the reason why a daemon ended.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

from .._host import to_text
from .._tables.daemons import program_names

# as in syslog(3)
_NOTICE_OR_WORSE = ("0", "1", "2", "3", "4", "5")


class SystemJournal:
    """The journal from now on; it has nothing to tell where systemd does not run."""

    def __init__(self, host):
        self._host = host
        self._cursor = self._mark() if host.booted else None

    def _mark(self):
        said = self._host.run(["journalctl", "--lines=0", "--show-cursor", "--quiet"])
        return said.out.partition("-- cursor: ")[2].strip()

    def entries(self):
        """All that it got since, each a dict of systemd.journal-fields(7)."""
        if not self._cursor:
            return []
        # what a dead daemon has sent last may still be on its way; unknown before systemd 228
        self._host.run(["journalctl", "--sync"])
        # all entries: beside a filter, --after-cursor passes over the first that fits it
        said = self._host.run(
            [
                "journalctl",
                "--after-cursor=" + self._cursor,
                "--output=json",
                "--no-pager",
                "--quiet",
            ]
        )
        if said.rc != 0:
            return []
        # splitlines() would also split a message, at other ends of lines that Unicode has
        return [json.loads(line) for line in said.out.split("\n") if line]


def told_by(unit, entries):
    """What the processes of a unit told, as lines of text."""
    names = program_names(unit)
    lines = []
    for entry in entries:
        # a sender that is gone before journald looks up its unit has none
        sender = _text(entry, "_SYSTEMD_UNIT")
        if sender == unit or (
            not sender and _text(entry, "SYSLOG_IDENTIFIER") in names
        ):
            lines.append(_text(entry, "MESSAGE"))
    return lines


def told_of(unit, entries):
    """What systemd found worth a notice, or worse, of a unit, as lines of text."""
    return [
        _text(entry, "MESSAGE")
        for entry in entries
        if _text(entry, "UNIT") == unit and _text(entry, "PRIORITY") in _NOTICE_OR_WORSE
    ]


def _text(entry, field):
    """A field as text, empty where it has none.

    JSON has what is not printable as a list of bytes, what is too long as null, and what was sent
    twice as a list of both.
    """
    value = entry.get(field)
    if isinstance(value, list) and all(isinstance(part, int) for part in value):
        return to_text(bytes(bytearray(value)))
    return "" if value is None or isinstance(value, list) else value
