# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet as one HTML page that needs no other file and no network.

What a host says is text everywhere: Jinja2 escapes it, the script sets it as text, and the page's
own policy lets no script or style run but those of this folder, by their checksums.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import jinja2
import markupsafe

from .fleet import CONCERNS, OFFSETS, Fleet
from .row import HostRow

_FOLDER = Path(__file__).parent / "assets"
# What would end the element that the JSON stands in, or begin another one
_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def as_html(fleet: Fleet) -> str:
    scripts = [_part("chartist.js"), _part("report.js")]
    style = _part("report.css")
    page = _environment().get_template("report.html.j2")
    return page.render(
        fleet=fleet,
        concerns=CONCERNS,
        data=markupsafe.Markup(_data(fleet)),  # escaped there
        scripts=scripts,
        style=style,
        policy=_policy(scripts, style),
    )


def _data(fleet: Fleet) -> str:
    names = [field.name for field in fields(HostRow)]
    told = {
        "columns": [*names, "concerns"],
        "rows": [
            [*(getattr(host.row, name) for name in names), host.concerns]
            for host in fleet.hosts
        ],
        "concerns": {name: concern.label for name, concern in CONCERNS.items()},
        "offsets": list(fleet.offsets.items()),
        "bounds": [bound for bound in OFFSETS.values() if bound < float("inf")],
        "synchronised": fleet.synchronised,
    }
    text = json.dumps(told, separators=(",", ":"), allow_nan=False)
    return text.translate(_UNSAFE)


def _policy(scripts: Iterable[str], style: str) -> str:
    """The page's Content-Security-Policy."""
    allowed = " ".join(f"'{_checksum(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src-elem '{_checksum(style)}';"
        # Chartist sizes its elements by their style attributes
        " style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )


def _checksum(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@functools.cache
def _part(name: str) -> markupsafe.Markup:
    """A script or style of this folder, which is code and needs no escaping."""
    return markupsafe.Markup((_FOLDER / name).read_text("utf-8"))


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    environment.filters["thousands"] = "{:,}".format
    return environment
