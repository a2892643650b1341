# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes to the host: the options of timesync_info and of timesync_apply."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import asdict

from .._model.plan import Plan
from .._render.render import render_keys
from .._request.request import Request
from .compare import Changes, FileChange


def observation_options(request: Request) -> dict[str, t.Any]:
    """The options of the module timesync_info."""
    return {
        "root": request.root,
        "keys": render_keys(request.keys),
        "before_first_run": request.state == "absent",
    }


def transaction_options(
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
        "files": [_file(change) for change in changes.files],
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


def _file(change: FileChange) -> dict[str, t.Any]:
    return {
        "path": change.path,
        "text": None if change.secret else change.after,
        "sha256": change.observed and change.observed.sha256,
        "keep_original": change.keep_original,
        "is_secret": change.is_secret,
        **(asdict(change.secret) if change.secret else {}),
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
        "min_sources": request.min_sources,
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
