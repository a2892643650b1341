# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.tests.bench import page
from ansible_collections.vmtime.linux.tests.bench.play import Cost
from ansible_collections.vmtime.linux.tests.bench.results import Series, line
from ansible_collections.vmtime.linux.tests.bench.subjects import OWN, PEERS, peer

MIB = 2**20


def series(
    subject: str, cpu: float, hosts: int = 1, forks: int = 1, *, pipelining: bool = True
) -> Series:
    """Three runs, one of which met something else on the machine."""
    costs = [
        Cost(wall=2 * cpu, cpu=value, memory=hosts * MIB, changed=0)
        for value in (cpu, 9 * cpu, cpu)
    ]
    return Series(subject, hosts, forks, pipelining, costs)


def fleet(subject: str, per_host: float, largest: float = 1.0) -> list[Series]:
    """Half a second to start, then so much per host; times ``largest`` beyond 50 hosts."""
    seconds = {
        hosts: 0.5 + per_host * (min(hosts, 50) + max(0, hosts - 50) * largest)
        for hosts in (1, 10, 50, 200)
    }
    return [
        series(subject, cpu, hosts, min(forks, hosts))
        for hosts, cpu in seconds.items()
        for forks in (5, 20)
        if hosts > 1 or forks == 5
    ]


def test_one_slow_run_changes_nothing() -> None:
    assert series("floor", 0.5).cpu == 0.5


def test_a_steady_fleet_draws_a_straight_line() -> None:
    found = line(fleet("floor", 0.1), "floor", 20)
    assert found
    assert found.startup == pytest.approx(0.5)
    assert found.per_host == pytest.approx(0.1)
    assert found.growth == pytest.approx(1.0)
    assert found.memory == 200 * MIB


def test_hosts_that_cost_more_in_a_large_fleet_show() -> None:
    found = line(fleet("floor", 0.1, largest=1.3), "floor", 5)
    assert found
    assert found.growth == pytest.approx(1.3)


def test_two_sizes_draw_no_line() -> None:
    assert (
        line([series("floor", 1, 10, 5), series("floor", 2, 50, 5)], "floor", 5) is None
    )


@pytest.fixture
def figures() -> page.Data:
    subjects = [*OWN, *peer("geerlingguy_ntp", Path("/srv/role"))]
    costs = {"floor": 1.0, "unchanged": 1.2, "first": 1.5}
    one = [
        series(subject.name, costs.get(subject.name, 4.0), pipelining=pipelining)
        for pipelining in (True, False)
        for subject in subjects
    ]
    many = [*fleet("floor", 0.1), *fleet("unchanged", 0.12)]
    about = {
        "date": "2026-01-02 03:04 UTC",
        "processor": "a processor",
        "cores": 2,
        "memory_gib": 8,
        "kernel": "6.1",
        "controller": "ansible-core 2.21",
        "hosts": "Debian 13",
        "containers": 2,
    }
    return page.data(about, ["0.1 0.1 0.1", "0.2 0.2 0.2"], subjects, one, many)


def test_every_ratio_is_one_to_the_floor_of_the_same_way(figures: page.Data) -> None:
    told = {
        (row["subject"], row["pipelining"]): row["cpu_ratio"]
        for row in figures["one_host"]
    }
    assert told["floor", True] == told["floor", False] == 1.0
    assert told["unchanged", True] == 1.2
    assert told["geerlingguy_ntp-first", False] == 4.0


def test_the_page_tells_whether_each_target_is_met(
    figures: page.Data, tmp_path: Path
) -> None:
    page.write(figures, tmp_path)
    told = (tmp_path / "performance.md").read_text()
    assert "| `vmtime.linux`, unchanged | on | 2.40 s | 1.20 | 1.20 s | 1.20 |" in told
    assert "| Unchanged run, controller time | at most 1.25 | 1.20 | met |" in told
    assert "| First run, wall time | at most 3.00 | 1.50 | met |" in told
    assert "verification, wall time | at most 3.00 | 4.00 | **missed** |" in told
    assert "20 forks | 0.90 to 1.10 | 1.00 | met |" in told
    assert json.loads((tmp_path / "performance.json").read_text()) == figures
    assert PEERS["geerlingguy_ntp"] in page.table(figures)


def test_the_page_is_that_of_its_figures() -> None:
    docs = Path(__file__).parents[3] / "docs"
    figures = json.loads((docs / "performance.json").read_text())
    assert page.render(figures) == (docs / "performance.md").read_text()
