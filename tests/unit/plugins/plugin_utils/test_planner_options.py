# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options beside mode and servers: what each makes of the files, and where it is refused."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import PlanError
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.options import (
    RequestError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    CENTOS_7,
    DEBIAN,
    DEBIAN_CONF,
    GOOGLE,
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
        ({"step_threshold": -1.0}, "makestep 1 -1"),
    ],
)
def test_an_option_is_a_directive(options: dict[str, t.Any], line: str) -> None:
    usual = directives(text_of(plan_for(DEBIAN, ntp_servers=TWO), DEBIAN_CONF))
    lines = directives(
        text_of(plan_for(DEBIAN, ntp_servers=TWO, **options), DEBIAN_CONF)
    )
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
        # chrony's own minpoll of 6 would lift a shorter maxpoll
        ({"maxpoll": 4}, "server a iburst minpoll 4 maxpoll 4"),
        ({"maxpoll": 6}, "server a iburst maxpoll 6"),
        ({"minpoll": 2, "maxpoll": 4}, "server a iburst minpoll 2 maxpoll 4"),
    ],
)
def test_an_option_of_a_server(entry: dict[str, t.Any], line: str) -> None:
    plan = plan_for(DEBIAN, ntp_servers=[{"hostname": "a", **entry}])
    assert [source.line for source in plan.sources] == [line]


def test_the_distributions_own_value_gives_way() -> None:
    azure_linux = host("azurelinux", "3.0", "4.5")
    usual = directives(text_of(plan_for(azure_linux), ROCKY_CONF))
    assert "maxdistance 16.0" in usual
    lines = directives(text_of(plan_for(azure_linux, max_distance=5), ROCKY_CONF))
    assert [line for line in lines if line.startswith("maxdistance")] == [
        "maxdistance 5"
    ]


def test_no_step_ever_is_warned_of() -> None:
    plan = plan_for(DEBIAN, step_threshold=0)
    assert not [
        line
        for line in directives(text_of(plan, DEBIAN_CONF))
        if line.startswith("makestep")
    ]
    assert "step_threshold: 0 forbids every step" in plan.warnings[0]


def test_a_limit_of_steps_is_warned_of() -> None:
    plan = plan_for(DEBIAN, step_limit=3)
    assert "step_limit: 3 lets chrony step the clock in 3 updates" in plan.warnings[0]


def test_hardware_timestamps_keep_up_with_the_polls() -> None:
    fast = [{"hostname": "a", "minpoll": -3}, {"hostname": "b", "minpoll": 2}]
    options: dict[str, t.Any] = {"ntp_servers": fast, "ntp_hwts_interfaces": ["eth0"]}
    assert "hwtimestamp eth0 minpoll -3" in directives(
        text_of(plan_for(DEBIAN, **options), DEBIAN_CONF)
    )
    options["ntp_servers"] = [{"hostname": "a", "maxpoll": -2}]
    assert "hwtimestamp eth0 minpoll -2" in directives(
        text_of(plan_for(DEBIAN, **options), DEBIAN_CONF)
    )
    old = host("debian", "9", "3.0")
    assert "hwtimestamp eth0" in directives(
        text_of(plan_for(old, **options), DEBIAN_CONF)
    )


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
            "ntp_ip_family: IPv4 is an option of chronyd, and on Ubuntu 16.04 no file gives it"
            " options. Debian 10 and Ubuntu 18.04 are the first that have one.",
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
            "chrony_custom_settings: leapsectz tells the daemon of leap seconds, and sources that"
            " smear them are not to be corrected once more.",
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


NO_BURST = [{**server, "iburst": False} for server in TWO]
FEW_BURSTS = (
    "min_sources is 2, and {} sources have iburst or are the host clock: chrony selects none before"
    " several polls, of 64 s each unless minpoll is less, and verify_timeout is 60."
)


@pytest.mark.parametrize(
    ("where", "servers", "min_sources", "warned"),
    [
        (DEBIAN, [TWO[0], NO_BURST[1]], 1, None),
        (DEBIAN, [TWO[0], NO_BURST[1]], 2, FEW_BURSTS.format(1)),
        (DEBIAN, TWO, 2, None),
        (DEBIAN, [{"hostname": "a", "pool": True}, NO_BURST[1]], 3, None),
        (host("debian", "12", "4.3", HYPERV), NO_BURST, 1, None),
        (host("debian", "12", "4.3", HYPERV), NO_BURST, 2, FEW_BURSTS.format(1)),
    ],
)
def test_too_few_servers_with_iburst_for_min_sources_are_warned_of(
    where: Observation,
    servers: list[dict[str, t.Any]],
    min_sources: int,
    warned: str | None,
) -> None:
    plan = plan_for(where, ntp_servers=servers, min_sources=min_sources)
    found = [text for text in plan.warnings if "iburst" in text]
    assert found == ([warned] if warned else [])


@pytest.mark.parametrize(
    ("where", "provider", "name"),
    [
        (host("debian", "12", "4.3", HYPERV), "chrony", "phc0"),
        (host_of("centos", "7", HYPERV), "ntp", "127.127.28.0"),
    ],
)
def test_a_server_named_as_the_host_clock_is_refused(
    where: Observation, provider: str, name: str
) -> None:
    servers = [*TWO, {"hostname": name}]
    with pytest.raises(PlanError, match="the daemon's own name for the host clock"):
        plan_for(where, provider=provider, ntp_servers=servers)
    assert plan_for(where, provider=provider, ntp_servers=servers, host_clock="ignore")


# -- other daemons


def test_ntpd_takes_what_it_has_words_for() -> None:
    options: dict[str, t.Any] = {"provider": "ntp", "ntp_servers": TWO}
    plan = plan_for(host_of("debian", "12"), **options, min_sources=2, max_distance=4)
    lines = directives(text_of(plan, "/etc/ntpsec/ntp.conf"))
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
    lines = directives(text_of(plan, DEBIAN_CONF))
    assert [line for line in lines if line.startswith("sourcedir")] == [
        f"sourcedir {folder}" for folder in folders
    ]
    assert plan.any_source == bool(folders)


TUMBLEWEED = host("opensuse-tumbleweed", None, "4.9")


@pytest.mark.parametrize("observation", [CENTOS_7, SUSE, TUMBLEWEED])
def test_a_helper_that_adds_servers_of_dhcp_is_named(observation: Observation) -> None:
    def named(**options: t.Any) -> bool:
        return any(
            "chrony-helper" in line
            for line in plan_for(observation, **options).warnings
        )

    assert named(ntp_servers=TWO)
    assert named(ntp_servers=TWO, mode="external")
    # they are welcome
    assert not named()
    assert "a hook of the DHCP client" in "".join(
        plan_for(observation, ntp_servers=TWO, dhcp_ntp_servers=False).warnings
    )


def test_no_helper_is_named_where_none_runs() -> None:
    assert not plan_for(ROCKY, ntp_servers=TWO).warnings


def test_an_old_chrony_has_no_folder_for_dhcp() -> None:
    for wanted in (True, False):
        plan = plan_for(CENTOS_7, ntp_servers=TWO, dhcp_ntp_servers=wanted)
        assert "a hook of the DHCP client" in plan.warnings[-1]
