# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The daemon of a plan, as it is on the host, or as the distribution ships it."""

from __future__ import annotations

from dataclasses import dataclass

from .._model.observation import Observation
from .._model.version import Version


@dataclass(frozen=True)
class Daemon:
    """``name`` is that of module_utils/_tables/daemons.py; binary is None if it is not there."""

    name: str
    installed: bool
    # None if it did not state one
    stated: str | None
    version: Version
    unit: str
    binary: str | None


def daemon_of(
    observation: Observation, name: str, *, version: str, unit: str
) -> Daemon:
    """``version`` and ``unit`` are the distribution's, for what the host does not state."""
    seen = observation.daemons[name]
    return Daemon(
        name,
        seen.installed,
        seen.version,
        Version(seen.version or version),
        seen.unit or unit,
        seen.binary,
    )
