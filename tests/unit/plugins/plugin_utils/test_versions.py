# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every row of the table, and what its version of chrony knows."""

from __future__ import annotations

from itertools import product

import pytest

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
    with_chrony,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    TWO,
    directives,
    is_observed,
    plan_for,
    text_of,
)

# From chrony's NEWS: the words that rendered files use, and the version each is from. Written
# down a second time on purpose, so that a wrong row of the gate is found.
SINCE = {
    "confdir": (4, 0),
    "leapseclist": (4, 6),
    "maxdistance": (2, 2),
    "maxjitter": (3, 0),
    "ntsdumpdir": (4, 0),
    "optional": (4, 9),
    "sourcedir": (4, 0),
    "stratum": (3, 3),
}


ANCIENT = [
    "cmdport",
    # without effect from 2.2 on
    "commandkey",
    "dpoll",
    "driftfile",
    "dumpdir",
    "dumponexit",
    "hwclockfile",
    "iburst",
    "keyfile",
    "leapsectz",
    "log",
    "logchange",
    "logdir",
    "makestep",
    "maxdispersion",
    "maxpoll",
    "maxsamples",
    "maxsources",
    "maxupdateskew",
    "measurements",
    "minpoll",
    "offset",
    "poll",
    "pool",
    "prefer",
    "refclock",
    "rtcsync",
    "server",
    "statistics",
    "tracking",
]


VERSIONS = ["2.1.1", "3.0", "3.2", "3.4", "3.5", "4.0", "4.5", "4.6.1", "4.8", "4.9"]
MODES = ("default", "host_only", "external")
PROFILES = ("documented", "fast")


@pytest.mark.parametrize("row", PLATFORMS, ids=lambda row: row.name)
def test_no_row_renders_a_word_that_its_chrony_does_not_know(
    row: Platform, record_testsuite_property: Record
) -> None:
    with all_cells(record_testsuite_property) as cell:
        for version, mode, profile in product(VERSIONS, MODES, PROFILES):
            with cell(version, mode, profile):
                check_words(row, version, mode, profile)


def check_words(row: Platform, version: str, mode: str, profile: str) -> None:
    host = with_chrony(host_of(row.id, row.version, HYPERV), version, row.chrony.unit)
    servers = TWO if mode == "external" else []
    plan = plan_for(host, mode=mode, ntp_servers=servers, host_clock_profile=profile)
    numbers = tuple(map(int, version.split(".")))
    for line in directives(text_of(plan, row.chrony.conf)):
        for word in line.split():
            if word.isalpha() and word.islower():
                assert word in ANCIENT or numbers >= SINCE[word], line


@pytest.mark.parametrize("row", PLATFORMS, ids=lambda row: row.name)
def test_every_planned_path_is_one_that_is_observed(row: Platform) -> None:
    plan = plan_for(host_of(row.id, row.version, HYPERV))
    assert plan.files
    for file in plan.files:
        assert is_observed(file.path), file.path
