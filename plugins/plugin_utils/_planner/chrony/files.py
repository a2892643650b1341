# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a plan for chrony.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....module_utils._tables import own
from ..._model.observation import ObservedClock
from ..._model.plan import PlannedFile, Source
from ..._model.version import Version
from .. import fragments
from ..context import Context
from ..daemon import Daemon
from ..devices import device_files, device_unit
from ..leftovers import with_leftovers
from ..sources import owns_sources
from ..systemd import as_root
from . import command_line, keys, recheck, settings
from .sources import survives_missing_device


def planned_files(
    context: Context, daemon: Daemon, sources: tuple[Source, ...]
) -> tuple[PlannedFile, ...]:
    """All of them. Raises PlanError for a file of the host that cannot be changed."""
    request, row = context.request, context.platform.chrony
    reason = "what chrony follows, and how"
    return with_leftovers(
        context,
        (
            _main_file(context, daemon.version, row.conf, sources, reason),
            *_host_clock_files(context, daemon, sources),
            *keys.key_files(request, row, daemon.version),
            *command_line.options_file(request, context.observation, context.platform),
            *_fragments(context),
        ),
    )


def fallback_conf(context: Context, version: Version) -> str | None:
    """The file for a boot without the host clock, None if chrony starts without it anyway."""
    row = context.platform.chrony
    if context.host_clock is None or survives_missing_device(version):
        return None
    if row.options_variable is None:
        return None
    return row.conf.removesuffix(".conf") + own.NO_HOST_CLOCK


def _main_file(
    context: Context,
    version: Version,
    path: str,
    sources: Iterable[Source],
    reason: str,
) -> PlannedFile:
    request = context.request
    of_profile, _skipped = settings.of_profile(context, version)
    variables = {
        "mode": request.mode,
        "sources": [source.line for source in sources],
        "makestep": settings.makestep(request),
        "stock": list(settings.stock(context, version)),
        "settings": [*settings.settings(request, version), *of_profile],
        "custom": list(request.chrony_custom_settings),
        "includes": list(settings.includes(context, version)),
    }
    return PlannedFile(path, reason, "chrony.conf.j2", variables)


def _host_clock_files(
    context: Context, daemon: Daemon, sources: tuple[Source, ...]
) -> Iterator[PlannedFile]:
    clock, fallback = context.host_clock, fallback_conf(context, daemon.version)
    if clock is None:
        return
    yield from device_files(clock, opens_it_once=daemon.unit)
    yield _drop_in(context, daemon, clock, fallback)
    if recheck.is_planned(context, daemon.version):
        yield recheck.planned_file(daemon.unit)
    if fallback:
        without = [source for source in sources if source.kind != "refclock"]
        reason = "the same without the host clock, for a boot at which that is missing"
        yield _main_file(context, daemon.version, fallback, without, reason)


def _drop_in(
    context: Context, daemon: Daemon, clock: ObservedClock, fallback: str | None
) -> PlannedFile:
    rechecks = recheck.is_planned(context, daemon.version)
    variables = {
        "device": clock.device,
        "device_unit": device_unit(clock),
        "variable": context.platform.chrony.options_variable,
        "fallback": fallback,
        "as_root": as_root(context),
        "recheck": recheck.UNIT if rechecks else None,
    }
    return PlannedFile(
        own.drop_in(daemon.unit),
        "starts chrony after the host clock, and without it where it is missing",
        "chrony-host-clock.conf.j2",
        variables,
    )


def _fragments(context: Context) -> Iterator[PlannedFile]:
    forbidden = set(fragments.SOURCES) if owns_sources(context.request) else set()
    if context.host_clock:
        forbidden.add("refclock")
    folders = context.platform.chrony.confdirs
    return fragments.plan_fragments(context.observation, folders, forbidden)
