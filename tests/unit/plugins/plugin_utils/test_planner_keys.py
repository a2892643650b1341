# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Authenticated servers: NTS and symmetric keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._tables import daemons, own
from ansible_collections.vmtime.linux.plugins.plugin_utils._apply.compare import compare
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
    ObservedFile,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import (
    render,
    render_keys,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.platforms import (
    PLATFORMS,
    Platform,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    host_of,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    DEBIAN,
    DEBIAN_CONF,
    KEYED,
    ROCKY,
    ROCKY_CONF,
    SUSE,
    TWO,
    directives,
    host,
    plan_for,
    text_of,
)


def test_nts_has_a_folder_for_its_keys_and_cookies() -> None:
    nts = [{"hostname": "a", "nts": True}]
    rhel_8 = host("rhel", "8", "4.5")
    assert "ntsdumpdir" not in text_of(plan_for(rhel_8, ntp_servers=TWO), ROCKY_CONF)
    assert "ntsdumpdir /var/lib/chrony" in directives(
        text_of(plan_for(rhel_8, ntp_servers=nts), ROCKY_CONF)
    )
    lines = directives(text_of(plan_for(DEBIAN, ntp_servers=nts), DEBIAN_CONF))
    assert lines.count("ntsdumpdir /var/lib/chrony") == 1


def test_half_of_the_servers_authenticated_is_warned_of() -> None:
    mixed = [{"hostname": "a", "nts": True}, *TWO]
    assert "can't outvote them" in plan_for(DEBIAN, ntp_servers=mixed).warnings[0]
    assert not plan_for(DEBIAN, ntp_servers=mixed[:1]).warnings


@pytest.mark.parametrize(
    ("host_", "conf", "own", "theirs", "group"),
    [
        (
            DEBIAN,
            DEBIAN_CONF,
            "/etc/chrony/vmtime.keys",
            "/etc/chrony/chrony.keys",
            "_chrony",
        ),
        (ROCKY, ROCKY_CONF, "/etc/chrony.vmtime.keys", "/etc/chrony.keys", "chrony"),
        # whose stock file names none
        (SUSE, ROCKY_CONF, "/etc/chrony.vmtime.keys", "/etc/chrony.keys", "chrony"),
    ],
)
def test_keys_stand_in_a_file_of_their_own(
    host_: Observation, conf: str, own: str, theirs: str, group: str
) -> None:
    plan = plan_for(host_, ntp_servers=KEYED)
    assert text_of(plan, own) == render_keys(
        Request.from_options({"ntp_servers": KEYED}).keys
    )
    (file,) = [file for file in render(plan) if file.path == own]
    assert file.secret
    assert (file.secret.mode, file.secret.group) == ("0640", group)
    named = [
        line for line in directives(text_of(plan, conf)) if line.startswith("keyfile")
    ]
    assert named == [f"keyfile {own}"]
    # an ID alone is the host's own business
    plan = plan_for(host_, ntp_servers=[{"hostname": "a", "key": "10"}])
    assert own not in [file.path for file in plan.files]
    named = [
        line for line in directives(text_of(plan, conf)) if line.startswith("keyfile")
    ]
    assert named == [f"keyfile {theirs}"]


@pytest.mark.parametrize("row", PLATFORMS, ids=lambda row: row.name)
def test_the_key_file_of_every_row_is_observed_as_one(row: Platform) -> None:
    plan = plan_for(host_of(row.id, row.version), ntp_servers=KEYED)
    (file,) = [file for file in plan.files if file.secret]
    assert file.path in own.KEY_FILES
    assert daemons.is_key(file.path)


@pytest.mark.parametrize(
    ("permissions", "matches", "shown"),
    [
        (("0640", "root", "_chrony"), True, None),
        (
            ("0640", "root", "_chrony"),
            False,
            "(0640, root, _chrony, another content; the keys are not shown)\n",
        ),
        (
            ("0644", "root", "_chrony"),
            True,
            "(0640, root, _chrony; the keys are not shown)\n",
        ),
        (
            ("0640", "root", "root"),
            True,
            "(0640, root, _chrony; the keys are not shown)\n",
        ),
        (
            ("0640", "games", "_chrony"),
            True,
            "(0640, root, _chrony; the keys are not shown)\n",
        ),
    ],
)
def test_when_a_key_file_is_right(
    permissions: tuple[str, str, str], matches: bool, shown: str | None
) -> None:
    plan = plan_for(DEBIAN, ntp_servers=KEYED)
    path = "/etc/chrony/vmtime.keys"
    observed = ObservedFile(None, None, permissions=permissions, matches=matches)
    changes = compare(plan, render(plan), replace(DEBIAN, files={path: observed}))
    found = [change for change in changes.files if change.path == path]
    assert bool(found) == bool(shown)
    if shown:
        (diff,) = [
            one for one in changes.diff() if one["after_header"].endswith("keys")
        ]
        assert diff["after"] == shown
        assert diff["before"] == f"({', '.join(permissions)}; the keys are not shown)\n"
        assert "hushhush" not in repr(changes)
        assert "hushhush" not in repr(plan)
        assert not found[0].keep_original


def test_a_key_file_that_is_no_longer_needed_goes() -> None:
    path = "/etc/chrony/vmtime.keys"
    observed = ObservedFile(
        None, None, permissions=("0640", "root", "_chrony"), matches=False
    )
    theirs = ObservedFile(None, None, permissions=("0640", "root", "_chrony"))
    files = {path: observed, "/etc/chrony/chrony.keys": theirs}
    before = replace(DEBIAN, files=files)
    changes = compare(plan := plan_for(before, ntp_servers=TWO), render(plan), before)
    gone = [change for change in changes.files if change.after is None]
    assert [change.path for change in gone] == [path]
    assert gone[0].is_secret
