# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for chrony.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..._model.plan import Check, Plan, PlannedUnit
from ..._model.version import Version
from ..._tables.chrony_directives import CHECK_SINCE
from .. import smear
from ..clients import other_clients
from ..context import Context
from ..daemon import Daemon, daemon_of
from ..installable import packages_to_install
from ..reasons import reasons_of
from ..sources import servers_beside_host_clock, unused_servers, welcomes_others
from . import advice, gate, recheck, settings
from .files import fallback_conf, planned_files
from .sources import all_can_be_named, host_clock_source, server_source

# What is planned for a chrony that did not tell its version: newer forms would be fatal to it.
NEWEST_UNTOLD = Version("4.8")


def plan(context: Context) -> Plan:
    """Raises PlanError for what this chrony cannot honour."""
    request, row = context.request, context.platform.chrony
    daemon = _daemon(context)
    version = daemon.version
    missing = () if daemon.installed else (row.package,)
    packages = packages_to_install(request, context.observation, *missing)
    gate.check(context, daemon)
    wanted = servers_beside_host_clock(context, row.servers)
    servers = tuple(server_source(server, version) for server in wanted)
    refclock, without = host_clock_source(context, version)
    sources = (*servers, *([refclock] if refclock else []))
    _lines, without_settings = settings.of_profile(context, version)
    return Plan(
        provider="chrony",
        version=str(version),
        packages=packages,
        host_clock=context.host_clock,
        sources=sources,
        any_source=welcomes_others(request) or not all_can_be_named(servers, version),
        files=planned_files(context, daemon, sources),
        units=tuple(_units(context, daemon)),
        checks=tuple(_checks(context, daemon)),
        reasons=reasons_of(context, daemon, has_servers=bool(servers)),
        skipped=(
            *unused_servers(request),
            *without,
            *without_settings,
            *advice.unpreferred_sources(context, version, wanted),
            *([smear.skipped("chrony")] if context.smeared else []),
            *_skipped_check(version),
        ),
        warnings=advice.warnings(context, version, wanted),
    )


def _daemon(context: Context) -> Daemon:
    row = context.platform.chrony
    daemon = daemon_of(
        context.observation, "chrony", version=row.version, unit=row.unit
    )
    if daemon.installed and not daemon.stated:
        return replace(daemon, version=min(daemon.version, NEWEST_UNTOLD))
    return daemon


def _units(context: Context, daemon: Daemon) -> Iterator[PlannedUnit]:
    wanted = [daemon.unit]
    if recheck.is_planned(context, daemon.version):
        # the daemon comes last, for that is the one that is verified
        yield recheck.planned_unit()
        wanted.append(recheck.UNIT)
    yield PlannedUnit(daemon.unit, True, "the planned provider")
    yield from other_clients(context.observation, *wanted)


def _checks(context: Context, daemon: Daemon) -> Iterator[Check]:
    if daemon.version < CHECK_SINCE or not daemon.binary:
        return
    argv = (daemon.binary, "-p", "-f")
    yield Check(argv, context.platform.chrony.conf)
    fallback = fallback_conf(context, daemon.version)
    if fallback:
        yield Check(argv, fallback)


def _skipped_check(version: Version) -> tuple[str, ...]:
    if version >= CHECK_SINCE:
        return ()
    return (
        f"chronyd did not check its file: it can from {CHECK_SINCE} on, the host has {version}.",
    )
