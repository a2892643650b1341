# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user of chrony should know of the plan: a sentence for each thing that may surprise.

Pure functions.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from ....module_utils._tables import own
from ..._model.sources import NtpServer
from ..._model.version import Version
from ..._request.request import Request
from ..._tables.chrony_directives import DIRECTIVES
from ..._tables.host_clock_profiles import PROFILES
from ..._tables.platforms import Platform
from ..._text import messages
from .. import fragments
from ..context import Context
from ..sources import SERVERS_OF_POOL, owns_sources, prefers_servers
from . import recheck
from .settings import DHCP_FOLDER
from .sources import survives_missing_device, trusts_host_clock


def warnings(
    context: Context, version: Version, servers: Sequence[NtpServer]
) -> tuple[str, ...]:
    """``servers`` are those of the plan, with their polls."""
    request, platform = context.request, context.platform
    found = (
        _slow_polls(context, version, servers),
        _lone_server(context, servers),
        _foreign_sources(context, version, servers),
        _dropped_servers(context, servers),
        _needs_device(context, version),
        _no_burst(context, servers),
        _few_steps(request),
        _no_step(request),
        _half_secured(request),
        _dhcp_hook(request, version, platform),
        _helper(request, platform),
    )
    return tuple(sentence for sentence in found if sentence)


def unpreferred_sources(
    context: Context, version: Version, servers: Sequence[NtpServer]
) -> tuple[str, ...]:
    """A sentence for servers that cannot get the prefer that they are to have."""
    if (
        not _follows_foreign_sources(context, servers)
        or not _recovers_by_itself(context, version)
        or not prefers_servers(context.request)
    ):
        return ()
    return (
        "The distribution's servers stand in files of its own, so they get no prefer.",
    )


def _recovers_by_itself(context: Context, version: Version) -> bool:
    """True if the host clock is followed after a pause, whatever the servers' polls."""
    return recheck.is_planned(context, version) or trusts_host_clock(context)


def _follows_foreign_sources(context: Context, servers: Sequence[NtpServer]) -> bool:
    """True if the servers are in files of the distribution or the host, as in Ubuntu 26.04."""
    is_free = not owns_sources(context.request) and not servers
    ships_them = context.platform.chrony.has_source_files
    return is_free and (ships_them or _has_foreign_sources(context))


def _slow_polls(
    context: Context, version: Version, servers: Sequence[NtpServer]
) -> str | None:
    if context.host_clock is None or recheck.is_planned(context, version):
        return None
    request = context.request
    profile = PROFILES[request.host_clock_profile]
    seconds = profile.slowest(request.refclock, servers)
    if seconds is None:
        return None
    advice = "Name servers of your own in ntp_servers"
    if request.ntp_servers:
        advice = f"Give it a maxpoll of {profile.named_maxpoll} or less"
    return (
        f"A server beside the host clock is polled every {seconds} s: after a pause of the virtual"
        f" machine it outvotes the host clock for about as long. {advice}, or set trust in"
        " refclock."
    )


def _lone_server(context: Context, servers: Sequence[NtpServer]) -> str | None:
    request = context.request
    # to be followed against the others
    trusts_one_side = bool(request.refclock.trust) or any(
        server.trust for server in request.ntp_servers
    )
    is_lone = len(servers) == 1 and not servers[0].pool
    if context.host_clock is None or not is_lone or trusts_one_side:
        return None
    return (
        "The host clock stands beside exactly one server: if the two disagree, chrony can follow"
        " neither. Give two or more servers, or mark one side as trusted."
    )


def _foreign_sources(
    context: Context, version: Version, servers: Sequence[NtpServer]
) -> str | None:
    if owns_sources(context.request) or servers:
        return None
    if not context.host_clock:
        has_any = _has_foreign_sources(context) or _own_servers(context)
        return None if has_any else _no_source(context)
    if _follows_foreign_sources(context, servers) and not _recovers_by_itself(
        context, version
    ):
        return (
            "The distribution's servers stand in files of its own, so they get neither prefer nor"
            " maxpoll: after a pause they can outvote the host clock for minutes. Name servers with"
            " ntp_servers to have both."
        )
    return None


def _no_source(context: Context) -> str:
    name = context.platform.name
    where = f"this collection knows no servers of {name} for chrony"
    if context.platform.chrony.has_source_files:
        where = f"{name} has its servers in files of their own"
    return (
        f"No source is planned: {where}, and there is none on this host yet. Name servers with"
        " ntp_servers."
    )


def _dropped_servers(context: Context, servers: Sequence[NtpServer]) -> str | None:
    """Where the table has no servers to write in place of those that the file names."""
    dropped = _own_servers(context)
    if owns_sources(context.request) or servers or not dropped:
        return None
    return (
        f"{context.platform.chrony.conf} names servers that this run does not keep:"
        f" {', '.join(dropped)}. Name them in ntp_servers."
    )


def _own_servers(context: Context) -> list[str]:
    """The servers in the main file, unless that is this collection's."""
    file = context.observation.files.get(context.platform.chrony.conf)
    text = (file and file.text) or ""
    if own.MARKER in text:
        return []
    lines = [line.split() for line in text.splitlines()]
    return [
        messages.plain(words[1])
        for words in lines
        if len(words) > 1 and words[0].lower() in ("server", "pool", "peer")
    ]


def _has_foreign_sources(context: Context) -> bool:
    row = context.platform.chrony
    return any(
        fragments.names_source(file.text or "")
        for path, file in context.observation.files.items()
        if posixpath.dirname(path) in (*row.confdirs, *row.sourcedirs)
    )


def _needs_device(context: Context, version: Version) -> str | None:
    has_unit = context.platform.chrony.options_variable is not None
    if context.host_clock is None or has_unit or survives_missing_device(version):
        return None
    return (
        f"On {context.platform.name} no file gives chronyd options: if the host clock is missing at"
        " boot, chrony will not start."
    )


def _no_burst(context: Context, servers: Sequence[NtpServer]) -> str | None:
    """chrony selects no source before min_sources of them have answered several times."""
    timeout, needed = context.request.verify_timeout, context.request.min_sources
    soon = sum(
        SERVERS_OF_POOL if server.pool else 1 for server in servers if server.iburst
    ) + bool(context.host_clock)
    if not servers or soon >= needed or not timeout:
        return None
    lacks = (
        "No server has iburst"
        if needed == 1
        else f"min_sources is {needed}, and {soon} sources have iburst or are the host clock"
    )
    return (
        f"{lacks}: chrony selects none before several polls, of 64 s each unless minpoll is less,"
        f" and verify_timeout is {timeout}."
    )


def _few_steps(request: Request) -> str | None:
    if request.step_limit < 0:
        return None
    return (
        f"step_limit: {request.step_limit} lets chrony step the clock in {request.step_limit}"
        " updates after its start and never again; after a pause of the virtual machine it will"
        " slew for minutes. -1 has no limit."
    )


def _no_step(request: Request) -> str | None:
    if request.step_threshold != 0:
        return None
    return (
        "step_threshold: 0 forbids every step; after a pause of the virtual machine the clock is"
        " slewed for minutes or hours."
    )


def _half_secured(request: Request) -> str | None:
    secured = {server.nts or server.key is not None for server in request.ntp_servers}
    if len(secured) < 2:
        return None
    return (
        "Only some of ntp_servers have nts or a key. From 4.0 on chrony trusts these and the host"
        " clock then, and the others can't outvote them."
    )


def _dhcp_hook(request: Request, version: Version, platform: Platform) -> str | None:
    row = platform.chrony
    reads_dhcp = (
        DHCP_FOLDER in row.sourcedirs
        and version >= DIRECTIVES["sourcedir"]
        and not row.runs_helper
    )
    if request.dhcp_ntp_servers is None or reads_dhcp:
        return None
    return (
        f"dhcp_ntp_servers: with chrony {version} on {platform.name} a hook of the DHCP client"
        " gives servers to chrony while it runs; its file neither asks for them nor forbids them."
    )


def _helper(request: Request, platform: Platform) -> str | None:
    """Unless dhcp_ntp_servers is given, for which _dhcp_hook speaks."""
    if not owns_sources(request) or not platform.chrony.runs_helper:
        return None
    if request.dhcp_ntp_servers is not None:
        return None
    return (
        f"On {platform.name} chronyd's unit runs chrony-helper, which adds NTP servers that DHCP"
        " offers to the planned sources. To prevent it, keep the DHCP client from accepting them."
    )
