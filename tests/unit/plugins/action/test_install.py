# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A package that comes and is not what the table of distributions says."""

from __future__ import annotations

import typing as t
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleActionFail

from ansible_collections.vmtime.linux.plugins.action.timesync import ActionModule
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    observed,
)

UNIT = {"load": "loaded", "active": "active", "enabled": "enabled"}


class Rehearsed(ActionModule):
    """The action on a Debian whose apt is told of: each package with the chrony that it brings."""

    def __init__(self, **options: t.Any) -> None:
        task = Mock(args=options, check_mode=False, diff=False, async_val=0, _role=None)
        super().__init__(task, Mock(), Mock(), Mock(), Mock(), Mock())
        self.installed: list[str] = []
        self.seen = observed("kvm-debian-13")
        self.seen.update(root="/", systemd={"booted": True, "version": "257"})
        self.seen["units"] = {"systemd-timesyncd.service": UNIT}

    def _call(
        self, module: str, options: dict[str, t.Any], task_vars: t.Any
    ) -> dict[str, t.Any]:
        assert module == "timesync_info"
        return self.seen

    def _run(
        self, task_vars: t.Any, action: str, options: dict[str, t.Any]
    ) -> dict[str, t.Any]:
        assert action == "ansible.builtin.package"
        self.installed += options["name"]
        if options["name"] == ["chrony"]:
            self.seen["units"] = {"chrony.service": UNIT}
            self.seen["daemons"]["chrony"].update(
                installed=True, version="3.4", unit="chrony.service"
            )
        return {}


def test_what_a_package_has_removed_comes_back_if_nothing_can_be_planned_with_it() -> (
    None
):
    servers = [{"hostname": "nts.example.com", "nts": True}]
    action = Rehearsed(ntp_servers=servers)
    with pytest.raises(AnsibleActionFail) as caught:
        action.run(task_vars={})
    assert action.installed == ["chrony", "systemd-timesyncd"]
    assert caught.value.result["changed"] is True
    assert str(caught.value).startswith(
        "ntp_servers: nts of nts.example.com needs chrony 4.0, the host has 3.4."
        " The package systemd-timesyncd is back, which was in use before."
    )
