# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stable name of a host clock's device, and the unit to wait for."""

from __future__ import annotations

import posixpath

from ...module_utils._tables import own
from .._model.observation import ObservedClock
from .._model.plan import PlannedFile

# How long the boot waits for the host clock's device before it goes on without it.
DEVICE_TIMEOUT_SECONDS = 10


def device_unit(clock: ObservedClock) -> str:
    """The systemd unit of the host clock's device."""
    return clock.device.removeprefix("/").replace("/", "-") + ".device"


def device_files(
    clock: ObservedClock, *, opens_it_once: str | None = None
) -> list[PlannedFile]:
    """What lets any daemon's unit wait for the host clock's device, and not for ever.

    A unit that opens the device only when it starts is restarted for one that comes late.
    """
    return [
        PlannedFile(
            own.HOST_CLOCK_RULES,
            "gives the host clock its stable name and a unit to wait for",
            "host-clock.rules.j2",
            {
                "clock_name": clock.pattern,
                "symlink": posixpath.basename(clock.device),
                "on_any_hypervisor": clock.hypervisor == "any",
                "opens_it_once": opens_it_once,
            },
        ),
        PlannedFile(
            own.drop_in(device_unit(clock)),
            "bounds how long the boot waits for the host clock",
            "device-timeout.conf.j2",
            {"seconds": DEVICE_TIMEOUT_SECONDS},
        ),
    ]
