# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""chrony's directives and options, and the version from which each is known.

From chrony's NEWS and conf.c up to 4.9. An unknown word is fatal to chronyd in every version, so
what is rendered is gated by the version of the host, never by its distribution.
"""

from __future__ import annotations

from .._model.version import Version


def _table(**since: str) -> dict[str, Version]:
    """{word: version} from words by version; the keyword _4_6_1 is version 4.6.1."""
    return {
        word: Version(version.strip("_").replace("_", "."))
        for version, names in since.items()
        for word in names.split()
    }


# What is older than 2.0 counts as 2.0: no distribution of the table has less.
DIRECTIVES = _table(
    _2_0="acquisitionport allow bindacqaddress bindaddress bindcmdaddress broadcast clientloglimit"
    " cmdallow cmddeny cmdport combinelimit commandkey corrtimeratio deny driftfile dumpdir"
    " dumponexit fallbackdrift hwclockfile include initstepslew keyfile leapsecmode leapsectz local"
    " lock_all log logbanner logchange logdir mailonchange makestep manual maxchange maxclockerror"
    " maxsamples maxslewrate maxupdateskew minsamples minsources noclientlog peer pidfile pool port"
    " refclock reselectdist rtcautotrim rtcdevice rtcfile rtconutc rtcsync sched_priority server"
    " smoothtime stratumweight tempcomp user",
    _2_2="maxdistance",
    _2_3="cmdratelimit ratelimit",
    _2_4="maxdrift",
    _3_0="hwtimestamp maxjitter ntpsigndsocket",
    _4_0="authselectmode bindacqdevice bindcmddevice binddevice clockprecision confdir dscp"
    " maxntsconnections nocerttimecheck nosystemcert ntscachedir ntsdumpdir ntsntpserver ntsport"
    " ntsprocesses ntsratelimit ntsrefresh ntsrotate ntsservercert ntsserverkey ntstrustedcerts"
    " sourcedir",
    _4_2="ptpport",
    _4_4="hwtstimeout refresh",
    _4_6="leapseclist ptpdomain",
    _4_6_1="ntsaeads",
    _4_7="opencommands",
    _4_9="maxstratum maxtxbuffers minstratum",
)

SERVER_OPTIONS = _table(
    _2_0="iburst key maxpoll maxsources minpoll prefer",
    _2_3="trust",
    _3_0="xleave",
    _3_4="filter",
    _4_0="nts",
)

HWTIMESTAMP_OPTIONS = _table(_3_1="minpoll")

# Types of keys; hashes are older than 2.0.
KEY_TYPES = _table(_4_0="AES128 AES256")

REFCLOCK_OPTIONS = _table(
    _2_0="delay dpoll maxdispersion maxsamples offset poll prefer",
    _2_3="trust",
    _3_3="stratum",
    _4_9="optional",
)

# chronyd -p reads a file, prints it and ends. It does not open devices: a missing one passes.
CHECK_SINCE = Version("4.0")

# chronyc -N tells sources by the names of the configuration.
NAMES_SINCE = Version("4.0")

# Directives that can't be custom settings, and why.
_REFUSED = {
    "confdir": "which folders are read is the distribution's choice",
    "include": "which folders are read is the distribution's choice",
    "sourcedir": "which folders are read follows from the mode",
    "initstepslew": "sources are given with ntp_servers",
    "makestep": "use step_threshold and step_limit",
    "peer": "sources are given with ntp_servers",
    "pool": "sources are given with ntp_servers, a pool with its option pool",
    "refclock": "the host clock is found by itself, its values are given with refclock",
    "server": "sources are given with ntp_servers",
    "mailonchange": "it makes chronyd run another program",
    "pidfile": "the distribution's unit relies on its own",
    "user": "the distribution's own must stay",
}


def refusal(directive: str) -> str | None:
    """Why a line that begins with this word may not be a custom setting, or None if it may."""
    name = directive.lower()
    if name in _REFUSED:
        return f"{name} can't be a custom setting, {_REFUSED[name]}"
    if name not in DIRECTIVES:
        return f"{directive} is not a directive of chrony"
    return None
