# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a process loads that needs a part of the collection alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import importlib, sys
importlib.import_module("ansible_collections.vmtime.linux.plugins." + sys.argv[1])
for name, module in sys.modules.items():
    if name.startswith("ansible_collections.vmtime.") and getattr(module, "__file__", None):
        print(name.partition(".plugins.")[2])
"""
PAGE = "plugin_utils._fleet.page"
PLANNER = "plugin_utils._planner."


def loaded(module: str) -> list[str]:
    """The modules of the collection, by their names below plugins/."""
    environment = {**os.environ, "PYTHONPATH": ":".join(filter(None, sys.path))}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, module],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.split()


def test_the_page_of_a_fleet_loads_no_planner() -> None:
    found = loaded(PAGE)
    assert PAGE in found
    assert len(found) <= 8


def test_the_report_loads_no_planner() -> None:
    found = loaded("action.timesync_report")
    assert PAGE in found
    assert [name for name in found if name.startswith(PLANNER)] == []


@pytest.mark.parametrize("provider", ["chrony", "ntp", "timesyncd", "hyperv", "absent"])
def test_a_planner_is_loaded_when_it_is_chosen(provider: str) -> None:
    found = loaded("action.timesync")
    assert f"{PLANNER}planner" in found
    assert [name for name in found if name.startswith(PLANNER + provider)] == []
