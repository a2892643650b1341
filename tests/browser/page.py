# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as its reader sees it: found by what is written on it, not by how it is made."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from ansible_collections.vmtime.linux.tests.browser.browser import open_page


class Page:
    def __init__(self, driver: webdriver.Chrome, path: Path) -> None:
        self.driver = driver
        open_page(driver, path)

    def script(self, code: str, *arguments: object) -> t.Any:
        return self.driver.execute_script(code, *arguments)

    @property
    def problems(self) -> list[str]:
        """What the browser has complained of since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    @property
    def headline(self) -> str:
        return self.driver.find_element(By.TAG_NAME, "h1").text

    @property
    def shown(self) -> str:
        """The line over the table that tells which hosts it shows."""
        return self.driver.find_element(By.CSS_SELECTOR, "[role=status]").text

    @property
    def found(self) -> int:
        """How many hosts are left by search and filters."""
        number = re.search(r"([\d,]+) hosts", self.shown)
        assert number, self.shown
        return int(number[1].replace(",", ""))

    @property
    def tiles(self) -> dict[str, int]:
        """The numbers at the head of the page by their labels."""
        texts = [tile.text for tile in self.driver.find_elements(By.CLASS_NAME, "tile")]
        return {
            label: int(number.replace(",", ""))
            for number, label in (text.split("\n", 1) for text in texts)
        }

    def tile(self, label: str) -> WebElement:
        return self._button(By.CLASS_NAME, "tile", label)

    def share(self, label: str) -> WebElement:
        return self._button(By.CSS_SELECTOR, ".shares button", label)

    def header(self, label: str) -> WebElement:
        return self._button(By.CSS_SELECTOR, "thead button", label)

    def turn(self, label: str) -> WebElement:
        return self._button(By.CSS_SELECTOR, "nav button", label)

    def host(self, name: str) -> WebElement:
        return self._button(By.CSS_SELECTOR, "#table tbody th button", name)

    def choose(self, label: str, value: str) -> None:
        Select(self.labelled(label)).select_by_visible_text(value)

    def labelled(self, label: str) -> WebElement:
        path = f"//label[starts-with(normalize-space(), '{label}')]//*[self::input or self::select]"
        return self.driver.find_element(By.XPATH, path)

    def search(self, text: str) -> None:
        field = self.labelled("Search")
        field.clear()
        field.send_keys(text)

    def clear(self) -> None:
        self._button(By.CSS_SELECTOR, "form button", "Clear").click()

    def column(self, label: str) -> list[str]:
        """The texts of a column on the page of the table that is shown."""
        heads = self.driver.find_elements(By.CSS_SELECTOR, "#table thead button")
        place = [head.text for head in heads].index(label)
        rows = "[...document.querySelectorAll('#table tbody tr')]"
        code = f"return {rows}.map((row) => row.cells[arguments[0]]?.innerText ?? '')"
        return t.cast(list[str], self.script(code, place))

    @property
    def names(self) -> list[str]:
        return self.column("Host")

    def _button(self, by: str, where: str, label: str) -> WebElement:
        buttons = self.driver.find_elements(by, where)
        return next(button for button in buttons if label in button.text.split("\n"))
