# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A headless Chromium with an empty profile that asks nothing of any network."""

from __future__ import annotations

import contextlib
import tempfile
import typing as t
from collections.abc import Iterator
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
)


@contextlib.contextmanager
def chromium(width: int = 1280, height: int = 900) -> Iterator[webdriver.Chrome]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.add_argument(f"--window-size={width},{height}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options, Service("/usr/bin/chromedriver"))
        # the machine may be busy with other tests
        driver.set_script_timeout(300)
        # processor time, not time by the clock
        driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        try:
            yield driver
        finally:
            driver.quit()


def open_page(driver: webdriver.Chrome, page: Path) -> None:
    driver.get(page.resolve().as_uri())


def processor_seconds(driver: webdriver.Chrome) -> float:
    """What pages have cost the browser's main thread so far."""
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    told = {metric["name"]: float(metric["value"]) for metric in metrics}
    return told["TaskDuration"]


def prefer(driver: webdriver.Chrome, scheme: t.Literal["light", "dark"]) -> None:
    feature = {"name": "prefers-color-scheme", "value": scheme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
