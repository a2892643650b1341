# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan to file texts, through the templates beside this file."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from ...module_utils._tables import own
from .._model.plan import Permissions, Plan, PlannedFile
from .._request.keys import Key


@dataclass(frozen=True)
class RenderedFile:
    """A file with its whole text, None if there must be no such file."""

    path: str
    reason: str
    text: str | None = field(repr=False)
    # of a file whose text is never shown
    secret: Permissions | None = None


def render(plan: Plan) -> tuple[RenderedFile, ...]:
    """Every file of the plan, in the plan's order."""
    return tuple(
        RenderedFile(
            file.path,
            file.reason,
            _text(file),
            file.secret,
        )
        for file in plan.files
    )


def render_keys(keys: Sequence[Key]) -> str | None:
    """The text of the key file, which is the same on every host; None without keys."""
    if not keys:
        return None
    lines = [key.line for key in keys]
    return _template("keys.j2").render(lines=lines)


def _text(file: PlannedFile) -> str | None:
    if file.template:
        return _template(file.template).render(file.variables)
    return file.text


@functools.cache
def _template(name: str) -> jinja2.Template:
    """Compiled once per process, when it is first used."""
    return _environment().get_template(name)


@functools.cache
def _environment() -> jinja2.Environment:
    """A plain Jinja2 of our own: these templates are code, no user's text is ever one."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.globals["own"] = own
    return environment
