# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the roles say twice, they say alike."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

ROLES = Path(__file__).parents[4] / "roles"


def read(path: str) -> t.Any:
    return yaml.safe_load((ROLES / path).read_text())


def test_the_report_plans_with_the_same_variables_as_the_role() -> None:
    (apply,), (compare,) = (
        read("timesync/tasks/main.yml"),
        read("timesync/tasks/compare.yml"),
    )
    applied = apply["vmtime.linux.timesync"]
    assert compare["vmtime.linux.timesync_compare"]["plan"] == applied


@pytest.mark.parametrize("role", ["report", "timesync"])
def test_the_documented_defaults_are_the_real_ones(role: str) -> None:
    documented = read(f"{role}/meta/argument_specs.yml")["argument_specs"]["main"]
    defaults = read(f"{role}/defaults/main.yml")
    assert {n: o["default"] for n, o in documented["options"].items()} == defaults
