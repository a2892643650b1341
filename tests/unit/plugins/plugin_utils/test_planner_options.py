# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options beside mode and servers: what each makes of the files, and where it is refused."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils import _daemons
from ansible_collections.vmtime.linux.plugins.module_utils._host import sha256
from ansible_collections.vmtime.linux.plugins.plugin_utils.compare import compare
from ansible_collections.vmtime.linux.plugins.plugin_utils.observation import (
    Observation,
    ObservedClock,
    ObservedFile,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.options import RequestError
from ansible_collections.vmtime.linux.plugins.plugin_utils.plan import Plan, PlanError
from ansible_collections.vmtime.linux.plugins.plugin_utils.planner import make_plan
from ansible_collections.vmtime.linux.plugins.plugin_utils.platforms import (
    PLATFORMS,
    Platform,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.render import (
    render,
    render_keys,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.request import Request
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    KVM,
    host_of,
    recorded,
    with_chrony,
)

TWO = [{"hostname": "10.0.0.1"}, {"hostname": "10.0.0.2"}]
KEYED = [{"hostname": "10.0.0.1", "key": "10 SHA1 ASCII:hushhush"}]
GOOGLE = [{"hostname": "time1.google.com"}, {"hostname": "time2.google.com"}]


def plan_for(observation: Observation, **options: t.Any) -> Plan:
    return make_plan(Request.from_options(options), observation)


def text_of(plan: Plan, path: str) -> str:
    (text,) = [file.text for file in render(plan) if file.path == path]
    assert text is not None
    return text


def directives(plan: Plan, path: str) -> list[str]:
    lines = text_of(plan, path).splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def host(
    distribution: str,
    version_id: str | None,
    chrony: str,
    clock: ObservedClock | None = None,
) -> Observation:
    unit = "chrony.service" if distribution in ("debian", "ubuntu") else None
    return with_chrony(
        host_of(distribution, version_id, clock), chrony, unit or "chronyd.service"
    )


DEBIAN, DEBIAN_CONF = host("debian", "12", "4.3"), "/etc/chrony/chrony.conf"
ROCKY, ROCKY_CONF = host("rocky", "9", "4.6.1"), "/etc/chrony.conf"
SUSE = host("sles", "15", "4.1")
CENTOS_7 = host("centos", "7", "3.4")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"min_sources": 2}, "minsources 2"),
        ({"max_distance": 16}, "maxdistance 16"),
        ({"max_distance": 0.25}, "maxdistance 0.25"),
        ({"leapsec_mode": "slew"}, "leapsecmode slew"),
        ({"ntp_hwts_interfaces": ["eth0"]}, "hwtimestamp eth0"),
        ({"ntp_hwts_interfaces": ["*"]}, "hwtimestamp *"),
        ({"step_threshold": 0.5, "step_limit": 3}, "makestep 0.5 3"),
        ({"step_threshold": -1.0}, "makestep 1.0 -1"),
    ],
)
def test_an_option_is_a_directive(options: dict[str, t.Any], line: str) -> None:
    usual = directives(plan_for(DEBIAN, ntp_servers=TWO), DEBIAN_CONF)
    lines = directives(plan_for(DEBIAN, ntp_servers=TWO, **options), DEBIAN_CONF)
    assert line in lines
    assert {*lines} - {*usual} <= {line}


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ({"nts": True}, "server a iburst nts"),
        ({"key": "10"}, "server a iburst key 10"),
        ({"key": "10 SHA1 ASCII:x"}, "server a iburst key 10"),
        ({"filter": 1}, "server a iburst"),
        ({"filter": 2}, "server a iburst filter 2"),
        ({"smeared": True}, "server a iburst"),
    ],
)
def test_an_option_of_a_server(entry: dict[str, t.Any], line: str) -> None:
    plan = plan_for(DEBIAN, ntp_servers=[{"hostname": "a", **entry}])
    assert [source.line for source in plan.sources] == [line]


def test_the_distributions_own_value_gives_way() -> None:
    azure_linux = host("azurelinux", "3.0", "4.5")
    usual = directives(plan_for(azure_linux), ROCKY_CONF)
    assert "maxdistance 16.0" in usual
    lines = directives(plan_for(azure_linux, max_distance=5), ROCKY_CONF)
    assert [line for line in lines if line.startswith("maxdistance")] == [
        "maxdistance 5"
    ]


def test_no_step_ever_is_warned_of() -> None:
    plan = plan_for(DEBIAN, step_threshold=0)
    assert not [
        line for line in directives(plan, DEBIAN_CONF) if line.startswith("makestep")
    ]
    assert "step_threshold: 0 forbids every step" in plan.warnings[0]


def test_hardware_timestamps_keep_up_with_the_polls() -> None:
    fast = [{"hostname": "a", "minpoll": -3}, {"hostname": "b", "minpoll": 2}]
    options: dict[str, t.Any] = {"ntp_servers": fast, "ntp_hwts_interfaces": ["eth0"]}
    assert "hwtimestamp eth0 minpoll -3" in directives(
        plan_for(DEBIAN, **options), DEBIAN_CONF
    )
    old = host("debian", "9", "3.0")
    assert "hwtimestamp eth0" in directives(plan_for(old, **options), DEBIAN_CONF)


@pytest.mark.parametrize(
    ("host_", "options", "sentence"),
    [
        (
            CENTOS_7,
            {"ntp_servers": [{"hostname": "a", "nts": True}]},
            "ntp_servers: nts of a needs chrony 4.0, the host has 3.4.",
        ),
        (
            CENTOS_7,
            {"ntp_servers": [{"hostname": "a", "key": f"1 AES128 HEX:{'00' * 16}"}]},
            "ntp_servers: a key of type AES128 needs chrony 4.0, the host has 3.4.",
        ),
        (
            host("ubuntu", "16.04", "2.1.1"),
            {"max_distance": 16},
            "max_distance needs chrony 2.2, the host has 2.1.1.",
        ),
        (
            host("ubuntu", "16.04", "2.1.1"),
            {"ntp_hwts_interfaces": ["eth0"]},
            "ntp_hwts_interfaces needs chrony 3.0, the host has 2.1.1.",
        ),
        (
            host("ubuntu", "16.04", "2.1.1"),
            {"ntp_ip_family": "IPv4"},
            "ntp_ip_family: IPv4 is an option of chronyd's unit, and on Ubuntu 16.04 a script of"
            " System V starts chrony, from Ubuntu 18.04 on a unit.",
        ),
        (
            DEBIAN,
            {"ntp_servers": TWO, "min_sources": 3},
            "min_sources: 3 is more than the planned sources can be, which is 2, so the clock would"
            " never be set.",
        ),
        (
            host("debian", "12", "4.3", HYPERV),
            {"ntp_servers": TWO, "min_sources": 4},
            "min_sources: 4 is more than the planned sources can be, which is 3, so the clock would"
            " never be set.",
        ),
        (
            DEBIAN,
            {"ntp_servers": [{"hostname": "a", "pool": True}], "min_sources": 5},
            "min_sources: 5 is more than the planned sources can be, which is 4, so the clock would"
            " never be set.",
        ),
        (
            DEBIAN,
            {"ntp_servers": [*GOOGLE, *TWO]},
            "ntp_servers: time1.google.com, time2.google.com smear leap seconds and 10.0.0.1,"
            " 10.0.0.2 do not, and a host must not follow both. Name one kind, or tell with smeared"
            " what a server really does.",
        ),
        (
            host("debian", "12", "4.3", HYPERV),
            {"ntp_servers": GOOGLE},
            "ntp_servers: time1.google.com, time2.google.com smear leap seconds and the host clock"
            " /dev/ptp_hyperv do not, and a host must not follow both. Name one kind, or tell with"
            " smeared what a server really does; host_clock: ignore leaves the host clock out.",
        ),
        (
            DEBIAN,
            {"ntp_servers": GOOGLE, "chrony_custom_settings": ["leapsectz right/UTC"]},
            "chrony_custom_settings: leapsectz tells chrony of leap seconds, and servers that smear"
            " them are not to be corrected once more.",
        ),
    ],
)
def test_what_a_host_cannot_honour_is_refused(
    host_: Observation, options: dict[str, t.Any], sentence: str
) -> None:
    with pytest.raises(PlanError) as caught:
        plan_for(host_, **options)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"ptp_domains": [{"number": 0, "interfaces": ["eth0"]}]},
            "ptp_domains: PTP over the network is not supported, only the clock that a hypervisor"
            " gives. Take the role that configures linuxptp for these hosts, or give up"
            " ptp_domains.",
        ),
        (
            {"ntp_hwts_interfaces": ["eth0 minpoll 3"]},
            "ntp_hwts_interfaces[0]: 'eth0 minpoll 3' is neither the name of a network interface"
            " nor '*'.",
        ),
        (
            {"ntp_ip_family": "IPv4", "ntp_servers": [{"hostname": "2001:db8::1"}]},
            "ntp_servers[0].hostname: 2001:db8::1 is an address of IPv6, and ntp_ip_family is"
            " IPv4.",
        ),
        (
            {"mode": "host_only", "dhcp_ntp_servers": True},
            "dhcp_ntp_servers: mode host_only follows no servers, those of DHCP neither.",
        ),
        (
            {"mode": "host_only", "min_sources": 2},
            "min_sources: 2 is more than the one source of mode host_only.",
        ),
        (
            {"min_sources": 0},
            "min_sources: 0 is out of range, allowed is 1 to 64.",
        ),
        (
            {"ntp_ip_family": "ipv4"},
            "ntp_ip_family: 'ipv4' is not one of all, IPv4, IPv6.",
        ),
    ],
)
def test_bad_input(options: dict[str, t.Any], sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        Request.from_options(options)
    assert str(caught.value) == sentence


# -- other daemons


def test_ntpd_takes_what_it_has_words_for() -> None:
    options: dict[str, t.Any] = {"provider": "ntp", "ntp_servers": TWO}
    plan = plan_for(host_of("debian", "12"), **options, min_sources=2, max_distance=4)
    lines = directives(plan, "/etc/ntpsec/ntp.conf")
    assert "tos minclock 2 minsane 2 maxdist 4" in lines
    plan = plan_for(host_of("debian", "12"), provider="ntp", dhcp_ntp_servers=False)
    assert "ntp.conf.dhcp" in text_of(
        plan, "/etc/systemd/system/ntpsec.service.d/vmtime.conf"
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("dhcp_ntp_servers", True),
        ("leapsec_mode", "slew"),
        ("ntp_hwts_interfaces", ["eth0"]),
        ("ntp_ip_family", "IPv4"),
        ("ntp_servers", [{"hostname": "a", "nts": True}]),
        ("ntp_servers", KEYED),
        ("min_sources", 3),
    ],
)
@pytest.mark.parametrize("provider", ["ntp", "timesyncd"])
def test_an_option_that_a_daemon_lacks_is_never_dropped(
    provider: str, option: str, value: t.Any
) -> None:
    options = {"ntp_servers": TWO, option: value, "provider": provider}
    with pytest.raises(PlanError) as caught:
        plan_for(host_of("debian", "12"), **options)
    assert option in str(caught.value)
    assert "chrony" in str(caught.value) or option == "min_sources"
    assert "hushhush" not in str(caught.value)


# -- smeared leap seconds


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


def test_the_guard_asks_only_for_what_is_followed() -> None:
    beside = host("debian", "12", "4.3", HYPERV)
    assert plan_for(beside, ntp_servers=GOOGLE, host_clock="ignore")
    assert plan_for(beside, ntp_servers=GOOGLE, mode="host_only")


# -- servers from DHCP


@pytest.mark.parametrize(
    ("options", "folders"),
    [
        ({}, ["/run/chrony-dhcp", "/etc/chrony/sources.d"]),
        ({"dhcp_ntp_servers": True}, ["/run/chrony-dhcp", "/etc/chrony/sources.d"]),
        ({"dhcp_ntp_servers": False}, ["/etc/chrony/sources.d"]),
        ({"ntp_servers": TWO}, []),
        ({"ntp_servers": TWO, "dhcp_ntp_servers": False}, []),
        ({"ntp_servers": TWO, "dhcp_ntp_servers": True}, ["/run/chrony-dhcp"]),
        (
            {"ntp_servers": TWO, "mode": "external", "dhcp_ntp_servers": True},
            ["/run/chrony-dhcp"],
        ),
    ],
)
def test_servers_from_dhcp(options: dict[str, t.Any], folders: list[str]) -> None:
    plan = plan_for(DEBIAN, **options)
    lines = directives(plan, DEBIAN_CONF)
    assert [line for line in lines if line.startswith("sourcedir")] == [
        f"sourcedir {folder}" for folder in folders
    ]
    assert plan.any_source == bool(folders)


def test_an_old_chrony_has_no_folder_for_dhcp() -> None:
    for wanted in (True, False):
        plan = plan_for(CENTOS_7, ntp_servers=TWO, dhcp_ntp_servers=wanted)
        assert "a hook of the DHCP client" in plan.warnings[-1]


# -- authenticated servers


def test_nts_has_a_folder_for_its_keys_and_cookies() -> None:
    nts = [{"hostname": "a", "nts": True}]
    rhel_8 = host("rhel", "8", "4.5")
    assert "ntsdumpdir" not in text_of(plan_for(rhel_8, ntp_servers=TWO), ROCKY_CONF)
    assert "ntsdumpdir /var/lib/chrony" in directives(
        plan_for(rhel_8, ntp_servers=nts), ROCKY_CONF
    )
    lines = directives(plan_for(DEBIAN, ntp_servers=nts), DEBIAN_CONF)
    assert lines.count("ntsdumpdir /var/lib/chrony") == 1


def test_half_of_the_servers_authenticated_is_warned_of() -> None:
    mixed = [{"hostname": "a", "nts": True}, *TWO]
    assert "can't outvote them" in plan_for(DEBIAN, ntp_servers=mixed).warnings[0]
    assert not plan_for(DEBIAN, ntp_servers=mixed[:1]).warnings


@pytest.mark.parametrize(
    ("host_", "conf", "own", "theirs", "group"),
    [
        (
            *(DEBIAN, DEBIAN_CONF),
            *("/etc/chrony/vmtime.keys", "/etc/chrony/chrony.keys", "_chrony"),
        ),
        (
            *(ROCKY, ROCKY_CONF),
            *("/etc/chrony.vmtime.keys", "/etc/chrony.keys", "chrony"),
        ),
        # whose stock file names none
        (
            *(SUSE, ROCKY_CONF),
            *("/etc/chrony.vmtime.keys", "/etc/chrony.keys", "chrony"),
        ),
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
    named = [line for line in directives(plan, conf) if line.startswith("keyfile")]
    assert named == [f"keyfile {own}"]
    # an ID alone is the host's own business
    plan = plan_for(host_, ntp_servers=[{"hostname": "a", "key": "10"}])
    assert own not in [file.path for file in plan.files]
    named = [line for line in directives(plan, conf) if line.startswith("keyfile")]
    assert named == [f"keyfile {theirs}"]


@pytest.mark.parametrize("row", PLATFORMS, ids=lambda row: row.name)
def test_the_key_file_of_every_row_is_observed_as_one(row: Platform) -> None:
    plan = plan_for(host_of(row.id, row.version), ntp_servers=KEYED)
    (file,) = [file for file in plan.files if file.secret]
    assert file.path in _daemons.OWN_KEY_FILES
    assert _daemons.is_key(file.path)


@pytest.mark.parametrize(
    ("permissions", "matches", "shown"),
    [
        (("0640", "root", "_chrony"), True, None),
        (
            *(("0640", "root", "_chrony"), False),
            "(0640, root, _chrony, another content; the keys are not shown)\n",
        ),
        (
            *(("0644", "root", "_chrony"), True),
            "(0640, root, _chrony; the keys are not shown)\n",
        ),
        (
            *(("0640", "root", "root"), True),
            "(0640, root, _chrony; the keys are not shown)\n",
        ),
        (
            *(("0640", "games", "_chrony"), True),
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


# -- the daemon's command line


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
