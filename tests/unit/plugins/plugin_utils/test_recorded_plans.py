# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded hosts, and beside each the plan and the files that it must get.

To write the files of tests/fixtures/plans anew after a change that is meant:
VMTIME_WRITE_PLANS=1 pytest tests/unit/plugins/plugin_utils/test_recorded_plans.py
"""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import PlanError
from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.planner import (
    make_plan,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    RECORDED,
    recorded,
)

PLANS = RECORDED.parent / "plans"

SERVERS = [{"hostname": "10.0.0.1"}, {"hostname": "ntp.example.com"}]
CASES: dict[str, dict[str, t.Any]] = {
    "default": {},
    "host_only": {"mode": "host_only"},
    "external": {"mode": "external", "ntp_servers": SERVERS},
}
HOSTS = sorted({path.name for path in RECORDED.iterdir() if path.is_dir()} - {"empty"})


def told(host: str, options: dict[str, t.Any]) -> str:
    """The plan as a text, or the refusal."""
    try:
        plan = make_plan(Request.from_options(options), recorded(host))
    except PlanError as error:
        return f"refused: {error}\n"
    text = [
        f"provider: {plan.provider} {plan.version}",
        *(f"reason of the {name}: {reason}" for name, reason in plan.reasons.items()),
        *(f"install: {package}" for package in plan.packages),
        *(f"{'start' if unit.wanted else 'stop'}: {unit.name}" for unit in plan.units),
        *(f"skipped: {sentence}" for sentence in plan.skipped),
        *(f"warning: {sentence}" for sentence in plan.warnings),
    ]
    for file in render(plan):
        text.append(f"\n==> {file.path}")
        text.append("(removed)" if file.text is None else file.text.rstrip("\n"))
    return "\n".join(text) + "\n"


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("host", HOSTS)
def test_a_recorded_host_gets_its_plan(host: str, case: str) -> None:
    path = Path(PLANS / f"{host}.{case}.txt")
    now = told(host, CASES[case])
    if os.environ.get("VMTIME_WRITE_PLANS"):
        path.write_text(now)
    assert now == path.read_text()
