# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says of its wait."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._apply.transaction import (
    awaited,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.planner import (
    make_plan,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    recorded,
)

EXTERNAL = {"mode": "external", "ntp_servers": [{"hostname": "ntp1.example.com"}]}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"mode": "host_only"}, "chrony has 60 s to select PHC0."),
        (
            {**EXTERNAL, "verify_timeout": 9},
            "chrony has 9 s to select ntp1.example.com or PHC0.",
        ),
        ({"mode": "host_only", "verify_timeout": 0}, ""),
        ({"mode": "host_only", "root": "/mnt"}, ""),
    ],
)
def test_what_is_waited_for(options: dict[str, t.Any], sentence: str) -> None:
    request = Request.from_options(options)
    plan = make_plan(request, recorded("azure-rocky-9"))
    assert awaited(request, plan) == sentence
