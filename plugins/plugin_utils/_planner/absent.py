# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for state absent: everything as it was before the first run.

The host itself holds the record and brings it back byte for byte; this plan is what check mode and
--diff show of it. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._model.observation import BeforeFirstRun, ObservedFile
from .._model.plan import Plan, PlannedFile, PlannedSetting, PlannedUnit
from .context import Context
from .installable import check_installable

_REASON = "as it was before the first run"


def plan(context: Context) -> Plan:
    """What must change to undo all runs: nothing where there was none.

    Raises PlanError if a package would have to come back where none can be installed.
    """
    before = context.observation.before_first_run
    if before is None:
        told = "This collection has changed nothing here: there is nothing to undo."
        return Plan(reasons=_reasons(context, told))
    packages = tuple(_packages(context, before)) if context.request.install else ()
    check_installable(packages, context.observation)
    return Plan(
        packages=packages,
        files=tuple(_files(before)),
        units=tuple(_units(before)),
        kernel=tuple(_kernel(before)) if context.observation.booted else (),
        reasons=_reasons(
            context,
            "state is absent: all is brought back as it was before the first run.",
        ),
    )


def _reasons(context: Context, state: str) -> dict[str, str]:
    return {"state": state, "platform": context.platform_reason}


def _packages(context: Context, before: BeforeFirstRun) -> Iterator[str]:
    """Of the units that were in use and are gone, as Debian's packages remove each other."""
    for name, unit in before.units.items():
        package = context.platform.package_of(name)
        is_gone = name not in context.observation.units
        if unit and unit.is_in_use and is_gone and package:
            yield package


def _files(before: BeforeFirstRun) -> Iterator[PlannedFile]:
    for path, file in before.files.items():
        yield PlannedFile(path, _REASON, text=None if file is None else _shown(file))
    yield PlannedFile(before.path, "the record of how the host was")


def _shown(file: ObservedFile) -> str:
    if file.text is not None:
        return file.text
    return f"(a link to {file.symlink})\n" if file.symlink else "(not shown)\n"


def _kernel(before: BeforeFirstRun) -> Iterator[PlannedSetting]:
    for name, value in before.kernel.items():
        yield PlannedSetting(name, value, _REASON)


def _units(before: BeforeFirstRun) -> Iterator[PlannedUnit]:
    for name, unit in before.units.items():
        yield PlannedUnit(name, bool(unit and unit.is_in_use), _REASON)
