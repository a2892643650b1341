# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of distributions against the files that real systems ship.

To write the files of tests/fixtures/plans/stock again after an intended change:
VMTIME_WRITE_PLANS=1 pytest tests/unit/plugins/plugin_utils/test_stock.py
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.version import Version
from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.chrony.sources import (
    server_source,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.chrony import Chrony
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    MODES,
    is_observed,
    plan_text,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.stock import (
    IMAGES,
    PACKAGES,
    STOCK,
    SYSTEMS,
    row_of,
    stock,
    system,
)

PLANS = STOCK.parent / "plans" / "stock"

# What a row and the package's own file do not have in common, and why.
_AZURES = "the marketplace images' own file reads these; a directory may be missing"
KNOWN: Mapping[str, tuple[str, frozenset[str]]] = {
    "amzn-2": (
        "the row is that of later packages, with the servers in /etc/chrony.d",
        frozenset(
            (
                "confdir /etc/chrony.d",
                "sourcedir /etc/chrony.d",
                "server 169.254.169.123 4 4 iburst maxpoll minpoll prefer",
                "pool 0.amazon.pool.ntp.org 1 iburst maxsources",
                "pool 1.amazon.pool.ntp.org 1 iburst maxsources",
                "pool 2.amazon.pool.ntp.org 2 iburst maxsources",
                # without effect from chrony 3 on
                "dumponexit",
            )
        ),
    ),
    "azurelinux-3.0": (
        _AZURES,
        frozenset(("confdir /etc/chrony.conf.d", "sourcedir /run/chrony-dhcp")),
    ),
    "mariner-2.0": (
        _AZURES,
        frozenset(("confdir /etc/chrony.conf.d", "sourcedir /run/chrony-dhcp")),
    ),
    "opensuse-leap-16.0": (
        "later packages have it, and a directory may be missing",
        frozenset(("confdir /usr/etc/chrony.d",)),
    ),
    "ubuntu-16.04": (
        "the planned pool is online, without the hook that says so",
        frozenset(
            (
                "pool 2.debian.pool.ntp.org iburst",
                "pool 2.debian.pool.ntp.org iburst offline",
            )
        ),
    ),
}


def chrony_conf(name: str) -> list[str]:
    """The lines of its main file, empty if that is not recorded."""
    path, shipped = row_of(name).chrony.conf, system(name)
    text = shipped.text_of(path) or shipped.text_of(f"/usr{path}") or ""
    return text.splitlines()


WITH_CHRONY_CONF = [name for name in PACKAGES if chrony_conf(name)]
IMAGES_WITH_CHRONY_CONF = [name for name in IMAGES if chrony_conf(name)]
WITH_NTPD = [
    name
    for name in SYSTEMS
    if (row := row_of(name).ntp) and row.unit == system(name).unit
]


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_is_observed(name: str) -> None:
    seen = stock(name)
    shipped = system(name)
    if shipped.unit:
        assert seen.units[shipped.unit].is_enabled
        assert shipped.unit in {daemon.unit for daemon in seen.daemons.values()}
    for path, file in shipped.files.items():
        if is_observed(path):
            assert seen.files[path].text == (file.text or shipped.text_of(path)), path


@pytest.mark.parametrize("name", WITH_CHRONY_CONF)
def test_a_row_has_the_directives_of_the_package(name: str) -> None:
    _reason, known = KNOWN.get(name, ("", frozenset()))
    assert _claims(row_of(name).chrony) ^ set(_directives(chrony_conf(name))) == known


@pytest.mark.parametrize("name", WITH_CHRONY_CONF)
def test_a_row_has_the_options_and_the_helper_of_the_package(name: str) -> None:
    row, shipped = row_of(name).chrony, system(name)
    unit = shipped.files.get(f"/usr/lib/systemd/system/{row.unit}")
    if unit:
        (start,) = re.findall(r"^ExecStart=.*", unit.text, re.MULTILINE)
        assert re.findall(r"\$(\w+)", start) == list(
            filter(None, [row.options_variable])
        )
        assert row.runs_helper == ("helper update-daemon" in unit.text)
    options = shipped.files.get(row.options_file)
    if options and row.options_variable:
        assert f'{row.options_variable}="{row.options}"' in options.text.splitlines()


@pytest.mark.parametrize("name", IMAGES_WITH_CHRONY_CONF)
def test_a_row_reads_the_directories_that_an_image_reads(name: str) -> None:
    known = _claims(row_of(name).chrony)
    read = {
        line
        for line in _directives(chrony_conf(name))
        if line.startswith(("confdir", "sourcedir"))
    }
    assert read <= known


@pytest.mark.parametrize("name", WITH_NTPD)
def test_a_row_has_the_directives_of_ntpd(name: str) -> None:
    row = row_of(name).ntp
    assert row is not None
    lines = set(_directives(system(name).files[row.conf].text.splitlines()))
    assert lines >= set(row.stock)
    servers = {line.split()[1] for line in lines if line.startswith(("server", "pool"))}
    assert servers == {server.hostname for server in row.servers}


def _claims(row: Chrony) -> set[str]:
    version = Version(row.version)
    lines = [
        *(server_source(server, version).line for server in row.servers),
        *row.stock,
        *(f"confdir {folder}" for folder in row.confdirs),
        *(f"sourcedir {folder}" for folder in row.sourcedirs),
    ]
    return set(_directives(lines))


def _directives(lines: Iterable[str]) -> Iterator[str]:
    """Directives in one form, but for makestep, which is always planned."""
    for line in lines:
        name, *values = line.partition("#")[0].split()
        if name == "include":
            name, values = "confdir", [values[0].removesuffix("/*.conf")]
        if name in ("server", "pool"):
            values = [values[0], *sorted(values[1:])]
        if name == "confdir":
            yield from (f"confdir {folder}" for folder in values)
        elif name != "makestep":
            yield " ".join((name, *values))


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_gets_its_plans(name: str) -> None:
    path = PLANS / f"{name}.txt"
    now = "".join(
        f"######## {mode}\n{plan_text(stock(name), options, daemon_files=True)}\n"
        for mode, options in MODES.items()
    )
    if os.environ.get("VMTIME_WRITE_PLANS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now)
    assert now == path.read_text()


def test_the_plans_are_of_recorded_systems() -> None:
    assert sorted(path.stem for path in PLANS.iterdir()) == SYSTEMS
