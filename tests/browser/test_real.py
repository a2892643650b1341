# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of real hosts, those of the molecule scenario: test_real.py --report PAGE."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium import webdriver

from ansible_collections.vmtime.linux.tests.browser.page import Page


@pytest.fixture
def page(driver: webdriver.Chrome, request: pytest.FixtureRequest) -> Page:
    path: Path | None = request.config.getoption("--report")
    if path is None:
        pytest.skip("the molecule scenario report reads its page here")
    return Page(driver, path)


def test_each_host_is_a_row_that_says_what_is(page: Page) -> None:
    states = dict(zip(page.names, page.column("State"), strict=True))
    assert states == {
        "synchronised": "In order",
        "unsynchronised": "Not synchronised",
        "unreachable": "Unreachable",
        "no-python": "No usable answer",
        "<script>alert(2)</script>": "No usable answer",
        "wrong": "Not synchronised\nNo plan",
    }
    assert page.headline == "1 of 6 hosts are in order"


def test_the_host_that_keeps_time_says_by_what(page: Page) -> None:
    page.search("debian synchronised server")
    assert page.names == ["synchronised"]
    assert page.column("Source") == ["server"]
    assert page.column("Plan") == ["as planned"]
    assert page.column("Offset")[0].split("\u00a0")[-1] in {"ns", "µs", "ms"}


def test_the_browser_has_nothing_to_complain_of(page: Page) -> None:
    assert page.problems == []
    assert page.driver.title.startswith("Time synchronisation")
