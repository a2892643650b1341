# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan changes in the kernel: which clocks there are, and whether hv_utils steps the time.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...module_utils._tables import own
from .._model.observation import Observation, ObservedClock
from .._model.plan import PlannedFile, PlannedSetting
from .._model.version import numbers
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
_EL_7 = (3, 10, 0)
EL_7_PTP_SINCE = 693


def makes_clock(observation: Observation) -> bool:
    """True if this kernel makes a PTP clock of Hyper-V's service; one that is not known does."""
    release = numbers(observation.kernel or "")
    build = release[3] if release[:3] == _EL_7 and len(release) > 3 else 0
    return not release or release >= PTP_SINCE or build >= EL_7_PTP_SINCE


def sets_time(observation: Observation) -> bool:
    """True if hv_utils can set the time without a PTP clock."""
    if not observation.has_hyperv_time_sync or not observation.booted:
        return False
    return not makes_clock(observation) or has_implicit(observation)


def has_implicit(observation: Observation) -> bool:
    """True if hv_utils has its option timesync_implicit."""
    return observation.kernel_settings.get("timesync_implicit") is not None


def is_unbound_by_us(observation: Observation) -> bool:
    """True if an earlier run took its driver from Hyper-V's time-sync service."""
    is_unbound = observation.kernel_settings.get("hyperv_time_sync") == "unbound"
    return is_unbound and "/unbind" in observation.text_of(RULES)


def syncs_alone(request: Request, host_clock: ObservedClock | None) -> bool:
    """True if hv_utils alone keeps the time, and no daemon does."""
    return request.mode == "host_only" and host_clock is None


def kernel_settings(
    request: Request, observation: Observation, host_clock: ObservedClock | None
) -> tuple[PlannedSetting, ...]:
    """What to set in the running kernel; that of an image's builder is none of the image's."""
    if not observation.booted:
        return ()
    alone = syncs_alone(request, host_clock)
    return (
        *_modules(observation, _module(request, observation, host_clock)),
        *_bindings(request, observation),
        *_implicit(observation, alone=alone),
    )


def kernel_files(
    request: Request, observation: Observation, host_clock: ObservedClock | None
) -> tuple[PlannedFile, ...]:
    """What sets the same at each boot."""
    return (
        *_rules(request, observation, alone=syncs_alone(request, host_clock)),
        *_modules_load(_module_at_boot(request, observation, host_clock)),
    )


def _ignores_hyperv(request: Request, observation: Observation) -> bool:
    return request.host_clock == "ignore" and observation.has_hyperv_time_sync


# -- settings of the running kernel


def _modules(observation: Observation, module: str | None) -> Iterator[PlannedSetting]:
    if module and observation.kernel_settings.get(module) == "unloaded":
        yield PlannedSetting(module, "loaded", "makes the host clock appear")


def _bindings(request: Request, observation: Observation) -> Iterator[PlannedSetting]:
    is_there = observation.kernel_settings.get("hyperv_time_sync") is not None
    if _ignores_hyperv(request, observation) and is_there:
        reason = "host_clock is ignore, so the host must not set the time"
        yield PlannedSetting("hyperv_time_sync", "unbound", reason)
    elif is_unbound_by_us(observation):
        reason = "the host may set the time again"
        yield PlannedSetting("hyperv_time_sync", "bound", reason)


def _implicit(observation: Observation, *, alone: bool) -> Iterator[PlannedSetting]:
    if not has_implicit(observation):
        return
    if alone:
        reason = "lets hv_utils set the time by each sample of the host"
        yield PlannedSetting("timesync_implicit", "on", reason)
    elif "timesync_implicit" in observation.text_of(RULES):
        reason = "the kernel's default, now that hv_utils does not keep the time alone"
        yield PlannedSetting("timesync_implicit", "off", reason)


# -- files for the next boot


def _rules(
    request: Request, observation: Observation, *, alone: bool
) -> Iterator[PlannedFile]:
    if _ignores_hyperv(request, observation):
        reason = "keeps the host from setting the time, from each boot on"
        yield PlannedFile(RULES, reason, "hyperv.rules.j2", {"unbind": True})
    elif alone and has_implicit(observation):
        reason = "lets hv_utils set the time by the host, from each boot on"
        yield PlannedFile(RULES, reason, "hyperv.rules.j2", {"unbind": False})


def _modules_load(module: str | None) -> Iterator[PlannedFile]:
    if module:
        reason = "makes the host clock appear at each boot"
        yield PlannedFile(MODULES, reason, "modules-load.conf.j2", {"module": module})


# -- modules


def _module(
    request: Request, observation: Observation, host_clock: ObservedClock | None
) -> str | None:
    """The module that the plan needs, None if it needs none or the clock is there already."""
    if syncs_alone(request, host_clock):
        return "hv_utils"
    if host_clock is None or observation.host_clock is not None:
        return None
    return host_clocks.row_of(host_clock, observation.virtualization).module


def _module_at_boot(
    request: Request, observation: Observation, host_clock: ObservedClock | None
) -> str | None:
    if host_clock == host_clocks.ANY:
        # its rule of udev does that
        return None
    if host_clock and host_clock.clock_name == "KVM virtual PTP":
        return "ptp_kvm"
    module = _module(request, observation, host_clock)
    if module and observation.kernel_settings.get(module) == "unloaded":
        return module
    # an earlier run has loaded it, and it is still needed
    is_ours = own.MARKER in observation.text_of(MODULES)
    is_needed = host_clock is not None or syncs_alone(request, host_clock)
    return "hv_utils" if is_ours and is_needed else None
