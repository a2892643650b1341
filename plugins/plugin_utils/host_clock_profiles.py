# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How chrony listens to the host clock: sets of values for its line, and for NTP beside it.

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from ansible_collections.vmtime.linux.plugins.plugin_utils.request import Refclock


@dataclass(frozen=True)
class Profile:
    refclock: Refclock
    maxpoll: int
    """Of NTP servers: with older samples they outvote the host clock for longer after a pause."""

    def refclock_with(self, wanted: Refclock) -> Refclock:
        """The profile's values, but those that the user gave."""
        given = {
            field.name: getattr(wanted, field.name)
            for field in fields(wanted)
            if getattr(wanted, field.name) is not None
        }
        return replace(self.refclock, **given)


PROFILES: Mapping[str, Profile] = {
    # the line of Microsoft's page
    "documented": Profile(Refclock(poll=3, dpoll=-2, offset=0, stratum=2), maxpoll=6),
    # Every chrony takes these: before 3.0 a poll below -1 makes all samples invalid, and a poll
    # needs at least four of them. Fewer samples than 64 are kept, so that those from before a
    # pause are soon gone.
    "fast": Profile(
        Refclock(poll=-1, dpoll=-3, offset=0, stratum=2, maxsamples=4), maxpoll=6
    ),
}
