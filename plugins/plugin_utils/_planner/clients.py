# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The units of a host that steer its clock: one is wanted, the others are not."""

from __future__ import annotations

from .._model.observation import Observation
from .._model.plan import PlanError, PlannedUnit
from .._tables.platforms import Platform


def check_startable(observation: Observation, unit: str) -> None:
    """Raises PlanError for a unit that the administrator has masked."""
    seen = observation.units.get(unit)
    if seen and seen.load == "masked":
        raise PlanError(f"{unit} is masked on this host: unmask it first.")


def other_clients(observation: Observation, *wanted: str) -> tuple[PlannedUnit, ...]:
    """All units that steer the clock but the wanted ones; what is masked and quiet is done."""
    return tuple(
        PlannedUnit(name, False, "only one client may steer the clock")
        for name, unit in observation.units.items()
        if name not in wanted and (unit.load != "masked" or unit.is_active)
    )


def clients_in_use(observation: Observation, platform: Platform) -> dict[str, str]:
    """Unit to the package that it comes from, where the table names one."""
    packages = {
        name: platform.package_of(name)
        for name, unit in observation.units.items()
        if unit.is_in_use
    }
    return {name: package for name, package in packages.items() if package}
