# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sources of time as an option or a distribution names them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NtpServer:
    """A server or pool as the user or a distribution names it; polls are in log2 seconds."""

    hostname: str
    pool: bool = False
    iburst: bool = True
    prefer: bool = False
    trust: bool = False
    xleave: bool = False
    minpoll: int | None = None
    maxpoll: int | None = None
    filter: int | None = None
    nts: bool = False
    # its ID
    key: int | None = None
    # None is what is known of the server
    smeared: bool | None = None
    # only in the distributions' own configuration
    maxsources: int | None = None


@dataclass(frozen=True)
class Refclock:
    """Values of the refclock line; None is what the profile says.

    poll and dpoll are in log2 seconds, offset, delay and maxdispersion in seconds.
    """

    poll: int | None = None
    dpoll: int | None = None
    offset: float | None = None
    stratum: int | None = None
    delay: float | None = None
    maxsamples: int | None = None
    maxdispersion: float | None = None
    trust: bool | None = None
