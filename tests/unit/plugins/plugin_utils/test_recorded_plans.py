# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded hosts, and beside each the plan and the files that it must get.

To write the files of tests/fixtures/plans anew after a change that is meant:
VMTIME_WRITE_PLANS=1 pytest tests/unit/plugins/plugin_utils/test_recorded_plans.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    RECORDED,
    recorded,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    MODES,
    plan_text,
)

PLANS = RECORDED.parent / "plans"

HOSTS = sorted({path.name for path in RECORDED.iterdir() if path.is_dir()} - {"empty"})


@pytest.mark.parametrize("case", MODES)
@pytest.mark.parametrize("host", HOSTS)
def test_a_recorded_host_gets_its_plan(host: str, case: str) -> None:
    path = Path(PLANS / f"{host}.{case}.txt")
    now = plan_text(recorded(host), MODES[case])
    if os.environ.get("VMTIME_WRITE_PLANS"):
        path.write_text(now)
    assert now == path.read_text()
