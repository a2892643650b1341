# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each row of the table times provider, mode and host clock: a plan whose file holds, or a reason.

What is refused is written down here a second time, from what the distributions ship and what the
daemons can do, so that no cell can come to be refused or planned by a fault of the planners.
"""

from __future__ import annotations

import configparser
import re
import typing as t
from dataclasses import replace
from itertools import product

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import (
    Plan,
    PlanError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.planner import (
    make_plan,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.platforms import (
    PLATFORMS,
    Platform,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.cells import (
    Record,
    all_cells,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
    with_hv_utils,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    directives,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.readme import (
    systems_table,
)

SERVERS = [{"hostname": "10.0.0.1"}, {"hostname": "ntp.example.com"}]
PROVIDERS = ("auto", "chrony", "timesyncd", "ntp")
MODES = ("default", "host_only", "external")
CLOCKS = ("found", "hv_utils only", "none")

TOLD = {name: cells[1:] for name, cells in systems_table("Providers").items()}


def host(row: Platform, clock: str) -> Observation:
    seen = host_of(row.id, row.version, HYPERV if clock == "found" else None)
    if clock == "hv_utils only":
        seen = with_hv_utils(seen)
    return replace(seen, has_hyperv_time_sync=clock != "none")


def refused(row: Platform, provider: str, mode: str, clock: str) -> str | None:
    """What the refusal of a cell must say, None for a cell that must be planned."""
    if mode == "host_only" and clock == "none":
        return "nothing to sync from"
    if mode == "host_only" and clock == "hv_utils only":
        return None
    timesyncd, ntp = TOLD[row.name]
    if provider == "timesyncd":
        if mode == "host_only":
            return "can't follow a host clock"
        if timesyncd != "yes":
            return "has no package of it"
    if provider == "ntp":
        if row.ntp is None or ntp == "no":
            return "ships neither ntp nor ntpsec"
        if mode == "default" and clock != "found" and not row.ntp.servers:
            return "has none of its own for ntp"
    return None


@pytest.mark.parametrize("row", PLATFORMS, ids=lambda row: row.name)
def test_each_cell_is_planned_or_refused(
    row: Platform, record_testsuite_property: Record
) -> None:
    with all_cells(record_testsuite_property) as cell:
        for provider, mode, clock in product(PROVIDERS, MODES, CLOCKS):
            with cell(provider, mode, clock):
                check_cell(row, provider, mode, clock)


def check_cell(row: Platform, provider: str, mode: str, clock: str) -> None:
    servers = SERVERS if mode == "external" else []
    request = Request.from_options(
        {"mode": mode, "provider": provider, "ntp_servers": servers}
    )
    refusal = refused(row, provider, mode, clock)
    if refusal:
        with pytest.raises(PlanError, match=refusal):
            make_plan(request, host(row, clock))
        return
    plan = make_plan(request, host(row, clock))
    if (mode, clock) == ("host_only", "hv_utils only"):
        # no daemon, whatever is asked for: the kernel keeps the time
        assert (plan.provider, plan.start, plan.sources) == (None, (), ())
        assert [(s.name, s.value) for s in plan.kernel] == [("timesync_implicit", "on")]
        return
    assert plan.kernel == ()
    assert plan.provider == ("chrony" if provider == "auto" else provider)
    texts = {file.path: file.text or "" for file in render(plan)}
    has_clock = clock == "found" and plan.provider != "timesyncd"
    assert (plan.host_clock is not None) == has_clock
    HOLDS[plan.provider](row, plan, texts, mode, has_clock)


def chrony_holds(
    row: Platform, plan: Plan, texts: dict[str, str], mode: str, has_clock: bool
) -> None:
    found = directives(texts[row.chrony.conf])
    assert len([line for line in found if line.startswith("refclock PHC")]) == has_clock
    assert any(line.startswith("makestep ") for line in found)
    servers = [line.split()[1] for line in found if re.match("server |pool ", line)]
    assert servers == names(mode, [server.hostname for server in row.chrony.servers])
    assert plan.start == (row.chrony.unit,)


def timesyncd_holds(
    _row: Platform, plan: Plan, texts: dict[str, str], mode: str, _has_clock: bool
) -> None:
    assert plan.start == ("systemd-timesyncd.service",)
    if mode == "default":
        assert texts == {}
        return
    (text,) = texts.values()
    found = configparser.ConfigParser(strict=False)
    found.optionxform = str  # type: ignore[assignment, method-assign]
    found.read_string(text)
    assert found["Time"]["NTP"].split() == names(mode, [])
    assert set(found["Time"]["FallbackNTP"].split()) <= set(names(mode, []))
    # what other files have added is taken back first
    assert text.index("\nNTP=\n") < text.index("\nNTP=10")


def ntp_holds(
    row: Platform, plan: Plan, texts: dict[str, str], mode: str, has_clock: bool
) -> None:
    assert row.ntp is not None
    found = directives(texts[row.ntp.conf])
    assert found[0] == "tinker panic 0"
    assert re.fullmatch(r"tos minclock [1-4] minsane 1( maxclock 11)?", found[1])
    servers = [
        line.split()[1]
        for line in found
        if re.match("server |pool ", line) and "127.127." not in line
    ]
    assert servers == names(mode, [server.hostname for server in row.ntp.servers])
    shm = [
        line
        for line in found
        if re.match(r"refclock shm |server 127\.127\.28\.0 ", line)
    ]
    assert len(shm) == has_clock
    feeder = ("vmtime-phc2sys.service",) if has_clock else ()
    assert plan.start == (*feeder, row.ntp.unit)
    assert [path for path in texts if "phc2sys" in path] == [
        f"/etc/systemd/system/{unit}" for unit in feeder
    ]
    drop_in = texts.get(f"/etc/systemd/system/{row.ntp.unit}.d/vmtime.conf", "")
    silences_dhcp = bool(row.ntp.dhcp_conf) and (mode != "default" or has_clock)
    assert ("rm -f " in drop_in) == silences_dhcp


def names(mode: str, stock: list[str]) -> list[str]:
    given = [str(server["hostname"]) for server in SERVERS]
    return {"default": stock, "host_only": [], "external": given}[mode]


HOLDS: dict[str, t.Callable[[Platform, Plan, dict[str, str], str, bool], None]] = {
    "chrony": chrony_holds,
    "timesyncd": timesyncd_holds,
    "ntp": ntp_holds,
}
