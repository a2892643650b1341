# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hostile host says of itself reaches no file, and is no reason to crash."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    observed,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    plan_for,
    text_of,
)


def azure(**told: t.Any) -> Observation:
    return Observation.from_module({**observed("azure-debian-12-fragment"), **told})


@pytest.mark.parametrize(
    ("path", "starts"),
    [
        ("/usr/bin/phc2sys", "/usr/bin/phc2sys"),
        ("/bin/sh -c 'evil'\nUser=0\n#", "/usr/sbin/phc2sys"),
    ],
)
def test_a_unit_starts_only_a_program_that_was_looked_for(
    path: str, starts: str
) -> None:
    plan = plan_for(azure(phc2sys=path), provider="ntp", mode="host_only")
    unit = text_of(plan, "/vmtime-phc2sys.service")
    lines = [line for line in unit.splitlines() if line.startswith("Exec")]
    assert lines == [
        "ExecStart=/bin/sh -c 'until test -e /dev/ptp_hyperv; do sleep 10; done;"
        f" exec {starts} -s /dev/./ptp_hyperv -E ntpshm -M 0 -O 0 -l 5'"
    ]
    assert "evil" not in unit


@pytest.mark.parametrize(
    ("daemon", "version"),
    [("chrony", "4p1"), ("timesyncd", "257.1"), ("timesyncd", "25p1")],
)
def test_a_version_that_no_such_daemon_has_is_not_known(
    daemon: str, version: str
) -> None:
    daemons = observed("azure-debian-12-fragment")["daemons"]
    daemons[daemon].update(installed=True, version=version)
    plan = plan_for(
        azure(daemons=daemons),
        provider=daemon,
        mode="external",
        ntp_servers=[{"hostname": "10.0.0.1"}, {"hostname": "10.0.0.2"}],
    )
    assert version not in str(plan.version)
    assert "did not tell its version" in plan.reasons["provider"]
