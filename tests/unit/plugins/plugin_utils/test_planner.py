# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modes of the table rows: what a host gets, and what it is refused."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._host import sha256
from ansible_collections.vmtime.linux.plugins.plugin_utils._apply.compare import Changes
from ansible_collections.vmtime.linux.plugins.plugin_utils._apply.transaction import (
    transaction_options,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    ObservedFile,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import (
    PlanError,
    PlannedUnit,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._planner import fragments
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
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
            " /dev/ptp0 'igb: not a host clock'. The other modes need no host clock.",
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
            " 3.10.0-693 on EL 7). The other modes need no host clock.",
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


def test_a_chrony_without_servers_is_warned_of() -> None:
    for fresh in (host_of("sles", "12"), host_of("flatcar", None)):
        (warning,) = plan_for(fresh).warnings
        assert "No source is planned: this collection knows no servers of" in warning
        assert not plan_for(replace(fresh, host_clock=HYPERV)).warnings


def test_servers_of_the_host_that_nothing_replaces_are_named() -> None:
    conf = ObservedFile("rtcsync\nserver ntp1.example.com\nPool b iburst\n", "0" * 64)
    for clock in (None, HYPERV):
        fresh = replace(host_of("sles", "12", clock), files={"/etc/chrony.conf": conf})
        assert plan_for(fresh).warnings == (
            "/etc/chrony.conf names servers that this run does not keep: ntp1.example.com, b."
            " Name them in ntp_servers.",
        )
        asked = plan_for(fresh, ntp_servers=[{"hostname": "a"}, {"hostname": "b"}])
        assert not any("not keep" in warning for warning in asked.warnings)


def test_servers_in_files_of_their_own_are_warned_of() -> None:
    fresh = host_of("ubuntu", "26.04")
    for refclock in ({}, {"trust": True}):
        plan = plan_for(fresh, refclock=refclock)
        assert "No source is planned" in plan.warnings[0]
        assert not plan.skipped
    path = "/etc/chrony/sources.d/ubuntu-ntp-pools.sources"
    pools = ObservedFile("pool 1.ntp.ubuntu.com iburst\n", "0" * 64)
    assert not plan_for(replace(fresh, files={path: pools})).warnings
    host = replace(host_of("ubuntu", "26.04", HYPERV), files={path: pools})
    assert "neither prefer nor maxpoll" in plan_for(host).warnings[0]
    # asked anew after a pause, or outvoted
    for options in ({"host_clock_profile": "fast"}, {"refclock": {"trust": True}}):
        plan = plan_for(host, **options)
        assert not plan.warnings
        assert any("get no prefer" in line for line in plan.skipped)
        plan = plan_for(host, **options, prefer="host")
        assert not any("prefer" in line for line in plan.skipped)


def test_an_installed_chrony_of_unknown_version_gets_nothing_newer_than_it_may_know() -> (
    None
):
    host = with_chrony(host_of("debian", None, HYPERV), "4.9")
    daemon = replace(host.daemons["chrony"], version=None)
    plan = plan_for(replace(host, daemons={**host.daemons, "chrony": daemon}))
    assert "optional" not in text_of(plan, "/chrony.conf")


def test_the_transaction_starts_the_units_in_order_and_verifies_the_last() -> None:
    plan = plan_for(with_chrony(recorded("kvm-debian-13"), "4.6.1"))
    feeder = PlannedUnit("feeder.service", True, "for a test")
    wanted = transaction_options(
        Request(), replace(plan, units=(feeder, *plan.units)), Changes((), ()), {}
    )
    assert wanted["start"] == ["feeder.service", "chrony.service"]
    assert wanted["verify"]["provider"] == "chrony"
    without = transaction_options(
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


@pytest.mark.parametrize(
    "options",
    [
        {"ntp_servers": [{**TWO[0], "trust": True}]},
        {"ntp_servers": TWO[:1], "refclock": {"trust": True}},
    ],
)
def test_unless_one_of_the_two_is_trusted(options: dict[str, t.Any]) -> None:
    plan = plan_for(recorded("azure-rocky-9"), mode="external", **options)
    assert not plan.warnings


def test_a_package_that_is_missing_is_planned_as_the_distribution_ships_it() -> None:
    plan = plan_for(recorded("kvm-debian-13"))
    assert plan.packages == ("chrony",)
    assert plan.reasons["provider"].endswith(
        "chrony is not installed yet, so it is planned as version 4.6.1, which Debian 13 ships."
    )
