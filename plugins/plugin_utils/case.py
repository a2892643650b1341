# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The case that a planner gets: what is asked, what was seen, and what follows from the two.

Private to this collection.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ansible_collections.vmtime.linux.plugins.plugin_utils.observation import (
    Observation,
    ObservedClock,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.plan import (
    MARKER,
    PlanError,
    PlannedFile,
    PlannedUnit,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.platforms import Platform
from ansible_collections.vmtime.linux.plugins.plugin_utils.request import Request

# How long the boot waits for the host clock's device before it goes on without it.
DEVICE_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Case:
    """Each reason is a sentence that says why the field before it is what it is."""

    request: Request
    observation: Observation
    platform: Platform
    platform_reason: str
    host_clock: ObservedClock | None
    host_clock_reason: str
    provider_reason: str

    def check_startable(self, unit: str) -> None:
        """Raises PlanError for a unit that the administrator has masked."""
        seen = self.observation.units.get(unit)
        if seen and seen.load == "masked":
            raise PlanError(f"{unit} is masked on this host: unmask it first.")

    def other_clients(self, *wanted: str) -> Iterator[PlannedUnit]:
        """All units that steer the clock but the wanted ones; what is masked and quiet is done."""
        for name, unit in self.observation.units.items():
            if name not in wanted and (unit.load != "masked" or unit.is_active):
                yield PlannedUnit(name, False, "only one client may steer the clock")

    def leftovers(self, planned: Iterable[PlannedFile]) -> Iterator[PlannedFile]:
        """The files that an earlier run needed and this plan does not."""
        paths = {file.path for file in planned}
        for path, file in self.observation.files.items():
            if path not in paths and (file.text or "").startswith(MARKER):
                yield PlannedFile(path, "no longer needed")


def device_unit(clock: ObservedClock) -> str:
    """The systemd unit of the host clock's device."""
    return clock.device.removeprefix("/").replace("/", "-") + ".device"


def device_files(clock: ObservedClock) -> list[PlannedFile]:
    """What lets any daemon's unit wait for the host clock's device, and not for ever."""
    return [
        PlannedFile(
            "/etc/udev/rules.d/70-vmtime-ptp.rules",
            "gives the host clock its stable name and a unit to wait for",
            "host-clock.rules.j2",
            {
                "clock_name": clock.pattern,
                "symlink": posixpath.basename(clock.device),
            },
        ),
        PlannedFile(
            f"/etc/systemd/system/{device_unit(clock)}.d/vmtime.conf",
            "bounds how long the boot waits for the host clock",
            "device-timeout.conf.j2",
            {"seconds": DEVICE_TIMEOUT_SECONDS},
        ),
    ]
