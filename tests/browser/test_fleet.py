# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of ten thousand hosts, as its reader uses it."""

from __future__ import annotations

import importlib.resources
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.output import Output
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.row import HostRow
from ansible_collections.vmtime.linux.tests.browser.browser import (
    prefer,
    processor_seconds,
)
from ansible_collections.vmtime.linux.tests.browser.fleet import HOSTILE, generated
from ansible_collections.vmtime.linux.tests.browser.page import Page

HOSTS = 10_000
FLEET = generated(HOSTS)
MEGABYTE = 1e6


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "fleet.html"
    Output.at(str(path), ["html"], None).write(FLEET, 0)
    return path


@pytest.fixture
def page(driver: webdriver.Chrome, path: Path) -> Page:
    return Page(driver, path)


def test_it_is_one_file_of_moderate_size(path: Path) -> None:
    assert path.stat().st_size < 15 * MEGABYTE


def test_it_is_there_at_once(driver: webdriver.Chrome, path: Path) -> None:
    begin = processor_seconds(driver)
    page = Page(driver, path)
    assert len(page.names) == 100
    drawn = processor_seconds(driver)
    assert 0 < drawn - begin < 3
    page.search("web-weu bookworm")
    assert 0 < page.found < HOSTS
    letters = len("web-weu bookworm")
    assert (processor_seconds(driver) - drawn) / letters < 0.3


def test_it_asks_nothing_of_a_network_and_is_not_complained_of(page: Page) -> None:
    assert page.script("return performance.getEntriesByType('resource').length") == 0
    assert page.problems == []


def test_the_numbers_are_those_of_the_fleet(page: Page) -> None:
    told = page.tiles
    assert told["In order"] == FLEET.in_order
    assert told["Unreachable"] == FLEET.concerns["unreachable"]
    assert told["Differs from plan"] == FLEET.concerns["differs"]
    assert page.headline == f"{FLEET.in_order:,} of 10,000 hosts are in order"
    for label, number in told.items():
        page.tile(label).click()
        assert page.found == number, label


def test_the_worst_hosts_come_first(page: Page) -> None:
    assert page.names == [host.row.host for host in FLEET.hosts[:100]]
    assert page.shown.endswith("the worst first")
    page.tile("Far off").click()
    offsets = [host.row.offset for host in FLEET.hosts if "far_off" in host.concerns]
    assert page.column("Offset")[0] == f"{offsets[0]:.3g} s".replace(
        "-", "\u2212"
    ).replace(" ", "\u00a0")


def test_search_takes_every_word_anywhere(page: Page) -> None:
    page.search("DB-weu bookworm")
    found = page.found
    assert 0 < found < 300
    assert all("db-weu" in name for name in page.names)
    assert all("bookworm" in system for system in page.column("System"))
    page.search("no such host")
    assert page.shown == "0 hosts (of 10,000)"
    page.clear()
    assert page.found == HOSTS


def test_filters_narrow_each_other(page: Page) -> None:
    page.choose("Mode", "host_only")
    everyone = page.found
    page.choose("Concern", "Differs from plan")
    assert 0 < page.found < everyone
    assert set(page.column("Mode")) == {"host_only"}
    assert page.tile("Differs from plan").get_attribute("aria-pressed") == "true"
    page.tile("Differs from plan").click()
    assert page.found == everyone
    page.clear()
    page.share("PHC0").click()
    assert page.found == FLEET.sources["PHC0"]
    page.choose("Source", "all")
    page.choose("Offset", "over 1 s")
    assert page.found == FLEET.offsets["over 1 s"]


def test_a_click_on_a_bar_shows_its_hosts(page: Page) -> None:
    page.script(
        "document.querySelectorAll('.ct-bar')[3].dispatchEvent(new MouseEvent('click'))"
    )
    assert page.found == FLEET.offsets["0.1 to 1 ms"]


SORTED_BY: dict[str, Callable[[HostRow], t.Any]] = {
    "Host": lambda row: row.host,
    "Offset": lambda row: abs(row.offset or 0),
    "Stratum": lambda row: row.stratum or 0,
    "System": lambda row: row.distribution or "",
    "Plan": lambda row: len(row.differences),
}


@pytest.mark.parametrize("column", SORTED_BY)
def test_a_header_sorts_up_and_down_and_says_so(page: Page, column: str) -> None:
    rows = {row.host: row for row in FLEET.rows}
    page.choose("Concern", "In order")
    directions = set()
    for _click in range(2):
        page.header(column).click()
        ((label, direction),) = page.script(
            "return [...document.querySelectorAll('th[aria-sort]')]"
            ".map((head) => [head.innerText, head.ariaSort])"
        )
        assert label == column
        directions.add(direction)
        keys = [SORTED_BY[column](rows[name]) for name in page.names]
        assert keys == sorted(keys, reverse=direction == "descending")
    assert directions == {"ascending", "descending"}


def test_pages_can_be_turned(page: Page) -> None:
    assert not page.turn("Previous").is_enabled()
    page.turn("Next").click()
    assert page.shown.startswith("101 to 200 of 10,000 hosts")
    assert page.names == [host.row.host for host in FLEET.hosts[100:200]]
    page.turn("Last").click()
    assert not page.turn("Next").is_enabled()
    assert page.shown.startswith("9,901 to 10,000")
    page.choose("Rows", "1000")
    assert len(page.names) == 1000


def test_all_can_be_done_by_keyboard(page: Page) -> None:
    page.tile("Differs from plan").send_keys(Keys.ENTER)
    assert page.found == FLEET.concerns["differs"]
    host = next(host for host in FLEET.hosts if "differs" in host.concerns).row
    button = page.host(host.host)
    assert button.get_attribute("aria-expanded") == "false"
    button.send_keys(Keys.SPACE)
    assert button.get_attribute("aria-expanded") == "true"
    assert "; ".join(host.differences) in page.script(
        "return document.querySelector('.more').innerText"
    )
    button.send_keys(Keys.SPACE)
    assert page.script("return document.querySelector('.more')") is None
    focused = "return document.activeElement.innerText || document.activeElement.id"
    page.driver.get(page.driver.current_url)
    order = []
    for _number in range(5):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        order.append(page.script(focused).split("\n")[-1])
    assert order[0] == "Go to the table of hosts"
    assert order[1:3] == ["In order", "Unreachable"]
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert page.script(outline) == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_assistive_technology_finds_nothing_to_complain_of(
    page: Page, scheme: t.Literal["light", "dark"]
) -> None:
    prefer(page.driver, scheme)
    page.tile("Differs from plan").click()
    page.host(page.names[0]).click()
    axe = importlib.resources.files("axe_core_python") / "axe.min.js"
    page.script(axe.read_text("utf-8"))
    seen = page.driver.execute_async_script("axe.run().then(arguments[0])")
    told = [
        (v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in seen["violations"]
    ]
    assert told == []
    assert len(seen["passes"]) > 20


def test_paper_gets_the_worst_hosts_and_no_buttons(page: Page) -> None:
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    page.script("window.dispatchEvent(new Event('beforeprint'))")
    assert len(page.names) == 1000
    assert not page.labelled("Search").is_displayed()
    page.script("window.dispatchEvent(new Event('afterprint'))")
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert len(page.names) == 100


def test_what_a_host_says_is_text(page: Page) -> None:
    assert page.driver.title.startswith("Time synchronisation")
    page.search("<script>")
    assert page.names == [HOSTILE]
    page.host(HOSTILE).click()
    assert page.script("return document.querySelectorAll('body script').length") == 3
    assert page.driver.title.startswith("Time synchronisation")


def test_no_script_but_its_own_runs(page: Page) -> None:
    page.script(
        "const made = document.createElement('script'); made.textContent = 'window.ran = 1';"
        "document.body.append(made);"
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')"
    )
    assert page.script("return window.ran") is None
    assert any("Content Security Policy" in problem for problem in page.problems)
