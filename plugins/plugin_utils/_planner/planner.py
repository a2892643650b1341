# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Request and observation to plan.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from .._model.observation import Observation
from .._model.plan import Plan, PlanError
from .._request.request import Request
from .._tables import host_clocks, platforms
from . import smear
from .absent import plan_absent
from .chrony.planner import ChronyPlanner
from .context import Case
from .hyperv import plan_hyperv
from .kernel import KernelPlan, choose_host_clock
from .ntp.planner import plan_ntp
from .provider import choose_provider
from .timesyncd import TimesyncdPlanner

# Provider to what makes its plan.
_PLANNERS: Mapping[str, Callable[[Case], Plan]] = {
    "chrony": lambda case: ChronyPlanner(case).plan(),
    "timesyncd": lambda case: TimesyncdPlanner(case).plan(),
    "ntp": plan_ntp,
}


def make_plan(request: Request, observation: Observation) -> Plan:
    """The plan for a host. Raises PlanError if there is none that honours the request."""
    if not observation.privileged:
        raise PlanError("Only root can see and change all that is needed: use become.")
    try:
        platform, platform_reason = platforms.platform_of(observation.distribution)
    except platforms.UnknownPlatform as error:
        raise PlanError(str(error)) from error
    if request.state == "absent":
        plan = plan_absent(request, observation, platform, platform_reason)
    else:
        plan = _plan_present(request, observation, platform, platform_reason)
    return replace(
        plan,
        installer=platform.chrony.installer,
        clients=dict(_clients(observation, platform)),
    )


def _plan_present(
    request: Request,
    observation: Observation,
    platform: platforms.Platform,
    platform_reason: str,
) -> Plan:
    host_clock, reason = choose_host_clock(request, observation)
    kernel = KernelPlan(request, observation, host_clock)
    provider, provider_reason = None, ""
    if not kernel.syncs_alone:
        provider, provider_reason = choose_provider(
            request, observation, platform, host_clock
        )
    if host_clock and provider == "timesyncd":
        host_clock = None
        reason += " systemd-timesyncd can't follow it."
    smears = (
        host_clocks.row_of(host_clock, observation.virtualization).smeared
        if host_clock
        else None
    )
    if request.mode == "default" and not request.ntp_servers:
        reason += smear.beside(platform.servers_of(provider), smears)
    case = Case(
        request=request,
        observation=observation,
        platform=platform,
        platform_reason=platform_reason,
        host_clock=host_clock,
        host_clock_reason=reason,
        provider_reason=provider_reason,
        smeared=smear.check(
            request.ntp_servers if request.mode != "host_only" else (),
            host_clock.device if host_clock else None,
            smears,
        ),
        files=kernel.files,
    )
    plan = _PLANNERS[provider](case) if provider else plan_hyperv(case, kernel)
    if provider:
        case.check_min_sources(plan.sources)
    return replace(plan, files=(*plan.files, *case.files), kernel=kernel.settings)


def _clients(
    observation: Observation, platform: platforms.Platform
) -> Iterator[tuple[str, str]]:
    for name, unit in observation.units.items():
        package = platform.package_of(name)
        if unit.is_in_use and package:
            yield name, package
