# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables that are nearly the role's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.vmtime.linux.plugins.plugin_utils._request.role_variables import (
    misspelt,
)

ROOT = Path(__file__).resolve().parents[4]
ROLE = ROOT / "roles" / "timesync"
KNOWN = tuple(yaml.safe_load((ROLE / "defaults" / "main.yml").read_text()))
OF_PLAYBOOKS = {
    name
    for path in (ROOT / "playbooks").glob("*.yml")
    for name in re.findall(r"{{ (timesync_\w+)", path.read_text())
}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("timesync_ntp_server", "timesync_ntp_servers"),
        ("timesync_ntp_severs", "timesync_ntp_servers"),
        ("timesync_min_source", "timesync_min_sources"),
        ("timesync_provider", "timesync_ntp_provider"),
        ("timesync_ip_family", "timesync_ntp_ip_family"),
    ],
)
def test_a_misspelt_variable_is_warned_of(name: str, meant: str) -> None:
    assert list(misspelt([name, "inventory_hostname"], KNOWN)) == [
        f"{name} is not a variable of the role: did you mean {meant}?"
    ]


@pytest.mark.parametrize(
    "name",
    [
        *KNOWN,
        "timesync_secure_logging",
        # somebody's own
        "timesync_ntp_servers_berlin",
        "timesync_region",
        "ntp_servers",
    ],
)
def test_others_are_not(name: str) -> None:
    assert not list(misspelt([name], KNOWN))


def test_nor_are_those_of_the_playbooks() -> None:
    assert "timesync_hosts" in OF_PLAYBOOKS
    assert not list(misspelt(OF_PLAYBOOKS, KNOWN))
