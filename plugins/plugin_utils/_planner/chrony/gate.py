# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a version of chrony cannot do is refused before anything is planned.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..._model.plan import PlanError
from ..._model.version import Version
from ..._request.request import Request
from ..._tables import chrony_directives
from .. import capabilities, smear
from ..clients import check_startable
from ..context import Context
from ..daemon import Daemon


def check(context: Context, daemon: Daemon) -> None:
    """Raises PlanError for what this chrony cannot honour."""
    request = context.request
    check_startable(context.observation, daemon.unit)
    capabilities.check(request, daemon, has_host_clock=bool(context.host_clock))
    _check_custom_settings(request, daemon.version)
    if context.smeared:
        smear.check_custom("chrony_custom_settings", request.chrony_custom_settings)


def require(
    table: Mapping[str, Version], word: str, version: Version, what: str
) -> None:
    """Raises PlanError if this version is older than the word."""
    if version < table[word]:
        raise PlanError(f"{what} needs chrony {table[word]}, the host has {version}.")


def _check_custom_settings(request: Request, version: Version) -> None:
    for line in request.chrony_custom_settings:
        word = line.split()[0].lower()
        require(
            chrony_directives.DIRECTIVES,
            word,
            version,
            f"chrony_custom_settings: {word}",
        )
