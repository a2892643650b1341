# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of ntp.conf that name sources of time, in the form that a daemon and its version knows.

Pure functions.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from ..._model.plan import Source
from ..._model.sources import NtpServer, Refclock
from ..._text.directive import directive
from . import phc2sys

# The driver takes a sample each second; 2^4 s let one pass without noise being followed.
SHM_POLL = 4
# as for chrony: Microsoft's page says why
SHM_STRATUM = 2

# What the driver for shared memory is called by each daemon, in its file and in its answers.
_SHM = {
    "ntp": f"127.127.28.{phc2sys.SEGMENT}",
    "ntpsec": f"SHM({phc2sys.SEGMENT})",
}


def server_source(wanted: NtpServer) -> Source:
    kind: t.Literal["pool", "server"] = "pool" if wanted.pool else "server"
    options: list[str | int] = [kind, wanted.hostname]
    options += [name for name in ("iburst", "prefer") if getattr(wanted, name)]
    if wanted.trust:
        options.append("true")
    for name in ("minpoll", "maxpoll"):
        if getattr(wanted, name) is not None:
            options += [name, getattr(wanted, name)]
    return Source(kind, wanted.hostname, directive(*options))


def host_clock_source(wanted: Refclock, daemon: str, *, prefer: bool) -> Source:
    """The shared memory that phc2sys feeds. A line of its own for each directive."""
    return Source(
        "refclock", _SHM[daemon], "\n".join(_shm_lines(wanted, daemon, prefer=prefer))
    )


def _shm_lines(wanted: Refclock, daemon: str, *, prefer: bool) -> Iterator[str]:
    poll = SHM_POLL if wanted.poll is None else wanted.poll
    stratum = SHM_STRATUM if wanted.stratum is None else wanted.stratum
    options: list[str | int] = ["prefer"] if prefer else []
    if wanted.trust:
        options.append("true")
    options += ["minpoll", poll, "maxpoll", poll]
    # flag1: however far the clock is behind after a long pause, the samples count
    fudge: list[str | int] = ["refid", "PHC", "stratum", stratum, "flag1", 1]
    if daemon == "ntpsec":
        yield directive("refclock", "shm", "unit", phc2sys.SEGMENT, *options, *fudge)
        return
    yield directive("server", _SHM[daemon], *options)
    yield directive("fudge", _SHM[daemon], *fudge)
