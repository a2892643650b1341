# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every error that a host can meet stands in the guide, by its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs/docsite/rst/guide_troubleshooting.rst"

# Not those about an option's value: they name the option and what it takes.
ERRORS = {
    "AnsibleActionFail",
    "AnsibleConnectionFailure",
    "HostError",
    "Interrupted",
    "ObservationError",
    "OutputError",
    "PlanError",
    "ServiceError",
    "UnknownPlatform",
}
# Functions that tell at the end of an error what else has come of it.
ENDINGS = {"_tell", "take_back"}
GAP = "\0"


def words(expression: ast.expr) -> str | None:
    """The text of an error with gaps for names and numbers, None if it stands elsewhere."""
    match expression:
        case ast.Constant(value=str() as text):
            return re.sub(r"%[sd]", GAP, text)
        case ast.JoinedStr(values=values):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else GAP
                for part in values
            )
        case ast.BinOp(left=left, op=ast.Mod()):
            return words(left)
        case _:
            return None


def errors() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Raise(exc=ast.Call(func=func, args=[first, *_rest])) if (
                    ast.unparse(func).rpartition(".")[2] in ERRORS
                ):
                    text = words(first)
                    if text is not None:
                        yield f"{path.name}:{node.lineno}", text
                case ast.FunctionDef(name=name) if name in ENDINGS:
                    for text in endings(node):
                        yield f"{path.name}:{node.lineno} {text[:20]}", GAP + text


def endings(function: ast.FunctionDef) -> Iterator[str]:
    """The sentences of a function that go on after others."""
    for node in ast.walk(function):
        match node:
            case ast.AugAssign(value=value) | ast.Return(value=ast.expr() as value):
                text = words(value)
                if text is not None and text.startswith(" "):
                    yield text


def entries() -> list[str]:
    """The errors that are the terms of the guide's lists, with gaps."""
    found = re.findall(r"^``(.+)``$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    return [entry.replace("…", GAP) for entry in found]


def normal(text: str) -> str:
    """Gaps side by side, and the words between two of them, are one gap."""
    return re.sub(rf"{GAP}[\s{GAP}]*{GAP}", GAP, " ".join(text.split()))


@pytest.mark.parametrize(("where", "text"), list(errors()))
def test_every_error_has_its_entry(where: str, text: str) -> None:
    assert normal(text) in {normal(entry) for entry in entries()}, where


def test_every_entry_is_an_error() -> None:
    known = {normal(text) for _where, text in errors()}
    assert {entry for entry in map(normal, entries()) if entry not in known} == set()
