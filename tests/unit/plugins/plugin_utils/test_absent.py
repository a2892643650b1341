# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What state absent brings back of what is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    BeforeFirstRun,
    ObservedUnit,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import PlanError
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    host_of,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    DEBIAN,
    plan_for,
)


@pytest.mark.parametrize(
    ("distribution", "version", "installer"),
    [("rocky", "9", ()), ("sles", "15", ("zypper", "--non-interactive", "install"))],
)
def test_a_package_comes_back_as_it_would_have_come(
    distribution: str, version: str, installer: tuple[str, ...]
) -> None:
    unit = ObservedUnit("loaded", "active", "enabled")
    before = BeforeFirstRun({}, {"chronyd.service": unit}, {})
    host = replace(host_of(distribution, version), before_first_run=before)
    plan = plan_for(host, state="absent")
    assert (plan.packages, plan.installer) == (("chrony",), installer)


def test_what_apt_removes_for_a_package_that_comes_back_can_come_back_too() -> None:
    unit = ObservedUnit("loaded", "active", "enabled")
    before = BeforeFirstRun({}, {"systemd-timesyncd.service": unit}, {})
    host = replace(DEBIAN, before_first_run=before)
    plan = plan_for(host, state="absent")
    assert plan.packages == ("systemd-timesyncd",)
    assert plan.clients == {"chrony.service": "chrony"}


def test_no_package_comes_back_below_another_root() -> None:
    unit = ObservedUnit("loaded", None, "enabled")
    before = BeforeFirstRun({}, {"systemd-timesyncd.service": unit}, {})
    image = replace(DEBIAN, before_first_run=before, root="/mnt")
    with pytest.raises(
        PlanError, match="systemd-timesyncd is not installed below /mnt"
    ):
        plan_for(image, state="absent")
    assert not plan_for(image, state="absent", install=False).packages
