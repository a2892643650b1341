# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: what a host must look like, and why."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .observation import ObservedClock


class PlanError(ValueError):
    """The request can't be honoured on this host: one sentence that says why."""


@dataclass(frozen=True)
class Source:
    """A source of time: the line that configures it, and the name the daemon tells it by."""

    kind: t.Literal["server", "pool", "refclock"]
    name: str
    line: str


@dataclass(frozen=True)
class Permissions:
    """Mode in octal digits and the name of the group; the owner is root."""

    mode: str
    group: str


@dataclass(frozen=True)
class PlannedFile:
    """A file of the host: its text, or the template of its text; with neither there must be none.

    The text of a secret file is never shown, and its permissions are part of the plan.
    """

    path: str
    reason: str
    # in _render/templates, with its variables
    template: str | None = None
    variables: Mapping[str, t.Any] = field(default_factory=dict, repr=False)
    secret: Permissions | None = None
    text: str | None = field(default=None, repr=False, kw_only=True)

    @property
    def is_present(self) -> bool:
        return self.text is not None or self.template is not None


@dataclass(frozen=True)
class PlannedUnit:
    """A unit: active and enabled, or neither."""

    name: str
    wanted: bool
    reason: str


@dataclass(frozen=True)
class PlannedSetting:
    """A setting of the running kernel, by its name in _tables/kernel_settings.py."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True)
class Check:
    """A program that reads the candidate of a file, given as its last argument."""

    argv: tuple[str, ...]
    path: str


@dataclass(frozen=True)
class Plan:
    """What a planner says, and what make_plan adds to it: what no planner decides."""

    # None where no daemon is needed: then no unit is started either
    provider: str | None = None
    # the version that was planned for
    version: str | None = None
    # the packages that are still to be installed
    packages: tuple[str, ...] = ()
    host_clock: ObservedClock | None = None
    sources: tuple[Source, ...] = ()
    # True where sources that are not in the plan are welcome too, as from DHCP
    any_source: bool = True
    files: tuple[PlannedFile, ...] = ()
    units: tuple[PlannedUnit, ...] = ()
    checks: tuple[Check, ...] = ()
    kernel: tuple[PlannedSetting, ...] = ()
    # a sentence for each choice, by its subject
    reasons: Mapping[str, str] = field(default_factory=dict)
    # a sentence each for what is left out, and for what may surprise
    skipped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    # -- added by make_plan

    mode: str = ""
    # the name of the distribution's row
    platform: str = ""
    # what the package module takes besides where nothing may start
    quiet_install: Mapping[str, str | int] = field(default_factory=dict)
    # what installs packages where ansible-core has no module for it
    installer: tuple[str, ...] = ()
    # clients in use now, by unit, to the package that each comes from
    clients: Mapping[str, str] = field(default_factory=dict)

    @property
    def start(self) -> tuple[str, ...]:
        """The units to start, in order; the last one is the daemon that follows the sources."""
        return tuple(unit.name for unit in self.units if unit.wanted)

    def with_units_of(self, earlier: Plan) -> Plan:
        """The same plan, which also tells of units that were there for an earlier one."""
        names = {unit.name for unit in self.units}
        gone = tuple(unit for unit in earlier.units if unit.name not in names)
        return replace(self, units=(*self.units, *gone))
