# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The context of a plan: what is asked, what was seen, and what follows from the two."""

from __future__ import annotations

from dataclasses import dataclass

from .._model.observation import Observation, ObservedClock
from .._model.plan import PlannedFile, PlannedSetting
from .._request.request import Request
from .._tables.platforms import Platform


@dataclass(frozen=True)
class Context:
    """What every planner gets; each reason is a sentence on the field before it."""

    request: Request
    observation: Observation
    platform: Platform
    platform_reason: str
    # the clock that the plan follows
    host_clock: ObservedClock | None = None
    host_clock_reason: str = ""
    provider_reason: str = ""
    # whether the sources smear leap seconds
    smeared: bool = False
    # what is planned whatever the provider
    kernel_files: tuple[PlannedFile, ...] = ()
    kernel_settings: tuple[PlannedSetting, ...] = ()
