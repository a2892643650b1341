# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guide says that a fleet needs follows from what was measured."""

from __future__ import annotations

import json

import pytest

from ansible_collections.vmtime.linux.tests.docs.sizes import (
    FIGURES,
    GUIDE,
    table,
    with_table,
)

MEASURED = {
    "about": {"date": "2026-11-23"},
    "lines": [
        {"subject": "floor", "forks": 20, "cpu_seconds_per_host": 0.1},
        {
            "subject": "unchanged",
            "forks": 20,
            "hosts": 200,
            "cpu_seconds_per_host": 0.36,
            "memory_bytes": 1 << 30,
        },
    ],
}


def test_arithmetic() -> None:
    text = " ".join(table(MEASURED).split())
    assert "10,000 hosts an hour" in text
    assert "a peak of 1,024 MiB" in text
    assert "* - 1,000 - 6 min - 1 - 1" in text
    assert "* - 10,000 - 60 min - 1 - 6" in text
    assert "* - 100,000 - 10.0 h - 10 - 60" in text


def test_one_host_alone_is_an_upper_bound() -> None:
    alone = [
        {"subject": "unchanged", "cpu_seconds": 2.5},
        {"subject": "unchanged", "cpu_seconds": 1.8},
    ]
    text = table({**MEASURED, "lines": [], "one_host": alone})
    assert "2,000 hosts an hour" in text
    assert "upper bound" in text


def test_the_guide_has_the_table_of_the_figures() -> None:
    if not FIGURES.exists():
        pytest.skip("no docs/performance.json: make bench measures it")
    guide = GUIDE.read_text()
    assert guide == with_table(guide, json.loads(FIGURES.read_text())), (
        "run python tests/docs/sizes.py"
    )


def test_the_guide_has_a_place_for_the_table() -> None:
    assert "10,000 hosts an hour" in with_table(GUIDE.read_text(), MEASURED)
