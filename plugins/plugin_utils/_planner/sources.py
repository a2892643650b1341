# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which servers a plan names, and which others may be followed beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .._model.plan import PlanError, Source
from .._model.sources import NtpServer
from .._request.request import Request
from .._tables.host_clock_profiles import PROFILES
from .context import Context

# The servers that a pool gives unless it is told otherwise (chrony's maxsources).
SERVERS_OF_POOL = 4


def owns_sources(request: Request) -> bool:
    """False in default mode: the distribution's own sources and those of DHCP are welcome."""
    return request.mode != "default" or bool(request.ntp_servers)


def welcomes_others(request: Request) -> bool:
    """True if sources that are not in the plan are followed too."""
    return not owns_sources(request) or bool(request.dhcp_ntp_servers)


def prefers_servers(request: Request) -> bool:
    """True if servers are preferred to the host clock, which is the default."""
    return (request.prefer or "ntp") == "ntp"


def servers_beside_host_clock(
    context: Context, stock: tuple[NtpServer, ...]
) -> tuple[NtpServer, ...]:
    """The request's servers, else the distribution's own, as they must be beside a host clock."""
    request = context.request
    if request.mode == "host_only":
        return ()
    servers = request.ntp_servers or stock
    if not context.host_clock:
        return servers
    profile = PROFILES[request.host_clock_profile]
    preferred = prefers_servers(request) and not any(
        server.prefer for server in servers
    )
    return tuple(
        replace(
            profile.beside_host_clock(server, named=bool(request.ntp_servers)),
            prefer=server.prefer or preferred,
        )
        for server in servers
    )


def unused_servers(request: Request) -> tuple[str, ...]:
    """A sentence for servers that the mode leaves out."""
    if request.mode == "host_only" and request.ntp_servers:
        return ("ntp_servers are not used: mode host_only follows the host.",)
    return ()


def check_names(sources: Sequence[Source]) -> None:
    """Raises PlanError if the daemon would call a server as it calls the host clock."""
    named = {source.name.upper() for source in sources if source.kind != "refclock"}
    for clock in (source.name for source in sources if source.kind == "refclock"):
        if clock.upper() in named:
            raise PlanError(
                f"ntp_servers: {clock} is the daemon's own name for the host clock. Use another"
                " name or the address of the server."
            )


def check_min_sources(request: Request, sources: Iterable[Source]) -> None:
    """Raises PlanError if the planned sources could never be enough."""
    most = sum(SERVERS_OF_POOL if source.kind == "pool" else 1 for source in sources)
    if request.min_sources > most and not welcomes_others(request):
        raise PlanError(
            f"min_sources: {request.min_sources} is more than the planned sources can be,"
            f" which is {most}, so the clock would never be set."
        )
