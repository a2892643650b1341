# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a daemon's command line, as a variable in a file that its unit reads.

Such a file is the distribution's, as /etc/default/chrony, and holds options that must not be lost:
"-F 1" there is the seccomp filter. So one line is replaced, and stands above as a comment until
it comes back. The format is that of systemd.exec(5), EnvironmentFile=, and of a shell.

Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...module_utils._tables.own import ADDED, REPLACED


class DaemonOptionsError(ValueError):
    """The line that sets the variable can't be understood."""


def restore(text: str) -> str:
    """The text as the distribution or the administrator has it."""
    lines = []
    was_ours = False
    for line in text.split("\n"):
        if was_ours:
            # the line that stood for the one above
            was_ours = False
        elif line.startswith(REPLACED):
            lines.append(line.removeprefix(REPLACED))
            was_ours = True
        elif line == ADDED:
            was_ours = True
        else:
            lines.append(line)
    return "\n".join(lines)


def change(
    text: str, variable: str, *, without: Iterable[str], plus: Iterable[str]
) -> str:
    """The text with words taken from and added to the variable's value.

    Raises DaemonOptionsError for a value that holds more than plain words.
    """
    lines = restore(text).split("\n")
    sets = re.compile(rf"\s*(export\s+)?{re.escape(variable)}\s*=(.*)")
    # the last one counts
    index = max((i for i, line in enumerate(lines) if sets.fullmatch(line)), default=-1)
    found = sets.fullmatch(lines[index]) if index >= 0 else None
    words = _words(found[2]) if found else []
    wanted = [word for word in words if word not in set(without)] + [*plus]
    if wanted == words:
        return "\n".join(lines)
    line = f'{variable}="{" ".join(wanted)}"'
    if found:
        lines[index : index + 1] = [REPLACED + lines[index], line]
    else:
        at = len(lines) - 1 if not lines[-1] else len(lines)
        lines[at:at] = [ADDED, line]
    return "\n".join(lines)


def _words(value: str) -> list[str]:
    value = value.strip()
    if value[:1] in ("'", '"') and value[:1] == value[-1:] and len(value) > 1:
        value = value[1:-1]
    if not re.fullmatch(r"[A-Za-z0-9 _./:=,@%+-]*", value):
        raise DaemonOptionsError(value)
    return value.split()
