# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""phc2sys of linuxptp as a unit of ours: it reads the host clock and feeds ntpd's shared memory.

ntpd has no driver for PTP clocks, but one for shared memory. phc2sys does not touch the system
clock here, ntpd steers it.
"""

from __future__ import annotations

from ....module_utils._tables import own
from ..._model.observation import ObservedClock
from ..._model.plan import PlannedFile
from ..devices import device_files, device_unit

UNIT = own.PHC2SYS_UNIT
PACKAGE = "linuxptp"
# where every distribution has it
BINARY = "/usr/sbin/phc2sys"

# Of the driver's segments 0 and 1 only root can read and write.
SEGMENT = 0


def files(clock: ObservedClock, binary: str | None) -> list[PlannedFile]:
    return [
        *device_files(clock, opens_it_once=UNIT),
        PlannedFile(
            own.unit_file(UNIT),
            "hands the host clock to ntpd",
            "phc2sys.service.j2",
            {
                "binary": binary or BINARY,
                "device": clock.device,
                "source": _source(clock.device),
                "device_unit": device_unit(clock),
                "segment": SEGMENT,
            },
        ),
    ]


def _source(device: str) -> str:
    """The device's path, spelled so that phc2sys 3 takes any name of it.

    It reads a number after "/dev/ptp", and refuses "/dev/ptp_hyperv".
    """
    return device.replace("/dev/", "/dev/./", 1)
