# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which host clock a plan follows: the one that is there, or one that a setting makes appear.

Pure functions.
"""

from __future__ import annotations

from ...module_utils._tables.host_clocks import host_clock_named
from .._model.observation import Observation, ObservedClock
from .._model.plan import PlanError
from .._request.request import Request
from .._tables import host_clocks
from . import kernel


def choose_host_clock(
    request: Request, observation: Observation
) -> tuple[ObservedClock | None, str]:
    """The host clock to use and why. Raises PlanError if one is needed and there is none."""
    clock, reason = observation.host_clock, observation.host_clock_reason
    if request.host_clock == "ignore":
        return None, "host_clock is ignore."
    if request.host_clock == "any":
        return host_clocks.ANY, (
            "host_clock is any: whichever host clock is there at boot, if there is one."
        )
    if clock is None:
        clock, reason = _expected_clock(request, observation)
    if clock is None and request.host_clock == "require":
        raise PlanError(f"host_clock: require is not met: {reason}")
    if (
        clock is None
        and request.mode == "host_only"
        and not kernel.sets_time(observation)
    ):
        raise PlanError(
            f"mode: host_only has nothing to sync from: {reason} The other modes need no host"
            " clock."
        )
    return clock, reason


def _expected_clock(
    request: Request, observation: Observation
) -> tuple[ObservedClock | None, str]:
    """The clock that comes with a setting of the kernel, or why there will be none."""
    reason = observation.host_clock_reason
    row = host_clocks.expected_row(observation.virtualization)
    if row is None:
        return None, reason
    known = host_clock_named(row.clock_name)
    clock = known and ObservedClock(row.clock_name, known.hypervisor, known.device)
    if not observation.booted:
        clock = None
    if row.clock_name == "hyperv":
        return _expected_hyperv(request, observation, clock)
    if row.module and observation.kernel_settings.get(row.module) == "unloaded":
        if _asks_for_host_clock(request) and clock:
            return clock, f"{reason} It is expected of the module {row.module}."
        return None, (
            f"{reason} The module {row.module} is not loaded: host_clock: require does that."
        )
    return None, f"{reason} To have one, {row.appears}."


def _expected_hyperv(
    request: Request, observation: Observation, clock: ObservedClock | None
) -> tuple[ObservedClock | None, str]:
    reason = observation.host_clock_reason
    if not observation.has_hyperv_time_sync:
        return None, f"{reason} The host does not offer its time-sync service."
    if not kernel.makes_clock(observation):
        return None, (
            f"{reason} Hyper-V offers its time-sync service, but this kernel makes no PTP clock of"
            " it (it takes 4.11, or 3.10.0-693 on EL 7)."
        )
    if kernel.is_unbound_by_us(observation) and clock:
        return (
            clock,
            "The time-sync service gets its driver back, and so the host its clock.",
        )
    loaded = observation.kernel_settings.get("hv_utils") == "loaded"
    if not loaded and _asks_for_host_clock(request) and clock:
        return clock, f"{reason} It is expected of the module hv_utils."
    if not loaded:
        return None, f"{reason} hv_utils is not loaded: host_clock: require does that."
    return None, (
        f"{reason} Hyper-V's time-sync service is bound to hv_utils, but this kernel makes no PTP"
        " clock of it (it takes PTP_1588_CLOCK) and does not set the time by it, unless it has"
        " timesync_implicit, as Linux 6.8 does."
    )


def _asks_for_host_clock(request: Request) -> bool:
    """True if a missing module is to be loaded for the host clock."""
    return request.mode == "host_only" or request.host_clock == "require"
