# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A function of the controller half can be read at a glance. ruff counts its branches."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PLUGINS = Path(__file__).parents[2] / "plugins"
MOST_LINES = 60


def functions() -> Iterator[tuple[str, int]]:
    """Where each function is, and its number of lines."""
    for folder in ("plugin_utils", "action"):
        for path in PLUGINS.glob(f"{folder}/**/*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef):
                    lines = (node.end_lineno or node.lineno) - node.lineno + 1
                    yield f"{path.relative_to(PLUGINS)}:{node.name}", lines


def test_no_function_is_over_sixty_lines() -> None:
    found = dict(functions())
    assert len(found) > 200
    assert {name: lines for name, lines in found.items() if lines > MOST_LINES} == {}
