# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many small cases of one subject as one test: each runs, and all that fail are reported."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

Record = t.Callable[[str, object], None]
Cell = t.Callable[..., t.ContextManager[None]]


@contextmanager
def all_cells(record: Record) -> Iterator[Cell]:
    """A context for each cell, by its name; ``record`` is pytest's ``record_testsuite_property``.

    The number of cells goes into the JUnit report, where the table of `make test` counts them.
    """
    count = 0
    failed: list[str] = []

    @contextmanager
    def cell(*name: object) -> Iterator[None]:
        nonlocal count
        count += 1
        try:
            yield
        except (Exception, pytest.fail.Exception) as error:
            failed.append(f"{' '.join(map(str, name))}: {error!r}")

    yield cell
    record("cells", count)
    assert not failed, f"{len(failed)} of {count} cells:\n" + "\n".join(failed)
