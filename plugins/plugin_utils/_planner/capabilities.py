# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which daemon honours which option, as one table, and the refusal of all else.

From ntp.conf(5) of ntp.org's ntpd and of ntpsec, timesyncd.conf(5) with systemd's NEWS, and
chrony_directives.py. An option is never dropped in silence.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import fields

from .._model.plan import PlanError
from .._model.version import Version
from .._request.request import Request
from .._tables import chrony_directives
from .daemon import Daemon

# Options that are not the daemon's: any provider honours them.
OF_NO_DAEMON = frozenset(
    (
        "host_clock",
        "install",
        # each server has its key's ID, and that counts
        "keys",
        "mode",
        "ntp_servers",
        "ntp_servers.hostname",
        "ntp_servers.smeared",
        # refused whatever the provider
        "ptp_domains",
        "provider",
        "refclock",
        "root",
        "state",
        "verify_timeout",
    )
)

# timesyncd asks one server after the other, so the preferred one is the first.
_EVERY = {"timesyncd": "213", "ntp": "4.2.6", "ntpsec": "1.0"}
_NTPD = {"ntp": "4.2.6", "ntpsec": "1.0"}

# Option to daemon to the version from which it honours the option. chrony's column for servers and
# refclocks is in chrony_directives.py.
TABLE: Mapping[str, Mapping[str, str]] = {
    "chrony_custom_settings": {"chrony": "2.0"},
    "dhcp_ntp_servers": {"chrony": "2.0", **_NTPD},
    "host_clock_profile": {"chrony": "2.0"},
    "leapsec_mode": {"chrony": str(chrony_directives.DIRECTIVES["leapsecmode"])},
    "max_distance": {
        "chrony": str(chrony_directives.DIRECTIVES["maxdistance"]),
        **_NTPD,
    },
    "min_sources": {"chrony": "2.0", **_NTPD},
    "ntp_custom_settings": _NTPD,
    "ntp_hwts_interfaces": {"chrony": str(chrony_directives.DIRECTIVES["hwtimestamp"])},
    "ntp_ip_family": {"chrony": "2.0"},
    "ntp_servers.iburst": _EVERY,
    "ntp_servers.maxpoll": {**_NTPD, "timesyncd": "236"},
    "ntp_servers.minpoll": {**_NTPD, "timesyncd": "236"},
    # before, a pool was asked once and never again
    "ntp_servers.pool": {**_EVERY, "ntp": "4.2.8"},
    "ntp_servers.prefer": _EVERY,
    "ntp_servers.trust": _NTPD,
    "prefer": {"chrony": "2.0", **_NTPD},
    "refclock.poll": _NTPD,
    "refclock.stratum": _NTPD,
    "refclock.trust": _NTPD,
    "step_limit": {"chrony": "2.0"},
    "step_threshold": {"chrony": "2.0", **_NTPD},
}

_OF_HOST_CLOCK = re.compile(r"refclock\.|host_clock_profile$|prefer$")

# What each daemon takes for minpoll and maxpoll, in log2 seconds.
POLLS: Mapping[str, tuple[int, int]] = {
    "timesyncd": (4, 24),
    "ntp": (3, 17),
    "ntpsec": (0, 17),
}


def since(option: str) -> dict[str, str]:
    """Daemon to the version from which it honours an option, as "ntp_servers.pool"."""
    found = dict(TABLE.get(option, {}))
    group, _dot, name = option.partition(".")
    words = {
        "ntp_servers": {"pool": "2.0", **_told(chrony_directives.SERVER_OPTIONS)},
        "refclock": _told(chrony_directives.REFCLOCK_OPTIONS),
    }
    if name in words.get(group, {}):
        found["chrony"] = words[group][name]
    return found or {"chrony": "2.0"}


def _told(table: Mapping[str, Version]) -> dict[str, str]:
    return {name: str(version) for name, version in table.items()}


def given(request: Request) -> Iterator[tuple[str, str, t.Any]]:
    """Option, what to call it and value of all that differ from their default."""
    yield from _given(request, "", "")
    yield from _given(request.refclock, "refclock.", "")
    for server in request.ntp_servers:
        yield from _given(server, "ntp_servers.", f" of {server.hostname}")


def _given(values: t.Any, prefix: str, whose: str) -> Iterator[tuple[str, str, t.Any]]:
    for field in fields(values):
        option, value = prefix + field.name, getattr(values, field.name)
        if value != field.default and option not in OF_NO_DAEMON:
            yield option, option.replace(".", ": ") + whose, value


def check(request: Request, daemon: Daemon, *, has_host_clock: bool) -> None:
    """Raises PlanError if the daemon cannot honour the request."""
    found = refusal(request, daemon.name, daemon.version, has_host_clock=has_host_clock)
    if found:
        raise PlanError(found)


def refusal(
    request: Request, daemon: str, version: Version, *, has_host_clock: bool
) -> str | None:
    """Why a daemon can't honour the request, as a sentence, or None if it can.

    What is said of a host clock is for hosts that have one.
    """
    for option, called, value in given(request):
        if not has_host_clock and _OF_HOST_CLOCK.match(option):
            continue
        found = (
            _unknown(option, called, daemon, version)
            or _dhcp(option, called, value, daemon)
            or _poll(option, called, value, daemon)
        )
        if found:
            return found
    return None


def _unknown(option: str, called: str, daemon: str, version: Version) -> str | None:
    able = since(option)
    if daemon not in able:
        others = " or ".join(f"{name} from {able[name]} on" for name in sorted(able))
        return f"{called} is nothing that {daemon} {version} knows: {others} can honour it."
    if version < Version(able[daemon]):
        return f"{called} needs {daemon} {able[daemon]}, the host has {version}."
    return None


def _dhcp(option: str, called: str, value: t.Any, daemon: str) -> str | None:
    if option != "dhcp_ntp_servers" or not value or daemon not in _NTPD:
        return None
    return (
        f"{called}: servers of DHCP come to {daemon} in a file that stands for its own, without all"
        " that is planned; chrony can honour it."
    )


def _poll(option: str, called: str, value: t.Any, daemon: str) -> str | None:
    if not option.endswith("poll") or daemon not in POLLS:
        return None
    low, high = POLLS[daemon]
    if low <= value <= high:
        return None
    return f"{called} is {value}: {daemon} takes {low} to {high}."
