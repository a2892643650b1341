# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What timesync_info saw, typed: raw facts of one host, no opinion."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import UnionType

from ...module_utils._tables import own
from ...module_utils._tables.daemons import DAEMONS, PHC2SYS
from ...module_utils._tables.host_clocks import host_clock_named
from ...module_utils._tables.kernel_settings import SETTINGS
from .._text import messages
from .version import stated_version


class ObservationError(ValueError):
    """What a host has answered is no observation."""


@dataclass(frozen=True)
class Distribution:
    id: str | None
    id_like: tuple[str, ...]
    version_id: str | None
    name: str | None
    # of the release that it is made from, if it tells of one
    codename: str | None = None


@dataclass(frozen=True)
class ObservedClock:
    """The host clock: the kernel's name of it, and the stable device to configure."""

    clock_name: str
    hypervisor: str
    device: str

    @property
    def pattern(self) -> str:
        """The name as the table has it: with a wildcard where it holds the device's number."""
        row = host_clock_named(self.clock_name)
        return row.clock_name if row else self.clock_name


@dataclass(frozen=True)
class ObservedDaemon:
    installed: bool
    binary: str | None
    version: str | None
    unit: str | None


@dataclass(frozen=True)
class ObservedUnit:
    """A systemd unit; ``active`` is None where systemd does not run."""

    load: str
    active: str | None
    enabled: str

    @property
    def starts_at_boot(self) -> bool:
        """True if nothing more can be done to have it started at boot.

        A static unit has no [Install] of its own, a generated one comes from a script of System V.
        """
        return self.enabled in (
            "enabled",
            "static",
            "linked",
            "generated",
            "indirect",
            "alias",
        )

    @property
    def is_enabled(self) -> bool:
        """True if it can be disabled; a generated one stays generated whatever is done."""
        return self.enabled == "enabled"

    @property
    def is_active(self) -> bool:
        return self.active in ("active", "activating", "reloading")

    @property
    def is_in_use(self) -> bool:
        return self.is_enabled or self.is_active


@dataclass(frozen=True)
class ObservedFile:
    """A file; text is None where it is not UTF-8 or holds secrets, the checksum with secrets.

    ``matches`` tells of a secret file of the collection's own whether it is as asked.
    """

    text: str | None
    sha256: str | None
    symlink: str | None = None
    permissions: tuple[str | None, ...] = ()
    matches: bool | None = None


@dataclass(frozen=True)
class BeforeFirstRun:
    """What state absent brings back, by path and by name; None for what was not there."""

    files: Mapping[str, ObservedFile | None]
    units: Mapping[str, ObservedUnit | None]
    kernel: Mapping[str, str]
    # where the record stands
    path: t.ClassVar[str] = own.FIRST_RUN


@dataclass(frozen=True)
class Observation:
    root: str
    privileged: bool
    booted: bool
    systemd_version: int | None
    distribution: Distribution
    host_clock: ObservedClock | None
    host_clock_reason: str
    has_hyperv_time_sync: bool
    daemons: Mapping[str, ObservedDaemon]
    units: Mapping[str, ObservedUnit]
    files: Mapping[str, ObservedFile]
    status: Mapping[str, t.Any]
    unfinished_run: bool
    # the program, None where linuxptp is not installed
    phc2sys: str | None = None
    # None if it was not asked for, or nothing was changed yet
    before_first_run: BeforeFirstRun | None = None
    # what the host runs on, by its DMI
    virtualization: str | None = None
    # the running kernel's release
    kernel: str | None = None
    # each of _tables/kernel_settings.py with its value, None where the kernel does not have it
    kernel_settings: Mapping[str, str | None] = field(default_factory=dict)

    def text_of(self, path: str) -> str:
        """The text of a file, empty if it is not there or its text is not known."""
        file = self.files.get(path)
        return (file and file.text) or ""

    def units_since(
        self, earlier: Observation
    ) -> dict[str, dict[str, str | None] | None]:
        """How the units were that have changed since an earlier look; None if not there."""
        names = {*earlier.units, *self.units}
        before = {name: earlier.units.get(name) for name in sorted(names)}
        return {
            name: None if unit is None else asdict(unit)
            for name, unit in before.items()
            if unit != self.units.get(name)
        }

    @classmethod
    def from_module(cls, data: Mapping[str, t.Any]) -> Observation:
        """From the result of timesync_info, whose documentation tells the keys.

        Raises ObservationError for anything else: what runs on a host may be hostile.
        """
        try:
            return cls._from_module(data)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ObservationError(
                "The host's answer is not what timesync_info documents"
                f" ({messages.show(error)})."
            ) from error

    @classmethod
    def _from_module(cls, data: Mapping[str, t.Any]) -> Observation:
        distribution, clock = data["distribution"], data["host_clock"]
        before = data.get("before_first_run")
        return cls(
            root=_a(str, data["root"]),
            privileged=_a(bool, data["privileged"]),
            booted=_a(bool, data["systemd"]["booted"]),
            systemd_version=int(data["systemd"]["version"] or 0) or None,
            distribution=Distribution(
                id=_a(_TEXT, distribution["id"]),
                id_like=tuple(_a(str, name) for name in distribution["id_like"]),
                version_id=_a(_TEXT, distribution["version_id"]),
                name=_a(_TEXT, distribution["name"]),
                codename=_a(_TEXT, distribution["codename"]),
            ),
            host_clock=_host_clock(clock and _a(_TEXT, clock["clock_name"])),
            host_clock_reason=messages.plain(_a(str, data["host_clock_reason"])),
            has_hyperv_time_sync=data["hyperv"]["time_sync"] is not None,
            daemons={
                row.name: _daemon(row.name, data["daemons"][row.name])
                for row in DAEMONS
            },
            units={name: _unit(unit) for name, unit in data["units"].items()},
            files={
                path: ObservedFile(
                    _a(_TEXT, file["text"]),
                    _a(_TEXT, file["sha256"]),
                    _a(_TEXT, file["symlink"]),
                    tuple(_a(_TEXT, file[name]) for name in ("mode", "owner", "group")),
                    _a(bool | None, file["matches"]),
                )
                for path, file in {**data["files"], **_record(before)}.items()
            },
            status=_status(data["status"]),
            unfinished_run=_a(bool, data["unfinished_run"]),
            phc2sys=_program(_a(_TEXT, data["phc2sys"])),
            before_first_run=before and _before_first_run(before),
            virtualization=_a(_TEXT, data["virtualization"]["type"]),
            kernel=_a(_TEXT, data["kernel"]),
            kernel_settings=_kernel_settings(data["kernel_settings"]),
        )


_TEXT = str | None


def _a(kind: type | UnionType, value: t.Any) -> t.Any:
    """The value, which is of that kind. Raises TypeError."""
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not {kind}")
    return value


def _status(data: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
    _a(bool, data["synchronised"])
    _a(_TEXT, data["reason"])
    for source in _a(list, data["sources"]):
        _a(str, source["name"])
    return data


def _unit_name(told: str) -> str:
    """The name of a service; it reaches files and command lines."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,250}\.service", told):
        raise ValueError(f"{told!r} is not the name of a unit")
    return told


def _unit(data: Mapping[str, t.Any]) -> ObservedUnit:
    return ObservedUnit(
        _a(str, data["load"]), _a(_TEXT, data["active"]), _a(str, data["enabled"])
    )


def _record(before: Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    """The record's own file."""
    if not before:
        return {}
    unknown = dict.fromkeys(("text", "symlink", "mode", "owner", "group", "matches"))
    told = {**unknown, "sha256": before["sha256"]}
    return {BeforeFirstRun.path: told}


def _daemon(name: str, data: Mapping[str, t.Any]) -> ObservedDaemon:
    return ObservedDaemon(
        _a(bool, data["installed"]),
        _a(_TEXT, data["binary"]),
        stated_version(name, _a(_TEXT, data["version"])),
        data["unit"] and _unit_name(data["unit"]),
    )


def _before_first_run(data: Mapping[str, t.Any]) -> BeforeFirstRun:
    return BeforeFirstRun(
        {
            _a(str, path): file
            and ObservedFile(
                _a(_TEXT, file["text"]),
                _a(_TEXT, file["sha256"]),
                _a(_TEXT, file["symlink"]),
            )
            for path, file in data["files"].items()
        },
        {_a(str, name): unit and _unit(unit) for name, unit in data["units"].items()},
        {
            setting["name"]: setting["value"]
            for setting in data.get("kernel", ())
            if setting["value"] in SETTINGS.get(setting["name"], ())
        },
    )


def _kernel_settings(data: Mapping[str, t.Any]) -> Mapping[str, str | None]:
    """Each known setting, with a value that it can have."""
    return {
        name: data[name] if data[name] in values else None
        for name, values in SETTINGS.items()
    }


def _host_clock(clock_name: str | None) -> ObservedClock | None:
    """By its name alone: what else a host says of its clock must not reach a file."""
    row = host_clock_named(clock_name)
    return row and ObservedClock(str(clock_name), row.hypervisor, row.device)


def _program(path: str | None) -> str | None:
    """One of the paths that were looked at: it stands in a unit file."""
    return path if path in PHC2SYS else None
