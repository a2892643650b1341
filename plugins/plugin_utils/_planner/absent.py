# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for state absent: everything as it was before the first run.

The host itself holds the record and brings it back byte for byte; this plan is what check mode and
--diff show of it. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._model.observation import BeforeFirstRun, Observation
from .._model.plan import Plan, PlannedFile, PlannedSetting, PlannedUnit
from .._request.request import Request
from .._tables.platforms import Platform
from .context import check_installable

_REASON = "as it was before the first run"


def plan_absent(
    request: Request,
    observation: Observation,
    platform: Platform,
    platform_reason: str,
) -> Plan:
    """What must change to undo all runs: nothing where there was none."""
    before = observation.before_first_run
    packages: tuple[str, ...] = ()
    if request.install:
        packages = tuple(_packages(before, observation, platform))
        check_installable(packages, observation)
    told = "This collection has changed nothing here: there is nothing to undo."
    if before:
        told = "state is absent: all is brought back as it was before the first run."
    return Plan(
        mode=request.mode,
        provider=None,
        version=None,
        packages=packages,
        quiet_install=dict(platform.chrony.quiet_install),
        platform=platform.name,
        host_clock=None,
        sources=(),
        any_source=True,
        files=tuple(_files(before)),
        units=tuple(_units(before)),
        checks=(),
        reasons={"state": told, "platform": platform_reason},
        skipped=(),
        warnings=(),
        kernel=tuple(_kernel(before)) if observation.booted else (),
    )


def _packages(
    before: BeforeFirstRun | None, observation: Observation, platform: Platform
) -> Iterator[str]:
    """Of the units that were in use and are gone, as Debian's packages remove each other."""
    for name, unit in before.units.items() if before else ():
        package = platform.package_of(name)
        if unit and unit.is_in_use and name not in observation.units and package:
            yield package


def _files(before: BeforeFirstRun | None) -> Iterator[PlannedFile]:
    if before is None:
        return
    for path, file in before.files.items():
        if file is None:
            yield PlannedFile(path, _REASON)
            continue
        text = file.text
        if text is None:
            text = f"(a link to {file.symlink})\n" if file.symlink else "(not shown)\n"
        yield PlannedFile(path, _REASON, "verbatim.j2", {"text": text})
    yield PlannedFile(before.path, "the record of how the host was")


def _kernel(before: BeforeFirstRun | None) -> Iterator[PlannedSetting]:
    for name, value in before.kernel.items() if before else ():
        yield PlannedSetting(name, value, _REASON)


def _units(before: BeforeFirstRun | None) -> Iterator[PlannedUnit]:
    for name, unit in before.units.items() if before else ():
        yield PlannedUnit(name, bool(unit and unit.is_in_use), _REASON)
