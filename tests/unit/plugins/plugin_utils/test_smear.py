# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Leap seconds that a source smears."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    ObservedClock,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import PlanError
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    KVM,
    host_of,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    DEBIAN,
    DEBIAN_CONF,
    GOOGLE,
    TWO,
    host,
    plan_for,
    text_of,
)


def test_who_smears_is_not_told_of_leap_seconds() -> None:
    plan = plan_for(DEBIAN, ntp_servers=GOOGLE)
    assert "leapsectz" not in text_of(plan, DEBIAN_CONF)
    assert (
        "Directives that tell chrony of leap seconds: the sources smear them."
        in plan.skipped
    )
    assert "leapsectz right/UTC" in text_of(
        plan_for(DEBIAN, ntp_servers=TWO), DEBIAN_CONF
    )


@pytest.mark.parametrize(("version", "daemon"), [("11", "ntp"), ("12", "ntpsec")])
def test_nor_is_ntpd(version: str, daemon: str) -> None:
    bare = host_of("debian", version)
    smeared = plan_for(bare, provider="ntp", ntp_servers=GOOGLE)
    assert "leapfile" not in text_of(smeared, "/ntp.conf")
    assert (
        f"Directives that tell {daemon} of leap seconds: the sources smear them."
        in smeared.skipped
    )
    plain = plan_for(bare, provider="ntp", ntp_servers=TWO)
    assert "leapfile" in text_of(plain, "/ntp.conf")
    assert not plain.skipped


def test_a_custom_setting_does_not_tell_ntpd_either() -> None:
    options = {"provider": "ntp", "ntp_custom_settings": ["leapfile /etc/leaps"]}
    with pytest.raises(PlanError, match="ntp_custom_settings: leapfile tells"):
        plan_for(host_of("debian", "12"), ntp_servers=GOOGLE, **options)
    assert plan_for(host_of("debian", "12"), ntp_servers=TWO, **options)


def test_what_the_user_says_of_a_server_counts() -> None:
    own = {"hostname": "ntp.example.com", "smeared": True}
    assert plan_for(DEBIAN, ntp_servers=[*GOOGLE, own])
    told = [{**server, "smeared": False} for server in GOOGLE]
    assert "leapsectz" in text_of(
        plan_for(DEBIAN, ntp_servers=[*told, *TWO]), DEBIAN_CONF
    )


def test_the_guard_knows_which_host_clocks_smear() -> None:
    google = replace(host("debian", "12", "4.3", KVM), virtualization="google")
    assert "leapsectz" not in text_of(plan_for(google, ntp_servers=GOOGLE), DEBIAN_CONF)
    with pytest.raises(PlanError, match="the host clock /dev/ptp_kvm smear"):
        plan_for(google, ntp_servers=TWO)
    assert "smears leap seconds" in plan_for(google).reasons["host_clock"]
    # a KVM host has what its operator gave it
    anywhere = replace(google, virtualization="kvm")
    assert plan_for(anywhere, ntp_servers=GOOGLE)
    assert plan_for(anywhere, ntp_servers=TWO)


def test_what_a_distribution_ships_beside_a_clock_of_the_other_kind_is_told() -> None:
    ena = ObservedClock("ena-ptp-05", "aws", "/dev/ptp_ena")
    flatcar = replace(host("flatcar", None, "4.8", ena), virtualization="aws")
    told = plan_for(flatcar, provider="ntp").reasons["host_clock"]
    assert "It does not smear leap seconds, and 169.254.169.123" in told
    only = plan_for(flatcar, provider="ntp", mode="host_only")
    assert "smear" not in only.reasons["host_clock"]
    # it ships no server for chrony
    assert "smear" not in plan_for(flatcar).reasons["host_clock"]
    debian = replace(host("debian", "12", "4.3", ena), virtualization="aws")
    assert "smear" not in plan_for(debian).reasons["host_clock"]


def test_the_guard_asks_only_for_what_is_followed() -> None:
    beside = host("debian", "12", "4.3", HYPERV)
    assert plan_for(beside, ntp_servers=GOOGLE, host_clock="ignore")
    assert plan_for(beside, ntp_servers=GOOGLE, mode="host_only")
