# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What README.md promises, for the tests that hold it to that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]


def section(title: str) -> str:
    """The text below one of README.md's headings."""
    text = (ROOT / "README.md").read_text()
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def systems_table(title: str) -> dict[str, tuple[str, ...]]:
    """Row to its cells in a section's table: "Debian 12, 13" are two rows."""
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    found = {}
    for line in lines[2:]:
        first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        found.update({row: tuple(cells) for row in _rows(first)})
    return found


def _rows(cell: str) -> Iterator[str]:
    name = ""
    for part in cell.split(", "):
        # a number alone is another release of the one before
        words = part.split()
        name = name if len(words) == 1 and words[0][0].isdigit() else part
        base = name.rpartition(" ")[0] if name.split()[-1][0].isdigit() else name
        yield f"{base} {part}" if name != part else part
