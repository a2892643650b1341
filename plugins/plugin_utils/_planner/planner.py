# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Request and observation to plan: the choices that come first, and the planner that is chosen.

Pure functions.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from .._model.observation import Observation
from .._model.plan import Plan, PlanError
from .._request.request import Request
from .._tables import host_clocks
from .._tables.platforms import UnknownPlatform, platform_of
from . import kernel, smear
from .clients import clients_in_use
from .context import Context
from .host_clock import choose_host_clock
from .provider import choose_provider
from .sources import check_min_sources, check_names

# What is chosen to the module whose ``plan`` makes the plan: only that one is imported.
_PLANNERS = {
    "absent": ".absent",
    "chrony": ".chrony.planner",
    "hyperv": ".hyperv",
    "ntp": ".ntp.planner",
    "timesyncd": ".timesyncd",
}


def make_plan(request: Request, observation: Observation) -> Plan:
    """The plan for a host. Raises PlanError if there is none that honours the request."""
    if not observation.privileged:
        raise PlanError("Only root can see and change all that is needed: use become.")
    try:
        platform, reason = platform_of(
            observation.distribution, observation.daemons["chrony"].version
        )
    except UnknownPlatform as error:
        raise PlanError(str(error)) from error
    context = Context(request, observation, platform, reason)
    if request.state == "absent":
        plan = _planner("absent")(context)
    else:
        plan = _plan_present(context)
    return replace(
        plan,
        mode=request.mode,
        platform=platform.name,
        quiet_install=platform.quiet_install,
        installer=platform.installer,
        clients=clients_in_use(observation, platform),
    )


def _planner(name: str) -> Callable[[Context], Plan]:
    module = import_module(_PLANNERS[name], __package__)
    return t.cast(Callable[[Context], Plan], module.plan)


def _plan_present(context: Context) -> Plan:
    request, observation = context.request, context.observation
    clock, reason = choose_host_clock(request, observation)
    context = replace(
        context,
        host_clock=clock,
        host_clock_reason=reason,
        kernel_files=kernel.kernel_files(request, observation, clock),
        kernel_settings=kernel.kernel_settings(request, observation, clock),
    )
    if kernel.syncs_alone(request, clock):
        plan = _planner("hyperv")(context)
    else:
        plan = _plan_daemon(context)
    return replace(
        plan,
        files=(*plan.files, *context.kernel_files),
        kernel=context.kernel_settings,
    )


def _plan_daemon(context: Context) -> Plan:
    provider, reason = choose_provider(
        context.request, context.observation, context.platform, context.host_clock
    )
    context = replace(context, provider_reason=reason)
    if context.host_clock and provider == "timesyncd":
        reason = f"{context.host_clock_reason} systemd-timesyncd can't follow it."
        context = replace(context, host_clock=None, host_clock_reason=reason)
    plan = _planner(provider)(_with_smearing(context, provider))
    check_names(plan.sources)
    check_min_sources(context.request, plan.sources)
    return plan


def _with_smearing(context: Context, provider: str) -> Context:
    """With what is known of leap seconds. Raises PlanError for sources that do not go together."""
    request, clock = context.request, context.host_clock
    smears, reason = None, context.host_clock_reason
    if clock:
        virtualization = context.observation.virtualization
        smears = host_clocks.row_of(clock, virtualization).smeared
    if request.mode == "default" and not request.ntp_servers:
        reason += smear.beside(context.platform.servers_of(provider), smears)
    smeared = smear.check(
        request.ntp_servers if request.mode != "host_only" else (),
        clock.device if clock else None,
        smears,
    )
    return replace(context, host_clock_reason=reason, smeared=smeared)
