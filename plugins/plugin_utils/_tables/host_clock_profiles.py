# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How chrony listens to the host clock: sets of values for its line, and for NTP beside it.

What each is good for is measured in docs/pause.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace

from .._model.sources import NtpServer, Refclock
from .host_clocks import DOCUMENTED


@dataclass(frozen=True)
class Profile:
    """Values that the user does not give. NTP's polls are in log2 seconds.

    After a pause the servers outvote the host clock until each of them was asked again. So the
    longest interval between two polls is what a recovery takes, unless all are asked anew.
    """

    refclock: Refclock
    maxpoll: int
    # of servers that the user names; the operators of public ones allow no less than 64 s
    named_maxpoll: int
    # seconds; beyond it chrony follows no source
    maxjitter: float | None
    # whether all sources are asked anew when NTP keeps a host clock that is off from being followed
    rechecks: bool

    def refclock_with(self, wanted: Refclock) -> Refclock:
        """The profile's values, but those that the user gave."""
        given = {
            field.name: getattr(wanted, field.name)
            for field in fields(wanted)
            if getattr(wanted, field.name) is not None
        }
        return replace(self.refclock, **given)

    def beside_host_clock(self, server: NtpServer, *, named: bool) -> NtpServer:
        """The server with the profile's poll intervals, but those that the user gave."""
        if server.maxpoll is not None:
            return server
        longest = self.named_maxpoll if named and not server.pool else self.maxpoll
        if server.minpoll is not None:
            longest = max(longest, server.minpoll)
        return replace(server, maxpoll=longest)

    def slowest(self, wanted: Refclock, servers: Iterable[NtpServer]) -> int | None:
        """Seconds between two polls if they are so many that they undo what the profile is for."""
        slowest = max((server.maxpoll or 0 for server in servers), default=0)
        if slowest > self.named_maxpoll + 1 and not self.refclock_with(wanted).trust:
            return int(2**slowest)
        return None


PROFILES: Mapping[str, Profile] = {
    # where the clock's own vendor says otherwise, that counts
    "documented": Profile(
        DOCUMENTED,
        maxpoll=6,
        named_maxpoll=6,
        maxjitter=None,
        rechecks=False,
    ),
    # Every chrony takes these: before 3.0 a poll below -1 makes all samples invalid, and a poll
    # needs at least four of them. Few samples are kept, so that those from before a pause are
    # soon gone. Four readings of which a pause of minutes parts two from two would make all later
    # ones too uncertain for two minutes (chrony's samplefilt.c): they are not taken. And through
    # samples from before and after a pause of seconds chrony would draw a line, and step to times
    # in between: they jitter by a quarter of the pause or more.
    "fast": Profile(
        Refclock(poll=-1, dpoll=-3, offset=0, stratum=2, maxsamples=4, maxdispersion=1),
        maxpoll=6,
        named_maxpoll=3,
        maxjitter=0.1,
        rechecks=True,
    ),
}
