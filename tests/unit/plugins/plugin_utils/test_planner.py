# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modes of the table rows: what a host gets, and what it is refused."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._host import sha256
from ansible_collections.vmtime.linux.plugins.plugin_utils import fragments
from ansible_collections.vmtime.linux.plugins.plugin_utils.compare import (
    Changes,
    compare,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.observation import (
    Observation,
    ObservedClock,
    ObservedFile,
    ObservedUnit,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.plan import (
    Plan,
    PlanError,
    PlannedUnit,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.planner import make_plan
from ansible_collections.vmtime.linux.plugins.plugin_utils.platforms import (
    PLATFORMS,
    Platform,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils.report import transaction
from ansible_collections.vmtime.linux.plugins.plugin_utils.request import Request
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
    recorded,
    with_chrony,
)

DOCUMENTED = "refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0"
TWO = [{"hostname": "10.0.0.1"}, {"hostname": "10.0.0.2"}]


def plan_for(observation: Observation, **options: t.Any) -> Plan:
    return make_plan(Request.from_options(options), observation)


def text_of(plan: Plan, ending: str) -> str:
    (text,) = [file.text for file in render(plan) if file.path.endswith(ending)]
    assert text is not None
    return text


def directives(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def sources(text: str) -> list[str]:
    return [
        line
        for line in directives(text)
        if line.split()[0] in ("server", "pool", "refclock")
    ]


def test_the_host_clock_is_named_by_its_link_and_not_its_number() -> None:
    text = text_of(
        plan_for(recorded("azure-rocky-9"), mode="host_only"), "/etc/chrony.conf"
    )
    assert sources(text) == [f"{DOCUMENTED} stratum 2"]
    assert "makestep 1.0 -1" in directives(text)
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


FAST = "refclock PHC /dev/ptp_hyperv poll -1 dpoll -3 offset 0 stratum 2 maxsamples 4"


@pytest.mark.parametrize(
    ("refclock", "expected"),
    [
        ({}, FAST),
        ({"trust": True}, f"{FAST} trust"),
        ({"poll": 0, "maxsamples": 6}, FAST.replace("poll -1", "poll 0", 1)[:-1] + "6"),
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
        ({}, "64"),
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
        ({"ntp_servers": [*TWO, {"hostname": "10.0.0.3", "maxpoll": 10}]}, "1024"),
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


def test_external_reads_no_other_sources() -> None:
    plan = plan_for(
        recorded("azure-debian-12-fragment"), mode="external", ntp_servers=TWO
    )
    assert "sourcedir" not in text_of(plan, "/etc/chrony/chrony.conf")
    assert directives(text_of(plan, "/conf.d/azure.conf")) == ["maxdistance 16.0"]
    assert not plan.any_source


def test_external_without_host_clock() -> None:
    plan = plan_for(
        recorded("azure-rocky-9"), mode="external", ntp_servers=TWO, host_clock="ignore"
    )
    text = text_of(plan, "/etc/chrony.conf")
    assert sources(text) == ["server 10.0.0.1 iburst", "server 10.0.0.2 iburst"]
    assert plan.reasons["host_clock"] == "host_clock is ignore."


def test_a_pool_in_a_fragment_is_silenced_and_speaks_again() -> None:
    leap = recorded("bare-leap-15.6")
    plan = plan_for(leap, mode="external", ntp_servers=TWO)
    silent = text_of(plan, "/etc/chrony.d/pool.conf")
    assert directives(silent) == []
    file = ObservedFile(silent, sha256(silent.encode()))
    later = replace(leap, files={**leap.files, "/etc/chrony.d/pool.conf": file})
    back = text_of(plan_for(later), "/etc/chrony.d/pool.conf")
    assert back == leap.files["/etc/chrony.d/pool.conf"].text


def test_an_include_without_match_would_be_fatal_so_confdir_is_used() -> None:
    text = text_of(plan_for(recorded("bare-leap-15.6")), "/etc/chrony.conf")
    assert "confdir /etc/chrony.d" in directives(text)
    assert "include" not in text


@pytest.mark.parametrize(
    ("host", "options", "sentence"),
    [
        (
            "kvm-debian-13",
            {"install": False},
            "install: false, but chrony is not installed on this host.",
        ),
        (
            "bare-fedora-nic",
            {"mode": "host_only"},
            "mode: host_only has nothing to sync from: No PTP clock is one of a hypervisor:"
            " /dev/ptp0 'igb: not a host clock'.",
        ),
        (
            "bare-leap-15.6",
            {"host_clock": "require"},
            "host_clock: require is not met: The host has no PTP clock.",
        ),
        (
            "hyperv-ubuntu-16.04",
            {"mode": "host_only"},
            "mode: host_only has nothing to sync from: The host has no PTP clock. Hyper-V offers"
            " its time-sync service, but this kernel makes no PTP clock of it (it takes 4.11, or"
            " 3.10.0-693 on EL 7).",
        ),
        (
            "empty",
            {},
            "a host without os-release is a distribution that is not in the table, nor is one of"
            " its ID_LIKE (none).",
        ),
        (
            "hyperv-ubuntu-16.04",
            {"mode": "external", "ntp_servers": [{"hostname": "a", "xleave": True}]},
            "ntp_servers: xleave of a needs chrony 3.0, the host has 2.1.1.",
        ),
        (
            "azure-ubuntu-18.04",
            {"refclock": {"stratum": 3}},
            "refclock: stratum needs chrony 3.3, the host has 3.2.",
        ),
        (
            "azure-ubuntu-18.04",
            {"chrony_custom_settings": ["authselectmode require"]},
            "chrony_custom_settings: authselectmode needs chrony 4.0, the host has 3.2.",
        ),
    ],
)
def test_what_a_host_cannot_do_is_refused(
    host: str, options: dict[str, t.Any], sentence: str
) -> None:
    with pytest.raises(PlanError) as caught:
        plan_for(recorded(host), **options)
    assert str(caught.value) == sentence


def test_a_fragment_brings_no_source_in_by_another_folder() -> None:
    text = "sourcedir /etc/site\nINCLUDE /etc/site.conf\nmaxdistance 16\ninitstepslew 10 a\n"
    assert directives(fragments.silence(text, fragments.SOURCES)) == ["maxdistance 16"]


def test_a_fragment_that_is_no_text_is_refused_and_not_damaged() -> None:
    host = recorded("azure-debian-12-fragment")
    odd = ObservedFile(None, "0" * 64)
    host = replace(host, files={**host.files, "/etc/chrony/conf.d/odd.conf": odd})
    with pytest.raises(
        PlanError, match=r"/etc/chrony/conf\.d/odd\.conf can't be read as text"
    ):
        plan_for(host, mode="host_only")


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


def test_servers_in_files_of_their_own_are_warned_of() -> None:
    fresh = host_of("ubuntu", "26.04")
    assert "No source is planned" in plan_for(fresh).warnings[0]
    path = "/etc/chrony/sources.d/ubuntu-ntp-pools.sources"
    pools = ObservedFile("pool 1.ntp.ubuntu.com iburst\n", "0" * 64)
    assert not plan_for(replace(fresh, files={path: pools})).warnings
    beside = plan_for(replace(host_of("ubuntu", "26.04", HYPERV), files={path: pools}))
    assert "neither prefer nor maxpoll" in beside.warnings[0]


def test_an_installed_chrony_of_unknown_version_gets_nothing_newer_than_it_may_know() -> (
    None
):
    host = with_chrony(host_of("debian", None, HYPERV), "4.9")
    daemon = replace(host.daemons["chrony"], version=None)
    plan = plan_for(replace(host, daemons={**host.daemons, "chrony": daemon}))
    assert "optional" not in text_of(plan, "/chrony.conf")


@pytest.mark.parametrize(
    ("enabled", "active", "changes"),
    [
        ("enabled", "active", False),
        ("static", "active", False),
        ("generated", "active", False),
        ("enabled-runtime", "active", True),
        ("disabled", "active", True),
        ("enabled", "failed", True),
    ],
)
def test_when_the_planned_unit_is_right(
    enabled: str, active: str, changes: bool
) -> None:
    host = with_chrony(recorded("kvm-debian-13"), "4.6.1")
    unit = ObservedUnit("loaded", active, enabled)
    host = replace(host, units={"chrony.service": unit})
    plan = plan_for(host)
    assert bool(compare(plan, (), host).units) == changes


@pytest.mark.parametrize(
    ("load", "enabled", "active", "changes"),
    [
        ("loaded", "disabled", "inactive", False),
        ("loaded", "generated", "inactive", False),
        ("loaded", "enabled", "inactive", True),
        ("loaded", "generated", "active", True),
        ("masked", "masked", "inactive", False),
        ("masked", "masked", "active", True),
    ],
)
def test_when_another_client_is_right(
    load: str, enabled: str, active: str, changes: bool
) -> None:
    host = with_chrony(recorded("kvm-debian-13"), "4.6.1")
    units = {**host.units, "ntp.service": ObservedUnit(load, active, enabled)}
    host = replace(host, units=units)
    assert bool(compare(plan_for(host), (), host).units) == changes


def test_only_root_sees_all_that_is_needed() -> None:
    with pytest.raises(PlanError, match="use become"):
        plan_for(replace(recorded("kvm-debian-13"), privileged=False))


def test_a_masked_unit_is_left_to_who_masked_it() -> None:
    host = with_chrony(recorded("kvm-debian-13"), "4.6.1")
    masked = ObservedUnit("masked", "inactive", "masked")
    with pytest.raises(PlanError, match=r"chrony\.service is masked"):
        plan_for(replace(host, units={"chrony.service": masked}))
    plan = plan_for(replace(host, units={**host.units, "ntp.service": masked}))
    assert [unit.name for unit in plan.units] == ["chrony.service"]


def test_the_transaction_starts_the_units_in_order_and_verifies_the_last() -> None:
    plan = plan_for(with_chrony(recorded("kvm-debian-13"), "4.6.1"))
    feeder = PlannedUnit("feeder.service", True, "for a test")
    wanted = transaction(
        Request(), replace(plan, units=(feeder, *plan.units)), Changes((), ()), {}
    )
    assert wanted["start"] == ["feeder.service", "chrony.service"]
    assert wanted["verify"]["provider"] == "chrony"
    without = transaction(
        Request(), replace(plan, units=(), provider=None), Changes((), ()), {}
    )
    assert without["start"] == []
    assert without["verify"] is None


def test_a_host_clock_beside_one_server_is_warned_of() -> None:
    plan = plan_for(recorded("azure-rocky-9"), mode="external", ntp_servers=TWO[:1])
    assert "exactly one server" in plan.warnings[0]
    assert not plan_for(
        recorded("azure-rocky-9"), mode="external", ntp_servers=TWO
    ).warnings


def test_a_package_that_is_missing_is_planned_as_the_distribution_ships_it() -> None:
    plan = plan_for(recorded("kvm-debian-13"))
    assert plan.packages == ("chrony",)
    assert plan.reasons["provider"].endswith(
        "chrony is not installed yet, so it is planned as version 4.6.1, which Debian 13 ships."
    )


def test_a_host_that_is_right_has_nothing_to_change() -> None:
    host = with_chrony(recorded("azure-rocky-9"), "4.6.1", "chronyd.service")
    plan = plan_for(host, mode="host_only")
    changes = compare(plan, render(plan), host)
    assert changes
    assert [change.path for change in changes.files if change.keep_original] == [
        "/etc/chrony.conf"
    ]
    after = {
        change.path: ObservedFile(change.after, sha256(change.after.encode()))
        for change in changes.files
        if change.after is not None
    }
    again = replace(host, files={**host.files, **after})
    plan = plan_for(again, mode="host_only")
    assert not compare(plan, render(plan), again)
    # and what the host clock needed goes when it is no longer wanted
    plan = plan_for(again, mode="external", ntp_servers=TWO, host_clock="ignore")
    gone = [file.path for file in render(plan) if file.text is None]
    assert sorted(gone) == [
        "/etc/chrony.no-host-clock.conf",
        "/etc/systemd/system/chronyd.service.d/vmtime.conf",
        "/etc/systemd/system/dev-ptp_hyperv.device.d/vmtime.conf",
        "/etc/udev/rules.d/70-vmtime-ptp.rules",
    ]


def test_another_client_is_stopped_and_disabled() -> None:
    host = with_chrony(recorded("kvm-debian-13"), "4.6.1")
    other = ObservedUnit("loaded", "active", "disabled")
    host = replace(host, units={**host.units, "ntpsec.service": other})
    plan = plan_for(host)
    changes = compare(plan, render(plan), host)
    assert [(unit.name, unit.after) for unit in changes.units] == [
        ("ntpsec.service", "disabled, inactive")
    ]


# From chrony's NEWS: the words that rendered files use, and the version each is from. Written
# down a second time on purpose, so that a wrong row of the gate is found.
SINCE = {
    "confdir": (4, 0),
    "leapseclist": (4, 6),
    "maxdistance": (2, 2),
    "ntsdumpdir": (4, 0),
    "optional": (4, 9),
    "sourcedir": (4, 0),
    "stratum": (3, 3),
}
ANCIENT = [
    "cmdport",
    "dpoll",
    "driftfile",
    "dumpdir",
    "iburst",
    "keyfile",
    "leapsectz",
    "logdir",
    "makestep",
    "maxpoll",
    "maxsources",
    "maxupdateskew",
    "minpoll",
    "offset",
    "poll",
    "pool",
    "prefer",
    "refclock",
    "rtcsync",
    "server",
]
VERSIONS = ["2.1.1", "3.0", "3.2", "3.4", "3.5", "4.0", "4.5", "4.6.1", "4.8", "4.9"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("row", PLATFORMS, ids=lambda row: row.name)
@pytest.mark.parametrize("mode", ["default", "host_only", "external"])
def test_no_row_renders_a_word_that_its_chrony_does_not_know(
    row: Platform, version: str, mode: str
) -> None:
    host = with_chrony(host_of(row.id, row.version, HYPERV), version, row.chrony.unit)
    plan = plan_for(host, mode=mode, ntp_servers=TWO if mode == "external" else [])
    numbers = tuple(map(int, version.split(".")))
    for line in directives(text_of(plan, row.chrony.conf)):
        for word in line.split():
            if word.isalpha() and word.islower():
                assert word in ANCIENT or numbers >= SINCE[word], line


@pytest.mark.parametrize("row", PLATFORMS, ids=lambda row: row.name)
def test_every_planned_path_is_one_that_is_observed(row: Platform) -> None:
    """Else a second run would not see what the first one wrote."""
    from fnmatch import fnmatchcase

    from ansible_collections.vmtime.linux.plugins.module_utils import _daemons

    patterns = [*_daemons.DAEMONS[0].files, *_daemons.HOST_CLOCK_FILES]
    plan = plan_for(host_of(row.id, row.version, HYPERV))
    for file in plan.files:
        assert [
            pattern
            for pattern in patterns
            if fnmatchcase(file.path, pattern)
            and file.path.count("/") == pattern.count("/")
        ], file.path
