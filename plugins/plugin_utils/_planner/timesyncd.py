# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for systemd-timesyncd: one drop-in, for it follows one NTP server at a time.

Pure functions.
"""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from ...module_utils._tables import own
from .._model.plan import Plan, PlanError, PlannedFile, PlannedUnit, Source
from .._model.sources import NtpServer
from .._model.version import Version
from .._text.directive import directive
from . import capabilities
from .clients import check_startable, other_clients
from .context import Context
from .daemon import Daemon, daemon_of
from .installable import packages_to_install
from .leftovers import with_leftovers
from .reasons import reasons_of
from .sources import owns_sources
from .systemd import systemd_version

UNIT = "systemd-timesyncd.service"

# Drop-ins are read in the order of their names, whatever folder they are in, and this one has to be
# the last: it takes back what those of DHCP have added.
DROP_IN = own.TIMESYNCD_DROP_IN

# If FallbackNTP= is empty, systemd 252 takes the servers that it was built with, and 257 none.
EMPTIES_FALLBACKS_SINCE = Version("257")

# timesyncd.conf(5): 32 s and 2048 s.
_DEFAULT_POLLS = (5, 11)


def plan(context: Context) -> Plan:
    """Raises PlanError for what this timesyncd cannot honour."""
    request, observation = context.request, context.observation
    # it is a part of systemd
    version = str(systemd_version(context))
    daemon = daemon_of(observation, "timesyncd", version=version, unit=UNIT)
    packages = _packages(context, daemon)
    check_startable(observation, UNIT)
    has_host_clock = bool(observation.host_clock) and request.host_clock != "ignore"
    capabilities.check(request, daemon, has_host_clock=has_host_clock)
    servers = _servers(request.ntp_servers)
    return Plan(
        provider="timesyncd",
        version=str(daemon.version),
        packages=packages,
        sources=tuple(map(_source, servers)),
        any_source=not owns_sources(request),
        files=with_leftovers(context, _files(request.mode, servers, daemon.version)),
        units=(
            PlannedUnit(UNIT, True, "the planned provider"),
            *other_clients(observation, UNIT),
        ),
        reasons=reasons_of(context, daemon, has_servers=bool(servers)),
    )


def _packages(context: Context, daemon: Daemon) -> tuple[str, ...]:
    if daemon.installed:
        return ()
    package = context.platform.timesyncd_package
    if package is None:
        raise PlanError(
            "provider: timesyncd is not possible: systemd-timesyncd is not on this host, and"
            f" {context.platform.name} has no package of it."
        )
    return packages_to_install(context.request, context.observation, package)


def _servers(servers: Sequence[NtpServer]) -> list[NtpServer]:
    """In the order in which they are asked: the preferred ones first."""
    for server in servers:
        if "%" in server.hostname:
            raise PlanError(
                f"ntp_servers: {server.hostname} has a zone, which timesyncd does not take."
            )
    return sorted(servers, key=lambda server: not server.prefer)


def _source(server: NtpServer) -> Source:
    kind: t.Literal["pool", "server"] = "pool" if server.pool else "server"
    return Source(kind, server.hostname, f"NTP={directive(server.hostname)}")


def _files(
    mode: str, servers: list[NtpServer], version: Version
) -> tuple[PlannedFile, ...]:
    if not servers:
        # with nothing to say, its own defaults are the plan
        return ()
    names = directive(*(server.hostname for server in servers))
    variables = {
        "mode": mode,
        "servers": names,
        # a timesyncd that must never ask the servers that it was built with
        "fallbacks": "" if version >= EMPTIES_FALLBACKS_SINCE else names,
        "spans": _spans(servers),
    }
    reason = "which servers timesyncd asks, and how often"
    return (PlannedFile(DROP_IN, reason, "timesyncd.conf.j2", variables),)


def _spans(servers: list[NtpServer]) -> list[tuple[str, int]]:
    """timesyncd has one shortest and one longest interval for all servers, in seconds."""
    low, high = (_one_for_all(servers, name) for name in ("minpoll", "maxpoll"))
    if low is None and high is None:
        return []
    if low is None:
        low = min(_DEFAULT_POLLS[0], high or 0)
    if high is None:
        high = max(_DEFAULT_POLLS[1], low)
    if low > high:
        raise PlanError(
            f"ntp_servers: minpoll {low} is above maxpoll {high}, and timesyncd has one of each for"
            " all servers."
        )
    return [("PollIntervalMinSec", 2**low), ("PollIntervalMaxSec", 2**high)]


def _one_for_all(servers: list[NtpServer], name: str) -> int | None:
    """The one value of all servers in log2 seconds, None if no server has one."""
    polls = {getattr(server, name) for server in servers} - {None}
    if len(polls) > 1:
        raise PlanError(
            f"ntp_servers: {name} is not the same for all servers, and timesyncd has one for all."
        )
    return polls.pop() if polls else None
