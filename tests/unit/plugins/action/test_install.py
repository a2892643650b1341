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
from ansible_collections.vmtime.linux.plugins.plugin_utils._apply import packages
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    host_of,
    observed,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    plan_for,
)

UNIT = {"load": "loaded", "active": "active", "enabled": "enabled"}


class Rehearsed(ActionModule):
    """The action on a Debian whose apt is told of: each package with the chrony that it brings."""

    def __init__(
        self, client: str = "systemd-timesyncd.service", **options: t.Any
    ) -> None:
        task = Mock(args=options, check_mode=False, diff=False, async_val=0, _role=None)
        super().__init__(task, Mock(), Mock(), Mock(), Mock(), Mock())
        self.installed: list[str] = []
        self.seen = observed("kvm-debian-13")
        self.seen.update(systemd={"booted": True, "version": "257"})
        self.seen["units"] = {client: UNIT}

    def _call(self, module: str, options: dict[str, t.Any]) -> dict[str, t.Any]:
        assert module == "timesync_info"
        return self.seen

    def _run(self, action: str, options: dict[str, t.Any]) -> dict[str, t.Any]:
        assert action == "ansible.builtin.package"
        self.installed += options["name"]
        if options["name"] == ["chrony"]:
            self.seen["units"] = {"chrony.service": UNIT}
            self.seen["daemons"]["chrony"].update(
                installed=True, version="3.4", unit="chrony.service"
            )
        return {}


@pytest.mark.parametrize("client", ["systemd-timesyncd", "openntpd"])
def test_what_a_package_has_removed_comes_back_if_nothing_can_be_planned_with_it(
    client: str,
) -> None:
    servers = [{"hostname": "nts.example.com", "nts": True}]
    action = Rehearsed(f"{client}.service", ntp_servers=servers)
    with pytest.raises(AnsibleActionFail) as caught:
        action.run(task_vars={})
    assert action.installed == ["chrony", client]
    assert caught.value.result["changed"] is True
    assert str(caught.value).startswith(
        "ntp_servers: nts of nts.example.com needs chrony 4.0, the host has 3.4."
        f" The package {client} is back, which was in use before."
    )


@pytest.mark.parametrize(
    ("code", "comes"), [(0, True), (4, False), (102, True), (104, False), (107, True)]
)
def test_zypper_tells_of_success_by_some_codes_above_100(
    code: int, comes: bool
) -> None:
    host = host_of("sles", "15")
    plan = plan_for(host, ntp_servers=[{"hostname": "10.0.0.1"}])
    result = {"rc": code, "failed": code != 0, "stderr": "what zypper says"}
    if comes:
        packages.install(plan, host, lambda _action, _options: result)
        return
    with pytest.raises(AnsibleActionFail, match="what zypper says"):
        packages.install(plan, host, lambda _action, _options: result)
