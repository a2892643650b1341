# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan changes in the kernel: which clocks there are, and whether hv_utils steps the time.

Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...module_utils._tables import own
from ...module_utils._tables.host_clocks import host_clock_named
from .._model.observation import Observation, ObservedClock
from .._model.plan import PlanError, PlannedFile, PlannedSetting
from .._request.request import Request
from .._tables import host_clocks

# A rule of udev sets it for every boot, not a file of modprobe.d: that is not read where the driver
# is built in, nor where an initrd has loaded it before. udev tells of each device anew at boot, and
# this rule comes after the one that loads the device's driver.
RULES = own.HYPERV_RULES

# Read by systemd at each boot, whatever the initrd did; of a built-in module nothing is loaded.
MODULES = own.MODULES_LOAD

# From here on the kernel gives the host's samples to a PTP clock and no longer sets the time by
# them (commit 3716a49a81ba).
PTP_SINCE = (4, 11)
# EL 7 has it from this build of its 3.10.0 on.
EL_7_PTP_SINCE = 693


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
    if clock is None and request.mode == "host_only" and not _kernel_syncs(observation):
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
    if not _makes_clock(observation):
        return None, (
            f"{reason} Hyper-V offers its time-sync service, but this kernel makes no PTP clock of"
            " it (it takes 4.11, or 3.10.0-693 on EL 7)."
        )
    if _is_unbound_by_us(observation) and clock:
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


def _kernel_version(observation: Observation) -> tuple[int, ...]:
    """(6, 12) from "6.12.0-1-amd64"; a kernel that does not tell counts as new enough."""
    found = re.match(r"([0-9]{1,4})\.([0-9]{1,4})", observation.kernel or "")
    return (int(found.group(1)), int(found.group(2))) if found else PTP_SINCE


def _makes_clock(observation: Observation) -> bool:
    """True if this kernel is one that makes a PTP clock of the service."""
    found = re.match(r"3\.10\.0-([0-9]{1,5})", observation.kernel or "")
    return _kernel_version(observation) >= PTP_SINCE or bool(
        found and int(found.group(1)) >= EL_7_PTP_SINCE
    )


def _is_unbound_by_us(observation: Observation) -> bool:
    is_unbound = observation.kernel_settings.get("hyperv_time_sync") == "unbound"
    return is_unbound and "/unbind" in observation.text_of(RULES)


def _kernel_syncs(observation: Observation) -> bool:
    """True if hv_utils can set the time without a PTP clock."""
    if not observation.has_hyperv_time_sync or not observation.booted:
        return False
    return (
        not _makes_clock(observation)
        or observation.kernel_settings.get("timesync_implicit") is not None
    )


class KernelPlan:
    """The settings and files that bring the kernel to what is asked, and the reason."""

    def __init__(
        self,
        request: Request,
        observation: Observation,
        host_clock: ObservedClock | None,
    ) -> None:
        self.request = request
        self.observation = observation
        self.host_clock = host_clock
        self.ignores = (
            request.host_clock == "ignore" and observation.has_hyperv_time_sync
        )
        # hv_utils alone keeps the time, and no daemon does
        self.syncs_alone = request.mode == "host_only" and host_clock is None

    @property
    def settings(self) -> tuple[PlannedSetting, ...]:
        # what is seen of the kernel of an image's builder is none of the image's
        return tuple(self._settings()) if self.observation.booted else ()

    def _settings(self) -> Iterator[PlannedSetting]:
        seen = self.observation.kernel_settings
        needed = self._module()
        if needed and seen.get(needed) == "unloaded":
            yield PlannedSetting(needed, "loaded", "makes the host clock appear")
        is_there = seen.get("hyperv_time_sync") is not None
        if self.ignores and is_there:
            reason = "host_clock is ignore, so the host must not set the time"
            yield PlannedSetting("hyperv_time_sync", "unbound", reason)
        elif _is_unbound_by_us(self.observation):
            reason = "the host may set the time again"
            yield PlannedSetting("hyperv_time_sync", "bound", reason)
        if seen.get("timesync_implicit") is None:
            return
        if self.syncs_alone:
            reason = "lets hv_utils set the time by each sample of the host"
            yield PlannedSetting("timesync_implicit", "on", reason)
        elif self._was_implicit():
            reason = (
                "the kernel's default, now that hv_utils does not keep the time alone"
            )
            yield PlannedSetting("timesync_implicit", "off", reason)

    def _module(self) -> str | None:
        if self.syncs_alone:
            return "hv_utils"
        if self.host_clock is None or self.observation.host_clock is not None:
            return None
        return host_clocks.row_of(
            self.host_clock, self.observation.virtualization
        ).module

    def _was_implicit(self) -> bool:
        return "timesync_implicit" in self.observation.text_of(RULES)

    @property
    def files(self) -> tuple[PlannedFile, ...]:
        return tuple(self._files())

    def _files(self) -> Iterator[PlannedFile]:
        if self.ignores:
            reason = "keeps the host from setting the time, from each boot on"
            yield PlannedFile(RULES, reason, "hyperv.rules.j2", {"unbind": True})
        elif self.syncs_alone and self._has_implicit:
            reason = "lets hv_utils set the time by the host, from each boot on"
            yield PlannedFile(RULES, reason, "hyperv.rules.j2", {"unbind": False})
        module = self._module_at_boot()
        if module:
            reason = "makes the host clock appear at each boot"
            yield PlannedFile(
                MODULES, reason, "modules-load.conf.j2", {"module": module}
            )

    @property
    def _has_implicit(self) -> bool:
        return self.observation.kernel_settings.get("timesync_implicit") is not None

    def _module_at_boot(self) -> str | None:
        if self.host_clock == host_clocks.ANY:
            # its rule of udev does that
            return None
        if self.host_clock and self.host_clock.clock_name == "KVM virtual PTP":
            return "ptp_kvm"
        module = self._module()
        if module and self.observation.kernel_settings.get(module) == "unloaded":
            return module
        # an earlier run has loaded it, and it is still needed
        is_ours = own.MARKER in self.observation.text_of(MODULES)
        is_needed = self.host_clock is not None or self.syncs_alone
        return "hv_utils" if is_ours and is_needed else None
