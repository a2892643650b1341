# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Directives of chrony.conf that are no sources, as a version of chrony can take them.

Pure functions.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ..._request.request import Request
from ..._tables import chrony_directives as directives
from ..._tables.chrony import Chrony
from ..._tables.chrony_directives import Version
from ..._tables.host_clock_profiles import Profile
from ..._text.directive import directive
from .. import smear
from .sources import require, shortest_poll

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
    return directive("makestep", str(threshold), request.step_limit)


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


def of_profile(profile: Profile, version: Version) -> tuple[list[str], list[str]]:
    """What a profile has beside the sources, and a sentence for what this version lacks of it."""
    if profile.maxjitter is None:
        return [], []
    since = directives.DIRECTIVES["maxjitter"]
    if version < since:
        return [], [
            f"There is no maxjitter: chrony {version} does not know it, {since} does."
        ]
    return [directive("maxjitter", profile.maxjitter)], []


def _shortest_poll(request: Request, version: Version) -> tuple[str | int, ...]:
    """hwtimestamp measures the interface's clock no more often than once a second unless told."""
    shortest = min(
        (shortest_poll(server) or 0 for server in request.ntp_servers), default=0
    )
    if shortest >= 0 or version < directives.HWTIMESTAMP_OPTIONS["minpoll"]:
        return ()
    return "minpoll", shortest


def stock(
    request: Request,
    row: Chrony,
    version: Version,
    keyfile: str | None,
    *,
    smeared: bool,
) -> Iterator[str]:
    """The distribution's own directives that this chrony knows and no option replaces."""
    replaced = {line.split()[0] for line in settings(request, version)}
    if smeared:
        replaced |= {*smear.LEAP_DIRECTIVES}
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


def check_custom(request: Request, version: Version) -> None:
    """Raises PlanError for a custom setting that this version does not know."""
    for line in request.chrony_custom_settings:
        word = line.split()[0].lower()
        require(directives.DIRECTIVES, word, version, f"chrony_custom_settings: {word}")


def source_folders(
    request: Request, row: Chrony, *, owns_sources: bool
) -> tuple[str, ...]:
    """The folders of sources to read: the distribution's, and that of DHCP if it is wanted."""

    def is_wanted(folder: str) -> bool:
        if folder == DHCP_FOLDER and request.dhcp_ntp_servers is not None:
            return request.dhcp_ntp_servers
        return not owns_sources

    return tuple(filter(is_wanted, row.sourcedirs))
