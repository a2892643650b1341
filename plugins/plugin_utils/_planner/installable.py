# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packages that a plan may have installed."""

from __future__ import annotations

from collections.abc import Collection

from .._model.observation import Observation
from .._model.plan import PlanError
from .._request.request import Request


def packages_to_install(
    request: Request, observation: Observation, *missing: str
) -> tuple[str, ...]:
    """Those that are missing. Raises PlanError if the user or the host forbids to install any."""
    if missing and not request.install:
        are = "is" if len(missing) == 1 else "are"
        raise PlanError(
            f"install: false, but {' and '.join(missing)} {are} not installed on this host."
        )
    check_installable(missing, observation)
    return missing


def check_installable(packages: Collection[str], observation: Observation) -> None:
    """Raises PlanError if there are any and the host is not the one that runs."""
    if packages and observation.root != "/":
        raise PlanError(
            f"The package {' with '.join(packages)} is not installed below {observation.root}, and"
            " packages are only installed into the running root."
        )
