# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Observations for tests: recorded trees, and changes to them."""

from __future__ import annotations

import json
import tempfile
import typing as t
from dataclasses import replace
from functools import cache
from pathlib import Path

from ansible_collections.vmtime.linux.plugins.module_utils._host import Host
from ansible_collections.vmtime.linux.plugins.module_utils._observe.observation import (
    observe,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Distribution,
    Observation,
    ObservedClock,
    ObservedDaemon,
    ObservedUnit,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.module_utils.recorded import (
    HOSTS,
    copy_recorded,
)

RECORDED = Path(HOSTS)

HYPERV = ObservedClock("hyperv", "hyperv", "/dev/ptp_hyperv")
KVM = ObservedClock("KVM virtual PTP", "kvm", "/dev/ptp_kvm")


def observed(name: str) -> dict[str, t.Any]:
    """The result of timesync_info for a recorded tree, as it arrives from root's run there."""
    return t.cast(dict[str, t.Any], json.loads(_observed(name)))


@cache
def _observed(name: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        root = str(Path(folder).resolve() / name)
        copy_recorded(name, root)
        seen = observe(Host(root))
    # whoever runs the tests, and wherever
    seen.update(privileged=True, root="/")
    return json.dumps(seen)


@cache
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


# Daemon to its program and unit on Debian.
DAEMONS = {
    "chrony": ("/usr/sbin/chronyd", "chrony.service"),
    "timesyncd": (
        "/usr/lib/systemd/systemd-timesyncd",
        "systemd-timesyncd.service",
    ),
    "ntp": ("/usr/sbin/ntpd", "ntp.service"),
    "ntpsec": ("/usr/sbin/ntpd", "ntpsec.service"),
}


def with_daemon(
    observation: Observation,
    name: str,
    version: str,
    *,
    active: str = "active",
    enabled: str = "enabled",
) -> Observation:
    """The same host with a daemon, running unless told otherwise."""
    binary, unit = DAEMONS[name]
    daemon = ObservedDaemon(True, binary, version, unit)
    seen = ObservedUnit("loaded", active, enabled)
    return replace(
        observation,
        booted=True,
        daemons={**observation.daemons, name: daemon},
        units={**observation.units, unit: seen},
    )


def with_hv_utils(
    observation: Observation, kernel: str = "6.12.0", **settings: str | None
) -> Observation:
    """The same host, running on Hyper-V, whose kernel makes no PTP clock of the service."""
    known: dict[str, str | None] = {
        "hyperv_time_sync": "bound",
        "timesync_implicit": "off",
        "hv_utils": "loaded",
        "ptp_kvm": "unloaded",
    }
    return replace(
        observation,
        booted=True,
        host_clock=None,
        has_hyperv_time_sync=True,
        virtualization="hyperv",
        kernel=kernel,
        kernel_settings={**known, **settings},
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
