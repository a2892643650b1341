# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fragments in the folders that a daemon includes: in force, but for sources that a mode forbids.

Pure functions.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from ...module_utils._tables.own import SILENCED
from .._model.observation import Observation
from .._model.plan import PlanError, PlannedFile

# What names a source, or a place where sources are named.
SOURCES = frozenset(
    (
        "server",
        "pool",
        "peer",
        "refclock",
        "initstepslew",
        "sourcedir",
        "confdir",
        "include",
    )
)

# the blanks that chronyd knows
_FIRST_WORD = re.compile(r"\s*([A-Za-z]+)\s", re.ASCII)


def silence(text: str, forbidden: AbstractSet[str]) -> str:
    """The text with its forbidden source lines commented out, and all others speaking again."""
    lines = []
    # chronyd ends a line at a line feed and nowhere else
    for line in text.split("\n"):
        bare = line.removeprefix(SILENCED)
        found = _FIRST_WORD.match(bare)
        silent = found and found.group(1).lower() in forbidden
        lines.append(SILENCED + bare if silent else bare)
    return "\n".join(lines)


def names_source(text: str) -> bool:
    """True if a line of the text names a source, or a place where sources are named."""
    return silence(text, SOURCES) != text


def in_folder(observation: Observation, folder: str) -> list[str]:
    """The observed fragments of a folder, in the order in which a daemon reads them."""
    return sorted(
        path
        for path in observation.files
        if posixpath.dirname(path) == folder and path.endswith(".conf")
    )


def plan_fragments(
    observation: Observation, folders: Sequence[str], forbidden: AbstractSet[str]
) -> Iterator[PlannedFile]:
    """The fragments that must change.

    A fragment of the first folder, the administrator's, replaces one of the same name in the
    vendor's; so what is silenced is always written to the first.
    """
    names: dict[str, str] = {}
    for folder in folders:
        for path in in_folder(observation, folder):
            names.setdefault(posixpath.basename(path), path)
    for name, path in names.items():
        text = observation.files[path].text
        if text is None:
            if forbidden:
                raise PlanError(
                    f"{path} can't be read as text, so the sources in it can't be silenced: make"
                    " it UTF-8 or move it away."
                )
            continue
        wanted = silence(text, forbidden)
        if wanted != text:
            reason = "sources that the mode forbids are silenced"
            if SILENCED not in wanted:
                reason = "its sources speak again"
            yield PlannedFile(posixpath.join(folders[0], name), reason, text=wanted)
