# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a plan for ntpd.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....module_utils._tables import own
from ..._model.plan import PlannedFile, Source
from ..._model.version import Version
from ..._request.request import Request
from ..._tables.ntp import Ntp
from ..._text.directive import directive
from .. import capabilities, smear
from ..context import Context
from ..daemon import Daemon
from ..leftovers import with_leftovers
from ..sources import owns_sources
from ..systemd import as_root
from . import phc2sys

# Daemon to who may do what, as the distributions have it: anybody may ask for the time, nobody may
# ask for more. ntpsec can't tell its servers from others, so "noserve" would refuse their answers.
_ACCESS = {
    "ntp": "restrict default kod limited nomodify nopeer noquery notrap",
    "ntpsec": "restrict default kod limited nomodify noquery",
}
# For what a pool brings in, which "nopeer" keeps out otherwise.
_POOL_ACCESS = {"ntp": "restrict source nomodify noquery notrap"}


def planned_files(
    context: Context, row: Ntp, daemon: Daemon, sources: tuple[Source, ...]
) -> tuple[PlannedFile, ...]:
    """All of them, with the leftovers of earlier runs."""
    clock, binary = context.host_clock, context.observation.phc2sys
    return with_leftovers(
        context,
        (
            _main_file(context, row, daemon, sources),
            *(phc2sys.files(clock, binary) if clock else ()),
            *_drop_in(context, row, daemon),
        ),
    )


def _main_file(
    context: Context, row: Ntp, daemon: Daemon, sources: tuple[Source, ...]
) -> PlannedFile:
    request = context.request
    variables = {
        "mode": request.mode,
        "tinker": _tinker(request),
        "tos": _tos(request, sources),
        "sources": [source.line for source in sources],
        "stock": _stock(row, smeared=context.smeared),
        "access": _access(daemon),
        "custom": list(request.ntp_custom_settings),
    }
    reason = "what ntpd follows, and how"
    return PlannedFile(row.conf, reason, "ntp.conf.j2", variables)


def _drop_in(context: Context, row: Ntp, daemon: Daemon) -> Iterator[PlannedFile]:
    dhcp_conf = _forbidden_dhcp_conf(context, row)
    if not context.host_clock and not dhcp_conf:
        return
    variables = {
        "feeder": phc2sys.UNIT if context.host_clock else None,
        "dhcp_conf": dhcp_conf,
        "as_root": as_root(context),
    }
    path = own.drop_in(daemon.unit)
    yield PlannedFile(path, "how ntpd starts", "ntpd-drop-in.conf.j2", variables)


def _stock(row: Ntp, *, smeared: bool) -> list[str]:
    return [
        line
        for line in row.stock
        if not (smeared and line.split()[0] in smear.LEAP_DIRECTIVES)
    ]


def _forbidden_dhcp_conf(context: Context, row: Ntp) -> str | None:
    """DHCP's replacement has neither the planned servers nor the lines of the host clock."""
    forbids = context.request.dhcp_ntp_servers is False
    if owns_sources(context.request) or context.host_clock or forbids:
        return row.dhcp_conf
    return None


def _tinker(request: Request) -> str:
    """A jump is never fatal: the clock of a paused virtual machine is off by any time."""
    step = request.step_threshold
    return directive("tinker", "panic", 0, *(() if step is None else ("step", step)))


def _tos(request: Request, sources: tuple[Source, ...]) -> str:
    """As many survivors as there are sources; a pool is asked for the stock file's number."""
    has_pool = any(source.kind == "pool" for source in sources)
    distance = request.max_distance
    return directive(
        "tos",
        "minclock",
        4 if has_pool else max(1, min(3, len(sources))),
        "minsane",
        request.min_sources,
        *(("maxclock", 11) if has_pool else ()),
        *(("maxdist", distance) if distance else ()),
    )


def _access(daemon: Daemon) -> list[str]:
    lines = [_ACCESS[daemon.name]]
    pools_since = Version(capabilities.since("ntp_servers.pool")[daemon.name])
    if daemon.name in _POOL_ACCESS and daemon.version >= pools_since:
        lines.append(_POOL_ACCESS[daemon.name])
    return lines
