# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes out: the transaction for the target half, and the result for the user."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import asdict

from .._model.observation import Observation
from .._model.plan import Plan
from .._render.render import render_keys
from .._request.request import Request
from .compare import Changes


def look(request: Request) -> dict[str, t.Any]:
    """The options of the module timesync_info."""
    return {
        "root": request.root,
        "keys": render_keys(request.keys),
        "before_first_run": request.state == "absent",
    }


def transaction(
    request: Request, plan: Plan, changes: Changes, units_before: Mapping[str, t.Any]
) -> dict[str, t.Any]:
    """The options of the module timesync_apply.

    ``units_before`` are the units that a package of this run has changed, as they were before.
    """
    if request.state == "absent":
        return {"root": request.root, "absent": True, "kernel": _kernel(changes)}
    return {
        "root": request.root,
        "units_before": dict(units_before),
        "files": [
            {
                "path": change.path,
                "text": None if change.secret else change.after,
                "sha256": change.observed and change.observed.sha256,
                "keep_original": change.keep_original,
                "is_secret": change.is_secret,
                **(asdict(change.secret) if change.secret else {}),
            }
            for change in changes.files
        ],
        "secrets": {
            change.path: change.after for change in changes.files if change.secret
        },
        "checks": [
            {"argv": list(check.argv), "path": check.path} for check in plan.checks
        ],
        "stop": [unit.name for unit in changes.units if not unit.wanted],
        "start": list(plan.start),
        "kernel": _kernel(changes),
        "verify": _verification(request, plan) if plan.start else None,
    }


def _kernel(changes: Changes) -> list[dict[str, str]]:
    return [
        {"name": setting.name, "value": setting.after} for setting in changes.kernel
    ]


def _verification(request: Request, plan: Plan) -> dict[str, t.Any]:
    return {
        "provider": plan.provider,
        "version": plan.version,
        "sources": [source.name for source in plan.sources],
        "any_source": plan.any_source,
        "timeout": request.verify_timeout,
    }


def awaited(request: Request, plan: Plan) -> str:
    """What a host waits for after a change, and how long; empty if it waits for nothing."""
    if not (plan.start and request.verify_timeout and request.root == "/"):
        return ""
    names = " or ".join(source.name for source in plan.sources) or "a source"
    if plan.any_source:
        names += " or another source"
    return f"{plan.provider} has {request.verify_timeout} s to select {names}."


def report(
    plan: Plan, changes: Changes, applied: Mapping[str, t.Any], observation: Observation
) -> dict[str, t.Any]:
    """The plan and what became of it, keys as the module timesync documents them."""
    changed_files = {change.path for change in changes.files}
    changed_units = {change.name for change in changes.units}
    changed_settings = {change.name for change in changes.kernel}
    result: dict[str, t.Any] = {
        "plan": {
            "mode": plan.mode,
            "provider": plan.provider,
            "version": plan.version,
            "platform": plan.platform,
            "host_clock": plan.host_clock and asdict(plan.host_clock),
            "sources": [asdict(source) for source in plan.sources],
            "files": [
                {
                    "path": file.path,
                    "state": "present" if file.template else "absent",
                    "changed": file.path in changed_files,
                    "reason": file.reason,
                }
                for file in plan.files
            ],
            "units": [
                {
                    "name": unit.name,
                    "state": "active" if unit.wanted else "inactive",
                    "changed": unit.name in changed_units,
                    "reason": unit.reason,
                }
                for unit in plan.units
            ],
            "kernel": [
                {
                    "name": setting.name,
                    "value": setting.value,
                    "changed": setting.name in changed_settings,
                    "reason": setting.reason,
                }
                for setting in plan.kernel
            ],
            "reasons": dict(plan.reasons),
            "skipped": list(plan.skipped),
        },
        "commands": applied.get("commands", []),
        "skipped_steps": applied.get("skipped_steps", []),
        "restored": applied.get("restored", []),
        "status": applied.get("status") if applied else dict(observation.status),
    }
    warnings = list(plan.warnings)
    is_quiet = observation.booted and not changes and plan.provider
    if is_quiet and not observation.status["synchronised"]:
        reason = observation.status["reason"] or "no source is selected."
        warnings.append(
            f"The host is configured as planned but not synchronised: {reason}"
        )
    if is_quiet and not plan.any_source:
        planned = {source.name for source in plan.sources}
        others = {source["name"] for source in observation.status["sources"]} - planned
        if others:
            warnings.append(
                f"The files are as planned, but {plan.provider} has other sources"
                f" ({', '.join(sorted(others))}): restart it, or look who gives it these, such as a"
                " hook of the DHCP client."
            )
    if observation.unfinished_run:
        warnings.append(
            "An earlier run was interrupted: what it did will be undone first."
        )
    if warnings:
        result["warnings"] = warnings
    return result
