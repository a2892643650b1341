# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which daemon is taken, and why."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
    ObservedUnit,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import PlanError
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
    recorded,
    with_daemon,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    plan_for,
)

ONE = [{"hostname": "10.0.0.1"}]
BARE = host_of("debian", "12")
AZURE = host_of("debian", "12", HYPERV)
TIMESYNCD = with_daemon(BARE, "timesyncd", "252")
NTPSEC = with_daemon(BARE, "ntpsec", "1.2.2")
BOTH = with_daemon(NTPSEC, "chrony", "4.3")
RHEL = replace(
    with_daemon(host_of("rhel", "7.9"), "ntp", "4.2.6p5"),
    units={"ntp.service": ObservedUnit("loaded", "active", "enabled")},
)


@pytest.mark.parametrize(
    ("host", "options", "provider", "reason"),
    [
        (
            BARE,
            {},
            "chrony",
            "no daemon that it could keep is in use, and chrony can do every mode",
        ),
        (TIMESYNCD, {}, "timesyncd", "timesyncd is there already and can do it"),
        (NTPSEC, {}, "ntp", "ntpsec is there already and can do it"),
        (RHEL, {}, "ntp", "ntp is there already and can do it"),
        (BOTH, {}, "chrony", "chrony is there already"),
        (
            with_daemon(BOTH, "chrony", "4.3", active="inactive"),
            {},
            "ntp",
            "ntpsec is there already",
        ),
        # it comes with systemd: nobody has chosen it
        (
            with_daemon(
                BARE, "timesyncd", "252", active="inactive", enabled="disabled"
            ),
            {},
            "chrony",
            "no daemon that it could keep is in use",
        ),
        (
            with_daemon(AZURE, "timesyncd", "252"),
            {},
            "chrony",
            "timesyncd is there, but it can't follow the host clock /dev/ptp_hyperv. So it is"
            " chrony",
        ),
        (
            with_daemon(AZURE, "timesyncd", "252"),
            {"host_clock": "ignore"},
            "timesyncd",
            "can do it",
        ),
        (
            with_daemon(AZURE, "ntpsec", "1.2.2"),
            {"mode": "host_only"},
            "ntp",
            "can do it",
        ),
        (
            TIMESYNCD,
            {"mode": "external", "ntp_servers": [{"hostname": "a", "xleave": True}]},
            "chrony",
            "timesyncd is there, but ntp_servers: xleave of a is nothing that timesyncd 252 knows:"
            " chrony from 3.0 on can honour it. So it is chrony",
        ),
        (
            with_daemon(BARE, "ntp", "4.2.8p15"),
            {},
            "chrony",
            "ntp is there, but this collection does not configure it on Debian 12. So it is chrony",
        ),
        # what a fleet says of host clocks is for hosts that have one
        (
            TIMESYNCD,
            {"host_clock_profile": "fast", "refclock": {"dpoll": -3}, "prefer": "host"},
            "timesyncd",
            "can do it",
        ),
        (
            with_daemon(AZURE, "ntpsec", "1.2.2"),
            {"host_clock_profile": "fast"},
            "chrony",
            "ntpsec is there, but host_clock_profile is nothing that ntpsec 1.2.2 knows",
        ),
        (BARE, {"provider": "ntp"}, "ntp", "provider is ntp"),
        (BARE, {"provider": "timesyncd"}, "timesyncd", "provider is timesyncd"),
        (TIMESYNCD, {"provider": "chrony"}, "chrony", "provider is chrony"),
    ],
)
def test_the_daemon_in_use_is_kept_if_it_can_do_what_is_asked(
    host: Observation, options: dict[str, t.Any], provider: str, reason: str
) -> None:
    plan = plan_for(host, **options)
    assert plan.provider == provider
    assert reason in plan.reasons["provider"]


@pytest.mark.parametrize(
    ("host", "options", "sentence"),
    [
        (
            AZURE,
            {"provider": "timesyncd", "mode": "host_only"},
            "provider: timesyncd can't follow a host clock, so in mode host_only it has nothing to"
            " sync from. Use chrony.",
        ),
        (
            AZURE,
            {"provider": "timesyncd", "host_clock": "require"},
            "provider: timesyncd can't follow a host clock, and host_clock is require. Use chrony.",
        ),
        (
            host_of("rocky", "9"),
            {"provider": "timesyncd"},
            "provider: timesyncd is not possible: systemd-timesyncd is not on this host, and Rocky"
            " Linux 9 has no package of it.",
        ),
        (
            host_of("rocky", "9"),
            {"provider": "ntp"},
            "provider: ntp is not possible: Rocky Linux 9 ships neither ntp nor ntpsec. Use"
            " chrony.",
        ),
        (
            host_of("sles", "12.5"),
            {"provider": "ntp"},
            "ntp_servers: SLES 12 has none of its own for ntp, so name some.",
        ),
        (
            BARE,
            {"provider": "ntp", "install": False},
            "install: false, but ntpsec is not installed on this host.",
        ),
        (
            AZURE,
            {"provider": "ntp", "install": False},
            "install: false, but ntpsec and linuxptp are not installed on this host.",
        ),
        (
            BARE,
            {"provider": "timesyncd", "install": False},
            "install: false, but systemd-timesyncd is not installed on this host.",
        ),
        (
            replace(
                NTPSEC, units={"ntpsec.service": ObservedUnit("masked", None, "masked")}
            ),
            {"provider": "ntp"},
            "ntpsec.service is masked on this host: unmask it first.",
        ),
        (
            BARE,
            {
                "provider": "ntp",
                "mode": "external",
                "ntp_servers": ONE,
                "step_limit": 3,
            },
            "step_limit is nothing that ntpsec 1.2.2 knows: chrony from 2.0 on can honour it.",
        ),
        (
            BARE,
            {"provider": "ntp", "chrony_custom_settings": ["log tracking"]},
            "chrony_custom_settings is nothing that ntpsec 1.2.2 knows: chrony from 2.0 on can"
            " honour it.",
        ),
        (
            BARE,
            {"provider": "chrony", "ntp_custom_settings": ["tos orphan 5"]},
            "ntp_custom_settings is nothing that chrony 4.3 knows: ntp from 4.2.6 on or ntpsec from"
            " 1.0 on can honour it.",
        ),
        (
            BARE,
            {"provider": "timesyncd", "step_threshold": 0.1},
            "step_threshold is nothing that timesyncd 247 knows: chrony from 2.0 on or ntp from"
            " 4.2.6 on or ntpsec from 1.0 on can honour it.",
        ),
        (
            host_of("centos", "7"),
            {
                "provider": "ntp",
                "mode": "external",
                "ntp_servers": [{"hostname": "pool.example.com", "pool": True}],
            },
            "ntp_servers: pool of pool.example.com needs ntp 4.2.8, the host has 4.2.6p5.",
        ),
        (
            with_daemon(host_of("ubuntu", "16.04"), "timesyncd", "229"),
            {
                "provider": "timesyncd",
                "mode": "external",
                "ntp_servers": [{"hostname": "a", "maxpoll": 8}],
            },
            "ntp_servers: maxpoll of a needs timesyncd 236, the host has 229.",
        ),
        (
            host_of("debian", "11"),
            {
                "provider": "ntp",
                "mode": "external",
                "ntp_servers": [{"hostname": "a", "minpoll": 2}],
            },
            "ntp_servers: minpoll of a is 2: ntp takes 3 to 17.",
        ),
        (
            BARE,
            {
                "provider": "timesyncd",
                "mode": "external",
                "ntp_servers": [
                    {"hostname": "a", "minpoll": 5},
                    {"hostname": "b", "minpoll": 6},
                ],
            },
            "ntp_servers: minpoll is not the same for all servers, and timesyncd has one for all.",
        ),
        (
            BARE,
            {
                "provider": "timesyncd",
                "mode": "external",
                "ntp_servers": [
                    {"hostname": "a", "minpoll": 9},
                    {"hostname": "b", "maxpoll": 6},
                ],
            },
            "ntp_servers: minpoll 9 is above maxpoll 6, and timesyncd has one of each for all"
            " servers.",
        ),
        (
            BARE,
            {
                "provider": "timesyncd",
                "mode": "external",
                "ntp_servers": [{"hostname": "fe80::1%eth0"}],
            },
            "ntp_servers: fe80::1%eth0 has a zone, which timesyncd does not take.",
        ),
        (
            AZURE,
            {"provider": "timesyncd", "refclock": {"poll": 2}},
            "refclock: poll is nothing that timesyncd 247 knows: chrony from 2.0 on or ntp from"
            " 4.2.6 on or ntpsec from 1.0 on can honour it.",
        ),
        (
            BARE,
            {"provider": "ntp", "ntp_custom_settings": ["crypto pw secret"]},
            "ntp_custom_settings: crypto is nothing that ntpsec 1.2.2 knows: ntp does.",
        ),
    ],
)
def test_what_a_daemon_cannot_do_is_refused_with_who_could(
    host: Observation, options: dict[str, t.Any], sentence: str
) -> None:
    with pytest.raises(PlanError) as caught:
        plan_for(host, **options)
    assert str(caught.value) == sentence


def test_timesyncd_by_name_leaves_the_host_clock_and_says_so() -> None:
    plan = plan_for(recorded("azure-ubuntu-18.04"), provider="timesyncd")
    assert plan.host_clock is None
    assert plan.reasons["host_clock"].endswith("systemd-timesyncd can't follow it.")


def test_every_other_client_is_stopped_and_what_is_masked_or_absent_is_done() -> None:
    host = with_daemon(TIMESYNCD, "chrony", "4.3")
    masked = ObservedUnit("masked", "inactive", "masked")
    others = {
        "ntpsec.service": ObservedUnit("loaded", "inactive", "enabled"),
        # Cumulus Linux runs its ntpd so
        "ntp@mgmt.service": ObservedUnit("loaded", "active", "enabled"),
        "openntpd.service": masked,
        "vmtime-phc2sys.service": ObservedUnit("loaded", "active", "static"),
    }
    plan = plan_for(replace(host, units={**host.units, **others}), provider="timesyncd")
    assert plan.start == ("systemd-timesyncd.service",)
    assert {unit.name for unit in plan.units if not unit.wanted} == {
        "chrony.service",
        "ntp@mgmt.service",
        "ntpsec.service",
        "vmtime-phc2sys.service",
    }
