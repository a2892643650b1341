# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Source lines of chrony.conf, as a version of chrony can take them.

Pure functions.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace

from ..._model.observation import ObservedClock
from ..._model.plan import Source
from ..._model.sources import NtpServer, Refclock
from ..._model.version import Version
from ..._tables import host_clocks
from ..._tables.chrony_directives import (
    NAMES_SINCE,
    REFCLOCK_OPTIONS,
    SERVER_OPTIONS,
)
from ..._tables.host_clock_profiles import PROFILES
from ..._text import addresses
from ..._text.directive import directive
from ..context import Context
from .gate import require

# chrony's own minpoll, to which it lifts a shorter maxpoll (ntp_core.c).
_DEFAULT_MINPOLL = 6

# chrony names refclocks by their order, and a plan has at most one.
REFCLOCK_NAME = "PHC0"


def server_source(wanted: NtpServer, version: Version) -> Source:
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


def host_clock_source(
    context: Context, version: Version
) -> tuple[Source | None, tuple[str, ...]]:
    """The host clock, and a sentence for each value of the profile that this version lacks.

    Raises PlanError for a value that the user gave and this version does not know.
    """
    request, clock = context.request, context.host_clock
    if clock is None:
        return None, ()
    line: list[str | int | float] = ["refclock", "PHC", clock.device]
    skipped = []
    for name, value in _refclock_values(context, clock):
        since = REFCLOCK_OPTIONS[name]
        if getattr(request.refclock, name) is not None:
            require(REFCLOCK_OPTIONS, name, version, f"refclock: {name}")
        elif version < since:
            skipped.append(
                f"The refclock has no {name}: chrony {version} does not know it,"
                f" {since} does."
            )
            continue
        line += [name] if value is True else [name, value]
    if request.prefer == "host":
        line.append("prefer")
    if survives_missing_device(version):
        line.append("optional")
    return Source("refclock", REFCLOCK_NAME, directive(*line)), tuple(skipped)


def _refclock_values(
    context: Context, clock: ObservedClock
) -> Iterator[tuple[str, int | float]]:
    """The options that stand in the line, in chrony's units; True is a flag."""
    request = context.request
    profile = PROFILES[request.host_clock_profile]
    if request.host_clock_profile == "documented":
        # by the clock's own vendor
        row = host_clocks.row_of(clock, context.observation.virtualization)
        profile = replace(profile, refclock=row.refclock)
    values = profile.refclock_with(request.refclock)
    for name in (field.name for field in fields(Refclock)):
        value = getattr(values, name)
        if value is not None and value is not False:
            yield name, value


def trusts_host_clock(context: Context) -> bool:
    """True if there is a host clock and it is followed against all servers."""
    profile = PROFILES[context.request.host_clock_profile]
    trust = profile.refclock_with(context.request.refclock).trust
    return context.host_clock is not None and bool(trust)


def survives_missing_device(version: Version) -> bool:
    """True if a refclock can be marked as optional; before, a missing device ends chronyd."""
    return version >= REFCLOCK_OPTIONS["optional"]


def all_can_be_named(servers: Iterable[Source], version: Version) -> bool:
    """True if chronyc tells of each server by the name that the plan has.

    Before NAMES_SINCE it tells them by address alone, and of an address not its zone.
    """
    return version >= NAMES_SINCE or all(
        addresses.is_address(server.name) and "%" not in server.name
        for server in servers
    )
