# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Observations for tests: recorded trees, and changes to them."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace
from pathlib import Path

from ansible_collections.vmtime.linux.plugins.module_utils._host import Host
from ansible_collections.vmtime.linux.plugins.module_utils._observation import observe
from ansible_collections.vmtime.linux.plugins.plugin_utils.observation import (
    Distribution,
    Observation,
    ObservedClock,
    ObservedDaemon,
    ObservedUnit,
)

RECORDED = Path(__file__).parents[3] / "fixtures" / "hosts"

HYPERV = ObservedClock("hyperv", "hyperv", "/dev/ptp_hyperv")


def observed(name: str) -> dict[str, t.Any]:
    """The result of timesync_info for a recorded tree, as it arrives."""
    seen = observe(Host(str((RECORDED / name).resolve())))
    return t.cast(dict[str, t.Any], json.loads(json.dumps(seen)))


def recorded(name: str) -> Observation:
    return Observation.from_module(observed(name))


def with_chrony(
    observation: Observation, version: str, unit: str = "chrony.service"
) -> Observation:
    """The same host with a running chrony of this version."""
    daemon = ObservedDaemon(True, "/usr/sbin/chronyd", version, unit)
    return replace(
        observation,
        booted=True,
        daemons={**observation.daemons, "chrony": daemon},
        units={**observation.units, unit: ObservedUnit("loaded", "active", "enabled")},
    )


def host_of(
    distribution: str, version_id: str | None, clock: ObservedClock | None = None
) -> Observation:
    """A fresh host of a distribution, without any daemon or file."""
    empty = recorded("empty")
    return replace(
        empty,
        distribution=Distribution(distribution, (), version_id, None),
        host_clock=clock,
        host_clock_reason="for a test",
    )
