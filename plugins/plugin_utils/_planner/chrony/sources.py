# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Source lines of chrony.conf, as a version of chrony can take them.

Pure functions.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import fields, replace

from ..._model.plan import PlanError, Source
from ..._model.sources import NtpServer, Refclock
from ..._tables.chrony_directives import REFCLOCK_OPTIONS, SERVER_OPTIONS, Version
from ..._tables.host_clock_profiles import PROFILES
from ..._text.directive import directive

# chrony's own minpoll, to which it lifts a shorter maxpoll (ntp_core.c).
_DEFAULT_MINPOLL = 6

# chrony names refclocks by their order, and a plan has at most one.
REFCLOCK_NAME = "PHC0"


def server(wanted: NtpServer, version: Version) -> Source:
    """A server or pool. Raises PlanError for an option that this version does not know."""
    kind: t.Literal["pool", "server"] = "pool" if wanted.pool else "server"
    flags = [
        name
        for name in ("iburst", "nts", "prefer", "trust", "xleave")
        if getattr(wanted, name)
    ]
    wanted = replace(wanted, minpoll=shortest_poll(wanted))
    values = {
        name: getattr(wanted, name)
        for name in ("minpoll", "maxpoll", "filter", "maxsources", "key")
        if getattr(wanted, name) is not None
    }
    if wanted.filter == 1:
        # one sample is what every version takes without a filter
        del values["filter"]
    for name in (*flags, *values):
        require(
            SERVER_OPTIONS, name, version, f"ntp_servers: {name} of {wanted.hostname}"
        )
    pairs = (word for pair in values.items() for word in pair)
    return Source(
        kind, wanted.hostname, directive(kind, wanted.hostname, *flags, *pairs)
    )


def shortest_poll(wanted: NtpServer) -> int | None:
    """The minpoll to write, in log2 seconds: a maxpoll below chrony's own needs one to count."""
    low, high = wanted.minpoll, wanted.maxpoll
    if low is None and high is not None and high < _DEFAULT_MINPOLL:
        return high
    return low


def refclock(
    device: str,
    wanted: Refclock,
    *,
    documented: Refclock,
    profile: str,
    prefer: bool,
    version: Version,
) -> tuple[Source, list[str]]:
    """The host clock, and a sentence for each value of the profile that this version lacks.

    Raises PlanError for a value that the user gave and this version does not know.
    """
    line: list[str | int | float] = ["refclock", "PHC", device]
    skipped = []
    chosen = PROFILES[profile]
    if profile == "documented":
        # by the clock's own vendor
        chosen = replace(chosen, refclock=documented)
    values = chosen.refclock_with(wanted)
    for name in (field.name for field in fields(Refclock)):
        value, since = getattr(values, name), REFCLOCK_OPTIONS[name]
        if value is None or value is False:
            continue
        if getattr(wanted, name) is not None:
            require(REFCLOCK_OPTIONS, name, version, f"refclock: {name}")
        elif version < since:
            skipped.append(
                f"The refclock has no {name}: chrony {version} does not know it,"
                f" {since} does."
            )
            continue
        line += [name] if value is True else [name, value]
    if prefer:
        line.append("prefer")
    if survives_missing_device(version):
        line.append("optional")
    return Source("refclock", REFCLOCK_NAME, directive(*line)), skipped


def survives_missing_device(version: Version) -> bool:
    """True if a refclock can be marked as optional; before, a missing device ends chronyd."""
    return version >= REFCLOCK_OPTIONS["optional"]


def require(
    table: Mapping[str, Version], word: str, version: Version, what: str
) -> None:
    """Raises PlanError if this version is older than the word."""
    if version < table[word]:
        raise PlanError(f"{what} needs chrony {table[word]}, the host has {version}.")
