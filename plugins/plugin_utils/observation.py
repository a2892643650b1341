# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What timesync_info saw, typed: raw facts of one host, no opinion.

Private to this collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Distribution:
    id: str | None
    id_like: tuple[str, ...]
    version_id: str | None
    name: str | None


@dataclass(frozen=True)
class ObservedClock:
    """The host clock: the kernel's name of it, and the stable device to configure."""

    clock_name: str
    hypervisor: str
    device: str


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
    def is_enabled(self) -> bool:
        return self.enabled in ("enabled", "enabled-runtime", "generated")

    @property
    def is_active(self) -> bool:
        return self.active in ("active", "activating", "reloading")


@dataclass(frozen=True)
class ObservedFile:
    """A file; text and checksum are None where it holds secrets."""

    text: str | None
    sha256: str | None
    symlink: str | None


@dataclass(frozen=True)
class Observation:
    root: str
    booted: bool
    distribution: Distribution
    host_clock: ObservedClock | None
    host_clock_reason: str
    has_hyperv_time_sync: bool
    daemons: Mapping[str, ObservedDaemon]
    units: Mapping[str, ObservedUnit]
    files: Mapping[str, ObservedFile]
    status: Mapping[str, t.Any]
    unfinished_run: bool

    @classmethod
    def from_module(cls, data: Mapping[str, t.Any]) -> Observation:
        """From the result of timesync_info, whose documentation tells the keys."""
        distribution, clock = data["distribution"], data["host_clock"]
        return cls(
            root=data["root"],
            booted=data["systemd"]["booted"],
            distribution=Distribution(
                id=distribution["id"],
                id_like=tuple(distribution["id_like"]),
                version_id=distribution["version_id"],
                name=distribution["name"],
            ),
            host_clock=clock
            and ObservedClock(
                clock["clock_name"], clock["hypervisor"], clock["device"]
            ),
            host_clock_reason=data["host_clock_reason"],
            has_hyperv_time_sync=data["hyperv"]["time_sync"] is not None,
            daemons={
                name: ObservedDaemon(
                    daemon["installed"],
                    daemon["binary"],
                    daemon["version"],
                    daemon["unit"],
                )
                for name, daemon in data["daemons"].items()
            },
            units={
                name: ObservedUnit(unit["load"], unit["active"], unit["enabled"])
                for name, unit in data["units"].items()
            },
            files={
                path: ObservedFile(file["text"], file["sha256"], file["symlink"])
                for path, file in data["files"].items()
            },
            status=data["status"],
            unfinished_run=data["unfinished_run"],
        )
