# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans with a host clock, for chrony."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    ObservedClock,
    ObservedFile,
    ObservedUnit,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import (
    PlannedFile,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
    recorded,
    with_chrony,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    TWO,
    directives,
    plan_for,
    sources,
    text_of,
)

DOCUMENTED = "refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0"


def test_the_host_clock_is_named_by_its_link_and_not_its_number() -> None:
    text = text_of(
        plan_for(recorded("azure-rocky-9"), mode="host_only"), "/etc/chrony.conf"
    )
    assert sources(text) == [f"{DOCUMENTED} stratum 2"]
    assert "makestep 1 -1" in directives(text)
    assert "ptp0" not in text
    assert "ptp1" not in text


def test_before_chrony_3_3_the_refclock_has_no_stratum() -> None:
    plan = plan_for(recorded("azure-ubuntu-18.04"), mode="host_only")
    assert sources(text_of(plan, "/etc/chrony/chrony.conf")) == [DOCUMENTED]
    assert (
        "The refclock has no stratum: chrony 3.2 does not know it, 3.3 does."
        in plan.skipped
    )


def test_from_chrony_4_9_a_missing_device_is_chronys_own_business() -> None:
    plan = plan_for(
        with_chrony(recorded("azure-debian-12-fragment"), "4.9"), mode="host_only"
    )
    assert sources(text_of(plan, "/chrony.conf")) == [
        f"{DOCUMENTED} stratum 2 optional"
    ]
    assert not [file for file in plan.files if "no-host-clock" in file.path]
    assert "ExecStartPre" not in text_of(plan, ".service.d/vmtime.conf")


def test_before_chrony_4_9_a_second_file_does_without_the_clock() -> None:
    plan = plan_for(
        recorded("azure-debian-12-fragment"), mode="external", ntp_servers=TWO
    )
    with_clock = text_of(plan, "/etc/chrony/chrony.conf")
    without = text_of(plan, "/etc/chrony/chrony.no-host-clock.conf")
    gone = set(directives(with_clock)) - set(directives(without))
    assert gone == {f"{DOCUMENTED} stratum 2"}
    drop_in = text_of(plan, "/chrony.service.d/vmtime.conf")
    assert "-f /etc/chrony/chrony.no-host-clock.conf" in drop_in
    assert "Wants=dev-ptp_hyperv.device" in drop_in
    assert "Requires=dev" not in drop_in


def test_a_clock_that_comes_late_has_chrony_start_again() -> None:
    rules = text_of(plan_for(recorded("azure-rocky-9")), "70-vmtime-ptp.rules")
    link, again = directives(rules)
    assert 'SYMLINK+="ptp_hyperv"' in link
    assert "ACTION" not in link
    assert again.startswith('ACTION=="add", ')
    assert 'ATTR{clock_name}=="hyperv"' in again
    assert again.endswith(
        'RUN+="/bin/systemctl --no-block try-restart chronyd.service"'
    )


def test_default_prefers_ntp_and_has_the_host_clock_beside_it() -> None:
    text = text_of(
        plan_for(recorded("azure-debian-12-fragment")), "/etc/chrony/chrony.conf"
    )
    assert sources(text) == [
        "pool 2.debian.pool.ntp.org iburst prefer maxpoll 6",
        f"{DOCUMENTED} stratum 2",
    ]
    # servers of DHCP and of the administrator's folder stay welcome
    assert "sourcedir /run/chrony-dhcp" in text
    assert directives(text)[-1] == "confdir /etc/chrony/conf.d"


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        ("ntp", ["server 10.0.0.1 iburst prefer maxpoll 6", DOCUMENTED + " stratum 2"]),
        (
            "host",
            ["server 10.0.0.1 iburst maxpoll 6", DOCUMENTED + " stratum 2 prefer"],
        ),
        ("none", ["server 10.0.0.1 iburst maxpoll 6", DOCUMENTED + " stratum 2"]),
    ],
)
def test_prefer(prefer: str, expected: list[str]) -> None:
    plan = plan_for(
        recorded("azure-rocky-9"), mode="external", ntp_servers=TWO[:1], prefer=prefer
    )
    assert sources(text_of(plan, "/etc/chrony.conf")) == expected


FAST = (
    "refclock PHC /dev/ptp_hyperv poll -1 dpoll -3 offset 0 stratum 2"
    " maxsamples 4 maxdispersion 1"
)


@pytest.mark.parametrize(
    ("refclock", "expected"),
    [
        ({}, FAST),
        ({"trust": True}, f"{FAST} trust"),
        ({"poll": 0}, FAST.replace("poll -1", "poll 0", 1)),
        ({"maxsamples": 6}, FAST.replace("maxsamples 4", "maxsamples 6")),
        ({"maxdispersion": 0.5}, FAST.replace("dispersion 1", "dispersion 0.5")),
    ],
)
def test_a_single_value_wins_over_the_profile(
    refclock: dict[str, t.Any], expected: str
) -> None:
    plan = plan_for(
        recorded("azure-rocky-9"),
        mode="host_only",
        host_clock_profile="fast",
        refclock=refclock,
    )
    assert sources(text_of(plan, "/etc/chrony.conf")) == [expected]


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ({}, "iburst prefer minpoll 3 maxpoll 3"),
        ({"minpoll": 5}, "iburst prefer minpoll 5 maxpoll 5"),
        ({"maxpoll": 10}, "iburst prefer maxpoll 10"),
        ({"pool": True}, "iburst prefer maxpoll 6"),
    ],
)
def test_fast_polls_the_servers_that_the_user_names(
    server: dict[str, t.Any], expected: str
) -> None:
    plan = plan_for(
        recorded("azure-rocky-9"),
        mode="external",
        host_clock_profile="fast",
        ntp_servers=[{"hostname": "ntp.example.com", **server}],
    )
    kind = "pool" if server.get("pool") else "server"
    assert sources(text_of(plan, "/etc/chrony.conf")) == [
        f"{kind} ntp.example.com {expected}",
        FAST,
    ]


def test_fast_does_not_poll_a_public_pool_more_often() -> None:
    plan = plan_for(recorded("azure-debian-12-fragment"), host_clock_profile="fast")
    assert sources(text_of(plan, "/etc/chrony/chrony.conf")) == [
        "pool 2.debian.pool.ntp.org iburst prefer maxpoll 6",
        FAST,
    ]


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({}, None),
        ({"host_clock_profile": "documented"}, None),
        (
            {
                "host_clock_profile": "documented",
                "ntp_servers": [{"hostname": "10.0.0.3", "maxpoll": 10}],
            },
            "1024",
        ),
        ({"refclock": {"trust": True}}, None),
        ({"ntp_servers": TWO}, None),
        ({"host_clock": "ignore"}, None),
        ({"mode": "host_only"}, None),
    ],
)
def test_servers_beside_the_host_clock_that_are_polled_seldom(
    options: dict[str, t.Any], seconds: str | None
) -> None:
    plan = plan_for(
        recorded("azure-debian-12-fragment"),
        **{"host_clock_profile": "fast", **options},
    )
    told = [text for text in plan.warnings if "is polled every" in text]
    assert [f"every {seconds} s" in text for text in told] == [True] * bool(seconds)


@pytest.mark.parametrize(
    ("options", "rechecks"),
    [
        ({}, True),
        ({"ntp_servers": [*TWO, {"hostname": "10.0.0.3", "maxpoll": 10}]}, True),
        ({"ntp_servers": TWO}, True),
        ({"refclock": {"trust": True}}, False),
        ({"mode": "host_only"}, False),
        ({"host_clock": "ignore"}, False),
        ({"host_clock_profile": "documented"}, False),
    ],
)
def test_fast_asks_all_sources_anew_when_the_host_clock_is_not_followed(
    options: dict[str, t.Any], rechecks: bool
) -> None:
    plan = plan_for(
        recorded("azure-debian-12-fragment"),
        **{"host_clock_profile": "fast", **options},
    )
    unit = "vmtime-recheck.service"
    assert (unit in [Path(file.path).name for file in plan.files]) == rechecks
    # the last one is verified
    assert plan.start == ((unit,) if rechecks else ()) + ("chrony.service",)
    if rechecks:
        assert f"Wants={unit}" in text_of(plan, "/chrony.service.d/vmtime.conf")
        assert "PartOf=chrony.service" in text_of(plan, unit)


@pytest.mark.parametrize(
    ("profile", "options", "advice"),
    [
        (
            "documented",
            {"ntp_servers": [*TWO, {"hostname": "10.0.0.3", "maxpoll": 10}]},
            "Give it a maxpoll of 6 or less",
        ),
        (
            "fast",
            {"ntp_servers": [{"hostname": "pool.example.com", "pool": True}]},
            "Give it a maxpoll of 3 or less",
        ),
        ("fast", {}, "Name servers of your own in ntp_servers"),
    ],
)
def test_whoever_has_named_servers_is_not_told_to_name_servers(
    profile: str, options: dict[str, t.Any], advice: str
) -> None:
    # its chrony is older than what asks all sources anew
    host = recorded("azure-ubuntu-18.04")
    plan = plan_for(host, host_clock_profile=profile, **options)
    (told,) = [text for text in plan.warnings if "is polled every" in text]
    assert told.endswith(f"{advice}, or set trust in refclock.")


def test_an_old_chrony_can_not_ask_all_sources_anew() -> None:
    plan = plan_for(recorded("azure-ubuntu-18.04"), host_clock_profile="fast")
    assert plan.start == ("chrony.service",)
    assert any("is polled every 64 s" in text for text in plan.warnings)


def test_what_asks_anew_goes_with_the_profile() -> None:
    before = plan_for(recorded("azure-debian-12-fragment"), host_clock_profile="fast")
    unit = "vmtime-recheck.service"
    host = recorded("azure-debian-12-fragment")
    path = f"/etc/systemd/system/{unit}"
    host = replace(
        host,
        files={**host.files, path: ObservedFile(text_of(before, unit), None)},
        units={**host.units, unit: ObservedUnit("loaded", "active", "static")},
    )
    plan = plan_for(host)
    assert PlannedFile(path, "no longer needed") in plan.files
    assert {unit: False} == {u.name: u.wanted for u in plan.units if u.name == unit}


def test_a_profile_leaves_out_what_an_old_chrony_lacks() -> None:
    plan = plan_for(
        recorded("azure-ubuntu-18.04"), mode="host_only", host_clock_profile="fast"
    )
    assert sources(text_of(plan, "/etc/chrony/chrony.conf")) == [
        FAST.replace(" stratum 2", "")
    ]
    assert (
        "The refclock has no stratum: chrony 3.2 does not know it, 3.3 does."
        in plan.skipped
    )


@pytest.mark.parametrize("mode", ["default", "host_only"])
def test_fast_follows_no_source_that_varies_as_much_as_after_a_pause(mode: str) -> None:
    fast = {"mode": mode, "host_clock_profile": "fast"}
    limit = "maxjitter 0.1"
    plan = plan_for(recorded("azure-rocky-9"), **fast)
    lines = directives(text_of(plan, "/etc/chrony.conf"))
    assert limit in lines
    # the user has the last word
    plan = plan_for(
        recorded("azure-rocky-9"), **fast, chrony_custom_settings=["maxjitter 1"]
    )
    lines = directives(text_of(plan, "/etc/chrony.conf"))
    assert lines.index(limit) < lines.index("maxjitter 1")
    plan = plan_for(recorded("azure-rocky-9"), mode=mode)
    assert "maxjitter" not in text_of(plan, "/etc/chrony.conf")


def test_without_a_host_clock_a_profile_limits_no_jitter() -> None:
    plan = plan_for(host_of("rocky", "9"), host_clock_profile="fast")
    assert "maxjitter" not in text_of(plan, "/etc/chrony.conf")


def test_an_old_chrony_knows_no_limit_of_jitter() -> None:
    plan = plan_for(host_of("ubuntu", "16.04", HYPERV), host_clock_profile="fast")
    assert "maxjitter" not in text_of(plan, "/etc/chrony/chrony.conf")
    told = [text for text in plan.skipped if "maxjitter" in text]
    assert told == ["There is no maxjitter: chrony 2.1.1 does not know it, 3.0 does."]


def test_the_rule_knows_the_clock_by_its_pattern() -> None:
    aws = ObservedClock("ena-ptp-05", "aws", "/dev/ptp_ena")
    plan = plan_for(host_of("amzn", "2023", aws), mode="host_only")
    assert 'ATTR{clock_name}=="ena-ptp-*", SYMLINK+="ptp_ena"' in text_of(
        plan, ".rules"
    )


@pytest.mark.parametrize(
    ("systemd", "prefix"), [(219, "-/bin/sh"), (252, "-+/bin/sh"), (None, "-+/bin/sh")]
)
def test_the_choice_at_boot_is_made_by_root(systemd: int | None, prefix: str) -> None:
    host = replace(recorded("azure-debian-12-fragment"), systemd_version=systemd)
    assert prefix in text_of(plan_for(host), "/chrony.service.d/vmtime.conf")


@pytest.mark.parametrize("name", ["bare-leap-15.6", "azure-rocky-9"])
@pytest.mark.parametrize("mode", ["default", "host_only"])
def test_an_image_uses_whichever_host_clock_is_there_at_boot(
    name: str, mode: str
) -> None:
    plan = plan_for(recorded(name), mode=mode, host_clock="any")
    assert plan.reasons["host_clock"].startswith("host_clock is any: ")
    assert sources(text_of(plan, "/chrony.conf"))[-1].startswith(
        "refclock PHC /dev/ptp_host "
    )
    rules = directives(text_of(plan, "/70-vmtime-ptp.rules"))
    names = "hyperv|KVM virtual PTP|ptp_vmw|ena-ptp-*"
    assert rules[0].startswith(f'SUBSYSTEM=="ptp", ATTR{{clock_name}}=="{names}')
    assert 'SYMLINK+="ptp_host"' in rules[0]
    # Microsoft's test of images looks for this one
    assert (
        'SUBSYSTEM=="ptp", ATTR{clock_name}=="hyperv", SYMLINK+="ptp_hyperv"' in rules
    )
    assert "kmod load ptp_kvm" in rules[-1]
    assert text_of(plan, "/dev-ptp_host.device.d/vmtime.conf")
    # a boot without any of them
    assert "test -c /dev/ptp_host || " in text_of(plan, ".service.d/vmtime.conf")


def test_a_host_that_has_its_clock_loads_no_driver() -> None:
    plan = plan_for(recorded("azure-rocky-9"), mode="host_only")
    assert "kmod" not in text_of(plan, "/70-vmtime-ptp.rules")
