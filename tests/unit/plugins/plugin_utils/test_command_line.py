# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The daemon's command line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._host import sha256
from ansible_collections.vmtime.linux.plugins.plugin_utils._apply.compare import compare
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
    ObservedFile,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import PlanError
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    recorded,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    DEBIAN,
    ROCKY,
    TWO,
    plan_for,
    text_of,
)


def with_options(text: str | None, base: Observation = DEBIAN) -> Observation:
    path = "/etc/default/chrony" if base is DEBIAN else "/etc/sysconfig/chronyd"
    checksum = sha256((text or "").encode())
    return replace(base, files={path: ObservedFile(text, checksum)})


def test_the_family_is_an_option_beside_the_distributions() -> None:
    stock = '# options\nDAEMON_OPTS="-F 1"\n'
    fresh = with_options(stock)
    text = text_of(plan_for(fresh, ntp_ip_family="IPv6"), "/etc/default/chrony")
    assert 'DAEMON_OPTS="-F 1 -6"' in text.splitlines()
    later = with_options(text)
    # the same again changes nothing, another one replaces it, and without it all is as it was
    plan = plan_for(later, ntp_ip_family="IPv6")
    changed = [change.path for change in compare(plan, render(plan), later).files]
    assert "/etc/default/chrony" not in changed
    again = text_of(plan_for(later, ntp_ip_family="IPv4"), "/etc/default/chrony")
    assert 'DAEMON_OPTS="-F 1 -4"' in again.splitlines()
    assert text_of(plan_for(later), "/etc/default/chrony") == stock
    assert text_of(plan_for(later, ntp_ip_family="all"), "/etc/default/chrony") == stock
    # also where another daemon takes over
    other = plan_for(later, provider="timesyncd", ntp_servers=TWO)
    assert text_of(other, "/etc/default/chrony") == stock
    # and nothing is done that was not asked for
    untouched = [file.path for file in plan_for(fresh).files]
    assert "/etc/default/chrony" not in untouched


def test_all_families_takes_the_administrators_choice_away() -> None:
    narrow = with_options('OPTIONS="-F 2 -4"\n', ROCKY)
    path = "/etc/sysconfig/chronyd"
    assert path not in [file.path for file in plan_for(narrow).files]
    text = text_of(plan_for(narrow, ntp_ip_family="all"), path)
    assert text.splitlines()[-1] == 'OPTIONS="-F 2"'
    back = with_options(text, ROCKY)
    assert text_of(plan_for(back), path) == 'OPTIONS="-F 2 -4"\n'


def test_a_missing_file_of_options_gets_the_distributions_too() -> None:
    text = text_of(plan_for(ROCKY, ntp_ip_family="IPv4"), "/etc/sysconfig/chronyd")
    assert text.splitlines()[-1] == 'OPTIONS="-F 2 -4"'


@pytest.mark.parametrize("text", [None, 'DAEMON_OPTS="$(cat /etc/options)"\n'])
def test_options_that_are_not_understood_are_left_alone(text: str | None) -> None:
    odd = with_options(text)
    assert plan_for(odd)
    with pytest.raises(PlanError, match=r"^ntp_ip_family: "):
        plan_for(odd, ntp_ip_family="IPv4")


def test_recorded_trees_have_the_options_file() -> None:
    plan = plan_for(recorded("azure-rocky-9"), ntp_ip_family="IPv4")
    assert "-F 2 -4" in text_of(plan, "/etc/sysconfig/chronyd")
