# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Directives of chrony.conf that are no sources, as a version of chrony can take them.

Pure functions.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ..._model.version import Version
from ..._request.request import Request
from ..._tables import chrony_directives as directives
from ..._tables.host_clock_profiles import PROFILES
from ..._text.directive import directive
from .. import fragments, smear
from ..context import Context
from ..sources import owns_sources
from . import keys
from .sources import shortest_poll

# Where the hooks of DHCP clients put the servers that they were told of.
DHCP_FOLDER = "/run/chrony-dhcp"

# In seconds, unless the user gives one: the distributions' own value.
STEP_THRESHOLD = 1.0


def makestep(request: Request) -> str | None:
    """None if the clock must never be stepped."""
    threshold = request.step_threshold
    if threshold is None:
        threshold = STEP_THRESHOLD
    if not threshold:
        return None
    return directive("makestep", threshold, request.step_limit)


def settings(request: Request, version: Version) -> Iterator[str]:
    """What the options ask for; whether this version knows them is checked before."""
    wanted: dict[str, str | float | None] = {
        "minsources": request.min_sources if request.min_sources > 1 else None,
        "maxdistance": request.max_distance or None,
        "leapsecmode": request.leapsec_mode,
    }
    for name, value in wanted.items():
        if value is not None:
            yield directive(name, value)
    for name in request.ntp_hwts_interfaces:
        yield directive("hwtimestamp", name, *_shortest_poll(request, version))


def of_profile(
    context: Context, version: Version
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a profile has beside the host clock, and a sentence for what this version lacks."""
    limit = PROFILES[context.request.host_clock_profile].maxjitter
    if context.host_clock is None or limit is None:
        return (), ()
    since = directives.DIRECTIVES["maxjitter"]
    if version < since:
        lacks = (
            f"There is no maxjitter: chrony {version} does not know it, {since} does."
        )
        return (), (lacks,)
    return (directive("maxjitter", limit),), ()


def _shortest_poll(request: Request, version: Version) -> tuple[str | int, ...]:
    """hwtimestamp measures the interface's clock no more often than once a second unless told."""
    shortest = min(
        (shortest_poll(server) or 0 for server in request.ntp_servers), default=0
    )
    if shortest >= 0 or version < directives.HWTIMESTAMP_OPTIONS["minpoll"]:
        return ()
    return "minpoll", shortest


def stock(context: Context, version: Version) -> Iterator[str]:
    """The distribution's own directives that this chrony knows and no option replaces."""
    request, row = context.request, context.platform.chrony
    replaced = {line.split()[0] for line in settings(request, version)}
    if context.smeared:
        replaced |= {*smear.LEAP_DIRECTIVES}
    keyfile = keys.path_of(request, row)
    if keyfile:
        replaced.add("keyfile")
        yield directive("keyfile", keyfile)
    for line in row.stock:
        name = line.split()[0]
        if version >= directives.DIRECTIVES[name] and name not in replaced:
            yield line
    has_nts = any(server.nts for server in request.ntp_servers)
    if has_nts and row.stock_value("ntsdumpdir") is None:
        # without it every restart begins with the key exchange of every server
        driftfile = row.stock_value("driftfile") or "/var/lib/chrony/drift"
        yield directive("ntsdumpdir", posixpath.dirname(driftfile))


def includes(context: Context, version: Version) -> Iterator[str]:
    """The folders of fragments and of sources that are read beside the file."""
    row = context.platform.chrony
    if version < directives.DIRECTIVES["confdir"]:
        for folder in row.confdirs:
            # an include without a match is fatal
            if fragments.in_folder(context.observation, folder):
                yield directive("include", f"{folder}/*.conf")
        return
    for folder in row.sourcedirs:
        if _reads_sources_of(context.request, folder):
            yield directive("sourcedir", folder)
    # last, so that the administrator's own fragments win
    if row.confdirs:
        yield directive("confdir", *row.confdirs)


def _reads_sources_of(request: Request, folder: str) -> bool:
    """The distribution's, and that of DHCP if it is wanted."""
    if folder == DHCP_FOLDER and request.dhcp_ntp_servers is not None:
        return request.dhcp_ntp_servers
    return not owns_sources(request)
