# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Directives of ntp.conf that can be custom settings, and the daemons that know each.

From ntp.conf(5) of ntp.org's ntpd 4.2.8 and of ntpsec 1.2. Both tell their log of a line that they
do not understand, and go on without it.
"""

from __future__ import annotations

from collections.abc import Mapping

_BOTH = (
    "controlkey disable discard driftfile dscp enable filegen interface keys leapfile"
    " leapsmearinterval logconfig mru nic restrict rlimit statistics statsdir tos"
    " trustedkey"
)
_NTP = (
    "automax autokey broadcastdelay calldelay crypto keysdir mdnstries requestkey revoke tick"
    " ttl"
)
_NTPSEC = "nts"

DIRECTIVES: Mapping[str, frozenset[str]] = {
    **{word: frozenset(("ntp", "ntpsec")) for word in _BOTH.split()},
    **{word: frozenset(("ntp",)) for word in _NTP.split()},
    **{word: frozenset(("ntpsec",)) for word in _NTPSEC.split()},
}

_SOURCES = "sources are given with ntp_servers"
_HOST_CLOCK = "the host clock is found by itself, its values are given with refclock"
# Directives that can't be custom settings, and why.
_REFUSED = {
    "broadcast": _SOURCES,
    "broadcastclient": _SOURCES,
    "fudge": _HOST_CLOCK,
    "includefile": "the file is complete",
    "manycastclient": _SOURCES,
    "manycastserver": _SOURCES,
    "multicastclient": _SOURCES,
    "peer": _SOURCES,
    "pool": f"{_SOURCES}, a pool with its option pool",
    "refclock": _HOST_CLOCK,
    "server": _SOURCES,
    "tinker": "use step_threshold",
    "unconfig": _SOURCES,
    "unpeer": _SOURCES,
    "logfile": "the journal has what ntpd tells, and it would write to any file",
    "phone": "it dials a modem",
    "pidfile": "the distribution's unit relies on its own",
    "saveconfigdir": "it lets others write files",
    "setvar": "it changes what others are told of this host",
}


def refusal(directive: str) -> str | None:
    """Why a line that begins with this word may not be a custom setting, or None if it may."""
    if directive in _REFUSED:
        return f"{directive} can't be a custom setting, {_REFUSED[directive]}"
    if directive not in DIRECTIVES:
        return f"{directive} is not a directive of ntpd"
    return None
