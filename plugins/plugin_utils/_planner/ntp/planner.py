# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for ntp.org's ntpd and for ntpsec, whichever the distribution ships.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..._model.plan import Plan, PlanError, PlannedUnit, Source
from ..._request.request import Request
from ..._tables import ntp_directives
from ..._tables.ntp import Ntp
from ..._text import addresses
from .. import capabilities, smear
from ..clients import check_startable, other_clients
from ..context import Context
from ..daemon import Daemon, daemon_of
from ..installable import packages_to_install
from ..reasons import reasons_of
from ..sources import owns_sources, servers_beside_host_clock, unused_servers
from . import phc2sys
from .files import planned_files
from .sources import host_clock_source, server_source


def plan(context: Context) -> Plan:
    """Raises PlanError if the distribution ships no ntpd, or one that cannot do what is asked."""
    row = _row(context)
    request, observation = context.request, context.observation
    daemon = daemon_of(observation, row.daemon, version=row.version, unit=row.unit)
    check_startable(observation, daemon.unit)
    has_host_clock = context.host_clock is not None
    capabilities.check(request, daemon, has_host_clock=has_host_clock)
    _check_custom_settings(context, daemon)
    servers = tuple(
        server_source(server)
        for server in servers_beside_host_clock(context, row.servers)
    )
    missing_servers = _missing_servers(context, row, servers)
    sources = (*servers, *_host_clock(context, row))
    files = planned_files(context, row, daemon, sources)
    return Plan(
        provider="ntp",
        version=str(daemon.version),
        packages=_packages(context, row, daemon),
        host_clock=context.host_clock,
        sources=sources,
        any_source=not owns_sources(request) or not _all_can_be_named(servers),
        files=files,
        units=tuple(_units(context, daemon)),
        reasons=reasons_of(context, daemon, has_servers=bool(servers)),
        skipped=(
            *unused_servers(request),
            *([smear.skipped(daemon.name)] if context.smeared else []),
        ),
        warnings=missing_servers,
    )


def _row(context: Context) -> Ntp:
    row = context.platform.ntp
    if row is None:
        raise PlanError(
            f"provider: ntp is not possible: {context.platform.name} ships neither ntp nor ntpsec."
            " Use chrony."
        )
    return row


def _check_custom_settings(context: Context, daemon: Daemon) -> None:
    request: Request = context.request
    for line in request.ntp_custom_settings:
        word = line.split()[0]
        able = ntp_directives.DIRECTIVES[word]
        if daemon.name not in able:
            raise PlanError(
                f"ntp_custom_settings: {word} is nothing that {daemon.name} {daemon.version}"
                f" knows: {' or '.join(sorted(able))} does."
            )
    if context.smeared:
        smear.check_custom("ntp_custom_settings", request.ntp_custom_settings)


def _missing_servers(
    context: Context, row: Ntp, servers: tuple[Source, ...]
) -> tuple[str, ...]:
    """A warning where nothing but the host clock is followed. Raises PlanError without a clock."""
    if servers or context.request.mode == "host_only":
        return ()
    sentence = (
        f"ntp_servers: {context.platform.name} has none of its own for {row.daemon}, so name"
        " some."
    )
    if context.host_clock is None:
        raise PlanError(sentence)
    return (sentence,)


def _host_clock(context: Context, row: Ntp) -> Iterator[Source]:
    request = context.request
    if context.host_clock:
        prefer = request.prefer == "host"
        yield host_clock_source(request.refclock, row.daemon, prefer=prefer)


def _packages(context: Context, row: Ntp, daemon: Daemon) -> tuple[str, ...]:
    missing = [] if daemon.installed else [row.package]
    if context.host_clock and context.observation.phc2sys is None:
        missing.append(phc2sys.PACKAGE)
    return packages_to_install(context.request, context.observation, *missing)


def _all_can_be_named(servers: tuple[Source, ...]) -> bool:
    """False if the plan has names: ntpq tells of servers by address alone."""
    return all(addresses.is_address(server.name) for server in servers)


def _units(context: Context, daemon: Daemon) -> Iterator[PlannedUnit]:
    wanted = [daemon.unit]
    if context.host_clock:
        yield PlannedUnit(phc2sys.UNIT, True, "hands the host clock to ntpd")
        wanted.append(phc2sys.UNIT)
    yield PlannedUnit(daemon.unit, True, "the planned provider")
    yield from other_clients(context.observation, *wanted)
