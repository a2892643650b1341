# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to change on a host, and what is right already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._host import sha256
from ansible_collections.vmtime.linux.plugins.plugin_utils._apply.compare import compare
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    ObservedFile,
    ObservedUnit,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import PlanError
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    recorded,
    with_chrony,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    TWO,
    plan_for,
)


@pytest.mark.parametrize(
    ("enabled", "active", "changes"),
    [
        ("enabled", "active", False),
        ("static", "active", False),
        ("generated", "active", False),
        ("enabled-runtime", "active", True),
        ("disabled", "active", True),
        ("enabled", "failed", True),
    ],
)
def test_when_the_planned_unit_is_right(
    enabled: str, active: str, changes: bool
) -> None:
    host = with_chrony(recorded("kvm-debian-13"), "4.6.1")
    unit = ObservedUnit("loaded", active, enabled)
    host = replace(host, units={"chrony.service": unit})
    plan = plan_for(host)
    assert bool(compare(plan, (), host).units) == changes


@pytest.mark.parametrize(
    ("load", "enabled", "active", "changes"),
    [
        ("loaded", "disabled", "inactive", False),
        ("loaded", "generated", "inactive", False),
        ("loaded", "enabled", "inactive", True),
        ("loaded", "generated", "active", True),
        ("masked", "masked", "inactive", False),
        ("masked", "masked", "active", True),
    ],
)
def test_when_another_client_is_right(
    load: str, enabled: str, active: str, changes: bool
) -> None:
    host = with_chrony(recorded("kvm-debian-13"), "4.6.1")
    units = {**host.units, "ntp.service": ObservedUnit(load, active, enabled)}
    host = replace(host, units=units)
    assert bool(compare(plan_for(host), (), host).units) == changes


def test_only_root_sees_all_that_is_needed() -> None:
    with pytest.raises(PlanError, match="use become"):
        plan_for(replace(recorded("kvm-debian-13"), privileged=False))


def test_a_masked_unit_is_left_to_who_masked_it() -> None:
    host = with_chrony(recorded("kvm-debian-13"), "4.6.1")
    masked = ObservedUnit("masked", "inactive", "masked")
    with pytest.raises(PlanError, match=r"chrony\.service is masked"):
        plan_for(replace(host, units={"chrony.service": masked}))
    plan = plan_for(replace(host, units={**host.units, "ntp.service": masked}))
    assert [unit.name for unit in plan.units] == ["chrony.service"]


def test_a_host_that_is_right_has_nothing_to_change() -> None:
    host = with_chrony(recorded("azure-rocky-9"), "4.6.1", "chronyd.service")
    plan = plan_for(host, mode="host_only")
    changes = compare(plan, render(plan), host)
    assert changes
    assert [change.path for change in changes.files if change.keep_original] == [
        "/etc/chrony.conf"
    ]
    after = {
        change.path: ObservedFile(change.after, sha256(change.after.encode()))
        for change in changes.files
        if change.after is not None
    }
    again = replace(host, files={**host.files, **after})
    plan = plan_for(again, mode="host_only")
    assert not compare(plan, render(plan), again)
    # and what the host clock needed goes when it is no longer wanted
    plan = plan_for(again, mode="external", ntp_servers=TWO, host_clock="ignore")
    gone = [file.path for file in render(plan) if file.text is None]
    assert sorted(gone) == [
        "/etc/chrony.no-host-clock.conf",
        "/etc/systemd/system/chronyd.service.d/vmtime.conf",
        "/etc/systemd/system/dev-ptp_hyperv.device.d/vmtime.conf",
        "/etc/udev/rules.d/70-vmtime-ptp.rules",
    ]


def test_another_client_is_stopped_and_disabled() -> None:
    host = with_chrony(recorded("kvm-debian-13"), "4.6.1")
    other = ObservedUnit("loaded", "active", "disabled")
    host = replace(host, units={**host.units, "ntpsec.service": other})
    plan = plan_for(host)
    changes = compare(plan, render(plan), host)
    assert [(unit.name, unit.after) for unit in changes.units] == [
        ("ntpsec.service", "disabled, inactive")
    ]
