# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run returns, keys as the module timesync documents them."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from .._model.observation import Observation
from .._model.plan import Plan
from .compare import Changes

Result = dict[str, t.Any]


def result_of(
    plan: Plan, changes: Changes, applied: Mapping[str, t.Any], observation: Observation
) -> Result:
    """The plan and what became of it; ``applied`` is timesync_apply's result, empty without one."""
    result: Result = {
        "plan": _plan(plan, changes),
        "commands": applied.get("commands", []),
        "skipped_steps": applied.get("skipped_steps", []),
        "restored": applied.get("restored", []),
        "status": applied.get("status") if applied else dict(observation.status),
    }
    warnings = [*plan.warnings, *_warnings(plan, changes, observation)]
    return {**result, "warnings": warnings} if warnings else result


def _plan(plan: Plan, changes: Changes) -> Result:
    return {
        "mode": plan.mode,
        "provider": plan.provider,
        "version": plan.version,
        "platform": plan.platform,
        "host_clock": plan.host_clock and asdict(plan.host_clock),
        "sources": [asdict(source) for source in plan.sources],
        "files": _files(plan, {change.path for change in changes.files}),
        "units": _units(plan, {change.name for change in changes.units}),
        "kernel": _kernel(plan, {change.name for change in changes.kernel}),
        "reasons": dict(plan.reasons),
        "skipped": list(plan.skipped),
    }


def _files(plan: Plan, changed: set[str]) -> list[Result]:
    return [
        {
            "path": file.path,
            "state": "present" if file.is_present else "absent",
            "changed": file.path in changed,
            "reason": file.reason,
        }
        for file in plan.files
    ]


def _units(plan: Plan, changed: set[str]) -> list[Result]:
    return [
        {
            "name": unit.name,
            "state": "active" if unit.wanted else "inactive",
            "changed": unit.name in changed,
            "reason": unit.reason,
        }
        for unit in plan.units
    ]


def _kernel(plan: Plan, changed: set[str]) -> list[Result]:
    return [
        {
            "name": setting.name,
            "value": setting.value,
            "changed": setting.name in changed,
            "reason": setting.reason,
        }
        for setting in plan.kernel
    ]


def _warnings(plan: Plan, changes: Changes, observation: Observation) -> Iterator[str]:
    if observation.booted and plan.provider and not changes:
        yield from _about_status(plan, observation)
    if observation.unfinished_run:
        yield "An earlier run was interrupted: what it did will be undone first."


def _about_status(plan: Plan, observation: Observation) -> Iterator[str]:
    """What is amiss on a host that is configured as planned."""
    status = observation.status
    if not status["synchronised"]:
        reason = status["reason"] or "no source is selected."
        yield f"The host is configured as planned but not synchronised: {reason}"
    if plan.any_source:
        return
    planned = {source.name for source in plan.sources}
    others = {source["name"] for source in status["sources"]} - planned
    if others:
        yield (
            f"The files are as planned, but {plan.provider} has other sources"
            f" ({', '.join(sorted(others))}): restart it, or look who gives it these, such as a"
            " hook of the DHCP client."
        )
