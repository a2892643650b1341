# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From samples to figures, and from figures to pages."""

from __future__ import annotations

import itertools
import struct
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.tests.vm.bench import Result, read, thin
from ansible_collections.vmtime.linux.tests.vm.offsets import (
    Offsets,
    Sample,
    recovery,
    rms,
    time_off,
)
from ansible_collections.vmtime.linux.tests.vm.report import (
    PICTURE,
    draw,
    filled,
    headline,
    pages,
    recovery_cell,
)


def samples(*parts: tuple[float, float]) -> list[Sample]:
    """A sample each second from 1000 on: (seconds, offset) one after the other."""
    offsets = itertools.chain.from_iterable(
        [offset] * round(seconds) for seconds, offset in parts
    )
    return [Sample(1000 + second, offset) for second, offset in enumerate(offsets)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(8, -28.0), (30, 0.01)], 8),
        ([(30, 0.01)], 0),
        # not for long enough
        ([(8, -28.0), (15, 0.01), (4, 0.2), (30, -0.01)], 27),
        ([(8, -28.0), (15, 0.01)], None),
        ([(40, -28.0)], None),
        ([], None),
    ],
)
def test_recovery(parts: list[tuple[float, float]], expected: float | None) -> None:
    seconds = recovery(samples(*parts), 1000, threshold=0.1, hold=20)
    assert seconds == expected


def test_what_was_before_the_pause_does_not_count() -> None:
    before = [Sample(900 + second, 0) for second in range(50)]
    after = samples((8, -28), (30, 0))
    assert recovery([*before, *after], 1000, threshold=0.1, hold=20) == 8


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(10, 0.01)], 0),
        ([(10, 0.01), (3, 5), (5, 0.01), (2, -5), (5, 0.01)], 5),
        ([(10, 0.01), (3, 5)], None),
    ],
)
def test_the_time_for_which_a_clock_is_off(
    parts: list[tuple[float, float]], expected: float | None
) -> None:
    assert time_off(samples(*parts), 0.1) == expected


def test_a_clock_is_off_where_samples_lack_too() -> None:
    holed = [Sample(1, 0.0), Sample(2, 5.0), Sample(6, 5.0), Sample(7, 0.0)]
    assert time_off(holed, 0.1) == 5


def test_rms() -> None:
    assert rms(samples((1, 3), (1, -4), (1, 0), (1, 0))) == 2.5


def test_a_thin_trace_has_the_corners() -> None:
    slew = [Sample(second, -28 + second) for second in range(28)]
    flat = [Sample(28 + second, 0.0) for second in range(100)]
    assert thin([*slew, *flat]) == [(0, -28), (28, 0), (127, 0)]
    assert thin([]) == []


def test_a_host_that_is_late_with_its_time_is_no_offset(tmp_path: Path) -> None:
    offsets = Offsets(tmp_path / "shared")
    seconds = [
        (100.0, 100.0),
        (100.1, 100.1),
        # the host's time stood still for 0.2 s
        (100.1, 100.2),
        (100.11, 100.3),
        (100.4, 100.4),
    ]
    with (tmp_path / "shared").open("r+b") as file:
        file.seek(8)
        file.write(struct.pack("<Q", len(seconds)))
        for host, guest in seconds:
            file.write(struct.pack("<QQ", round(host * 1e9), round(guest * 1e9)))
    assert [sample.host for sample in offsets.take()] == [100.0, 100.1, 100.4]
    assert offsets.take() == []


def result(recovered: float | None) -> Result:
    return Result(
        setup="host_only, fast",
        pause=28,
        run=1,
        recovered=recovered,
        limit=900,
        rms_before=0.001,
        guests=1,
        load=1,
        cores=2,
        sources=1,
        qemu="7",
        chrony="4.3",
        kernel="6",
        date="2026-01-01 00:00",
        trace=[(0, -28), (2, 0)],
    )


@pytest.mark.parametrize(
    ("times", "cell"),
    [
        ([], "not measured"),
        ([2.0, 2.1, 2.2, 2.3, 9.0], "**2.2** (2.0 to 9.0)"),
        ([2.0, 3.0], "**2.5** (2.0 to 3.0, 2 runs)"),
        ([2.0, None, None], "> 900 in 2 of 3"),
    ],
)
def test_a_cell_of_the_table(times: list[float | None], cell: str) -> None:
    assert recovery_cell([result(time) for time in times]) == cell


def test_the_headline_says_what_was_not_measured() -> None:
    told = headline([result(2.0)])
    assert "after (not measured) with NTP" in told
    assert "in mode `host_only` (not measured), or 2 s" in told


def test_a_part_of_a_page_is_replaced() -> None:
    page = "a\n<!-- x -->\nold\nold\n<!-- /x -->\nb\n"
    assert filled(page, {"x": "new"}) == "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"
    empty = "<!-- x -->\n<!-- /x -->\n"
    assert filled(empty, {"x": "new"}) == "<!-- x -->\nnew\n<!-- /x -->\n"
    with pytest.raises(ValueError, match="0 places for y"):
        filled(page, {"y": "new"})


def test_the_pages_show_the_results() -> None:
    for path, text in pages(read()).items():
        assert path.read_text() == text, (
            f"{path} does not show the results: run make bench-pause BENCH='--runs 0'"
        )


def test_the_picture_shows_the_results(tmp_path: Path) -> None:
    draw(read(), tmp_path / "pause.svg")
    assert (tmp_path / "pause.svg").read_text() == PICTURE.read_text()
