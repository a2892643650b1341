# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A unit beside NTP that asks all sources anew when a host clock that is 0.1 s off is not followed.

After a pause of the virtual machine a server's samples are from before it until its next poll. With
"burst" alone chrony would draw a line through old samples and new ones, and step to times in
between; so the old ones are dropped first. Once, for a host that is really wrong would be
followed for some seconds each time: the next time is after nothing was amiss for a while.
"""

from __future__ import annotations

from ....module_utils._tables import own
from ..._model.plan import PlannedFile, PlannedUnit
from ..._model.version import Version
from ..._tables.host_clock_profiles import PROFILES
from ..context import Context
from .sources import trusts_host_clock

UNIT = own.RECHECK_UNIT

# chronyc's "reset sources"
SINCE = Version("4.0")

LOOK_SECONDS = 2
AGREED_SECONDS = 30


def is_planned(context: Context, version: Version) -> bool:
    """Alone or trusted the host clock is not outvoted, and asking anew would only take longer."""
    return (
        context.host_clock is not None
        and PROFILES[context.request.host_clock_profile].rechecks
        and context.request.mode != "host_only"
        and not trusts_host_clock(context)
        and version >= SINCE
    )


def planned_file(daemon_unit: str) -> PlannedFile:
    return PlannedFile(
        own.unit_file(UNIT),
        "asks all sources anew when the host clock is off and not followed, as after a pause",
        "chrony-recheck.service.j2",
        {
            "daemon_unit": daemon_unit,
            "seconds": LOOK_SECONDS,
            "looks": AGREED_SECONDS // LOOK_SECONDS,
        },
    )


def planned_unit() -> PlannedUnit:
    return PlannedUnit(
        UNIT, True, "asks all sources anew when the host clock is off and not followed"
    )
