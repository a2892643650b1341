# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What timesyncd and ntpd get: the lines of their files, and what goes when they are left."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._host import sha256
from ansible_collections.vmtime.linux.plugins.plugin_utils._apply.compare import compare
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
    ObservedFile,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import Plan
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.ntp import NTP
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.platforms import (
    PLATFORMS,
    Platform,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
    with_daemon,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    directives,
    is_observed,
    plan_for,
)


def texts_of(plan: Plan) -> dict[str, str]:
    return {file.path: file.text for file in render(plan) if file.text is not None}


def ntp_conf(
    distribution: str, version: str, *, clock: bool = False, **options: t.Any
) -> list[str]:
    host = host_of(distribution, version, HYPERV if clock else None)
    plan = plan_for(host, provider="ntp", **options)
    return directives(
        next(text for path, text in texts_of(plan).items() if "ntp.conf" in path)
    )


def test_ntpsec_beside_a_host_clock() -> None:
    servers = [
        {"hostname": "10.0.0.1", "trust": True},
        {"hostname": "pool.example.com", "pool": True, "iburst": False, "minpoll": 7},
    ]
    assert ntp_conf(
        "debian", "12", clock=True, mode="external", ntp_servers=servers
    ) == [
        "tinker panic 0",
        "tos minclock 4 minsane 1 maxclock 11",
        "server 10.0.0.1 iburst prefer true maxpoll 6",
        "pool pool.example.com prefer minpoll 7 maxpoll 7",
        "refclock shm unit 0 minpoll 4 maxpoll 4 refid PHC stratum 2 flag1 1",
        "driftfile /var/lib/ntpsec/ntp.drift",
        "leapfile /usr/share/zoneinfo/leap-seconds.list",
        "restrict default kod limited nomodify noquery",
        "restrict 127.0.0.1",
        "restrict ::1",
    ]


def test_ntpd_in_host_only_follows_shared_memory_and_nothing_else() -> None:
    refclock = {"poll": 5, "stratum": 3, "trust": True}
    assert ntp_conf("debian", "11", clock=True, mode="host_only", refclock=refclock)[
        :4
    ] == [
        "tinker panic 0",
        "tos minclock 1 minsane 1",
        "server 127.127.28.0 true minpoll 5 maxpoll 5",
        "fudge 127.127.28.0 refid PHC stratum 3 flag1 1",
    ]


def test_prefer_host_and_a_step_of_ones_own() -> None:
    found = ntp_conf(
        *("centos", "7"),
        clock=True,
        mode="external",
        ntp_servers=[{"hostname": "10.0.0.1"}],
        prefer="host",
        step_threshold=0.5,
        ntp_custom_settings=["tos orphan 9"],
    )
    assert found[0] == "tinker panic 0 step 0.5"
    assert "server 10.0.0.1 iburst maxpoll 6" in found
    assert "server 127.127.28.0 prefer minpoll 4 maxpoll 4" in found
    # ntpd 4.2.6 has no "restrict source"
    assert "restrict source" not in "\n".join(found)
    assert found[-1] == "tos orphan 9"


def test_phc2sys_starts_first_and_ntpd_does_without_it() -> None:
    plan = plan_for(host_of("debian", "12", HYPERV), provider="ntp", mode="host_only")
    assert plan.start == ("vmtime-phc2sys.service", "ntpsec.service")
    assert plan.packages == ("ntpsec", "linuxptp")
    texts = texts_of(plan)
    unit = texts["/etc/systemd/system/vmtime-phc2sys.service"]
    # phc2sys 3 reads what follows /dev/ptp as a number
    assert "-s /dev/./ptp_hyperv -E ntpshm -M 0 -O 0" in unit
    # quiet, and active, until the device is there
    assert "until test -e /dev/ptp_hyperv; do sleep 10; done; exec " in unit
    assert "Restart=always" in unit
    drop_in = texts["/etc/systemd/system/ntpsec.service.d/vmtime.conf"]
    assert "Wants=vmtime-phc2sys.service" in drop_in
    assert "Requires=" not in drop_in.replace("never Requires=", "")
    assert "ExecStartPre=-+/bin/rm -f /run/ntpsec/ntp.conf.dhcp" in drop_in


def test_linuxptp_is_not_installed_again() -> None:
    host = replace(host_of("debian", "12", HYPERV), phc2sys="/usr/sbin/phc2sys")
    assert plan_for(host, provider="ntp").packages == ("ntpsec",)


def test_servers_of_dhcp_are_welcome_in_default_mode() -> None:
    texts = texts_of(plan_for(host_of("debian", "12"), provider="ntp"))
    assert list(texts) == ["/etc/ntpsec/ntp.conf"]


@pytest.mark.parametrize(
    ("polls", "spans"),
    [
        ({}, []),
        ({"minpoll": 4}, ["PollIntervalMinSec=16", "PollIntervalMaxSec=2048"]),
        ({"maxpoll": 6}, ["PollIntervalMinSec=32", "PollIntervalMaxSec=64"]),
        ({"maxpoll": 4}, ["PollIntervalMinSec=16", "PollIntervalMaxSec=16"]),
        ({"minpoll": 12}, ["PollIntervalMinSec=4096", "PollIntervalMaxSec=4096"]),
        (
            {"minpoll": 5, "maxpoll": 8},
            ["PollIntervalMinSec=32", "PollIntervalMaxSec=256"],
        ),
    ],
)
def test_timesyncd_has_the_polls_in_seconds(
    polls: dict[str, int], spans: list[str]
) -> None:
    host = with_daemon(host_of("debian", "13"), "timesyncd", "257")
    servers = [{"hostname": "b", **polls}, {"hostname": "a", "prefer": True}]
    plan = plan_for(host, mode="external", ntp_servers=servers)
    assert directives(
        texts_of(plan)["/etc/systemd/timesyncd.conf.d/zz-vmtime.conf"]
    ) == [
        "[Time]",
        "NTP=",
        # the preferred one is asked first
        "NTP=a b",
        "FallbackNTP=",
        *spans,
    ]


def test_an_older_timesyncd_takes_no_empty_fallback() -> None:
    host = with_daemon(host_of("debian", "12"), "timesyncd", "252")
    plan = plan_for(host, mode="external", ntp_servers=[{"hostname": "a"}])
    (text,) = texts_of(plan).values()
    assert directives(text)[-2:] == ["FallbackNTP=", "FallbackNTP=a"]


def after(host: Observation, plan: Plan) -> Observation:
    """The host with the files of the plan."""
    files = dict(host.files)
    for file in render(plan):
        if file.text is None:
            files.pop(file.path, None)
        else:
            files[file.path] = ObservedFile(file.text, sha256(file.text.encode()))
    return replace(host, files=files)


def test_what_one_provider_needed_goes_with_it_but_for_daemons_own_files() -> None:
    azure = host_of("debian", "12", HYPERV)
    first = plan_for(azure, provider="ntp", mode="host_only")
    moved = plan_for(after(azure, first), provider="chrony", mode="host_only")
    gone = {file.path for file in render(moved) if file.text is None}
    assert gone == {
        "/etc/systemd/system/vmtime-phc2sys.service",
        "/etc/systemd/system/ntpsec.service.d/vmtime.conf",
    }
    back = plan_for(after(after(azure, first), moved), provider="ntp", mode="host_only")
    assert texts_of(back) == texts_of(first)
    assert "/etc/chrony/chrony.conf" not in {file.path for file in back.files}


def test_a_second_run_has_nothing_to_change() -> None:
    host = with_daemon(host_of("debian", "12"), "ntpsec", "1.2.2")
    options: dict[str, t.Any] = {
        "mode": "external",
        "ntp_servers": [{"hostname": "10.0.0.1"}],
    }
    plan = plan_for(host, **options)
    assert compare(plan, render(plan), host)
    again = after(host, plan)
    plan = plan_for(again, **options)
    assert not compare(plan, render(plan), again)


def test_every_row_of_ntp_is_of_a_platform() -> None:
    assert set(NTP) <= {row.name for row in PLATFORMS}


@pytest.mark.parametrize(
    ("row", "provider"),
    [
        pytest.param(row, provider, id=f"{row.name}-{provider}")
        for row in PLATFORMS
        for provider in ("timesyncd", "ntp")
        if provider == "timesyncd" or row.ntp
    ],
)
def test_every_planned_path_is_one_that_is_observed(
    row: Platform, provider: str
) -> None:
    host = with_daemon(host_of(row.id, row.version, HYPERV), "timesyncd", "252")
    plan = plan_for(
        host, provider=provider, mode="external", ntp_servers=[{"hostname": "a"}]
    )
    assert plan.files
    for file in plan.files:
        assert is_observed(file.path), file.path
