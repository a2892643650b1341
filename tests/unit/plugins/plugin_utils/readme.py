# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What README.md promises, for the tests that hold it to that."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]


def section(title: str) -> str:
    """The text below one of README.md's headings."""
    text = (ROOT / "README.md").read_text()
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def told_providers() -> dict[str, tuple[str, str]]:
    """Row to what README.md tells of timesyncd and ntp: "Debian 12, 13" are two rows."""
    found = {}
    for line in section("Providers").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 4 or cells[0] in ("system", "---"):
            continue
        name = ""
        for part in cells[0].split(", "):
            # a number alone is another release of the one before
            words = part.split()
            name = name if len(words) == 1 and words[0][0].isdigit() else part
            base = name.rpartition(" ")[0] if name.split()[-1][0].isdigit() else name
            row = f"{base} {part}" if name != part else part
            found[row] = (cells[2], cells[3])
    return found
