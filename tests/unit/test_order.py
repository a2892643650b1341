# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of the packages is the architecture: each imports only from those to its left."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
ABSOLUTE = "ansible_collections.vmtime.linux.plugins."
CONTROLLER = (
    "plugin_utils._text",
    "plugin_utils._model",
    "plugin_utils._tables",
    "plugin_utils._request",
    "plugin_utils._planner",
    "plugin_utils._render",
    "plugin_utils._apply",
    "plugin_utils._audit",
    "plugin_utils._fleet",
    "action",
)
TARGET = (
    "module_utils._host",
    "module_utils._tables",
    "module_utils._record",
    "module_utils._observe",
    "module_utils._apply",
    "modules",
)
# The only package of the other half that the controller half may import: it holds data alone.
SHARED = "module_utils._tables"
OWN_NAMES = ("vmtime-", "/vmtime", ".vmtime-", "by vmtime.linux")


def imports(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """The line and the name below plugins/ of all that a file imports from the collection."""
    package = [*path.relative_to(PLUGINS).parent.parts]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [(name.name, "") for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            start = ABSOLUTE if node.level else ""
            module = start + ".".join([*base, *filter(None, [node.module])])
            names = [(module, name.name) for name in node.names]
        else:
            continue
        for module, name in names:
            full = f"{module}.{name}" if name else module
            if full.startswith(ABSOLUTE):
                yield node.lineno, full.removeprefix(ABSOLUTE)


def place(name: str, order: tuple[str, ...]) -> int | None:
    """Where in the order a module stands; None if it is not in this half."""
    found = [
        index
        for index, package in enumerate(order)
        if name == package or name.startswith(f"{package}.")
    ]
    return found[0] if found else None


def violations(path: Path, text: str) -> list[str]:
    name = ".".join(path.relative_to(PLUGINS).with_suffix("").parts)
    (order,) = (
        order for order in (CONTROLLER, TARGET) if place(name, order) is not None
    )
    own = place(name, order)
    assert own is not None
    wrong = []
    for line, imported in imports(path, text):
        if order is CONTROLLER and imported.startswith(f"{SHARED}."):
            continue
        other = place(imported, order)
        if other is None or other > own:
            wrong.append(f"{name}:{line} imports {imported}")
    return wrong


def files() -> list[Path]:
    folders = ("plugin_utils", "module_utils", "modules", "action")
    return sorted(
        path for folder in folders for path in PLUGINS.glob(f"{folder}/**/*.py")
    )


def test_every_package_imports_from_its_left() -> None:
    found = [wrong for path in files() for wrong in violations(path, path.read_text())]
    assert found == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("plugin_utils/_model/plan.py", "from .._planner.planner import make_plan"),
        ("plugin_utils/_planner/chrony/planner.py", "from ... import _apply"),
        ("plugin_utils/_render/render.py", "from ...module_utils import _host"),
        ("plugin_utils/_text/directive.py", "from ...action import timesync"),
        ("module_utils/_observe/status.py", "from .._apply import services"),
        ("module_utils/_tables/own.py", "from .._record.journal import read"),
        ("module_utils/_host.py", "from ._tables import own"),
        ("module_utils/_apply/files.py", "from ...plugin_utils._text import messages"),
        (
            "module_utils/_record/lock.py",
            "import ansible_collections.vmtime.linux.plugins.modules.timesync_info",
        ),
    ],
)
def test_an_import_against_the_order_is_found(path: str, line: str) -> None:
    assert len(violations(PLUGINS / path, line)) == 1


def test_imports_within_the_collection_are_relative() -> None:
    assert [path for path in files() if f"from {ABSOLUTE}" in path.read_text()] == []


def test_no_package_has_an_init_file() -> None:
    assert list(PLUGINS.rglob("__init__.py")) == []


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """The strings of a Python file that are no documentation, and the lines of a template."""
    if path.suffix != ".py":
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.startswith("{#"):
                yield number, line
        return
    for node in ast.walk(ast.parse(path.read_text())):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and "\n" not in value:
            yield t.cast(ast.Constant, node).lineno, value


def test_names_of_own_files_are_in_one_table() -> None:
    table = PLUGINS / "module_utils/_tables/own.py"
    templates = PLUGINS.glob("plugin_utils/_render/templates/*.j2")
    found = [
        f"{path.name}:{number}: {text}"
        for path in (*files(), *templates)
        if path != table
        for number, text in literals(path)
        if any(name in text for name in OWN_NAMES)
    ]
    assert found == []
