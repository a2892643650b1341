# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for hosts on which hv_utils alone keeps the time: no daemon at all.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._model.plan import Plan
from .context import Case
from .kernel import KernelPlan


def plan_hyperv(case: Case, kernel: KernelPlan) -> Plan:
    """A plan without a provider."""
    return Plan(
        mode=case.request.mode,
        provider=None,
        version=None,
        packages=(),
        quiet_install={},
        platform=case.platform.name,
        host_clock=None,
        sources=(),
        any_source=True,
        files=tuple(case.leftovers(())),
        units=tuple(case.other_clients()),
        checks=(),
        reasons={
            "mode": "host_only: the kernel's hv_utils sets the time by the host.",
            "host_clock": case.host_clock_reason,
            "provider": "No daemon: there is no host clock that one could follow.",
            "platform": case.platform_reason,
        },
        skipped=tuple(_skipped(case)),
        warnings=tuple(_warnings(kernel)),
    )


def _skipped(case: Case) -> Iterator[str]:
    yield from case.skipped_servers()
    if case.request.provider != "auto":
        yield f"provider: {case.request.provider} is not used: it has nothing to follow here."


def _warnings(kernel: KernelPlan) -> Iterator[str]:
    if any(setting.name == "timesync_implicit" for setting in kernel.settings):
        yield (
            "hv_utils steps the clock only where the host is 5 s ahead or more, and never back: a"
            " kernel with PTP_1588_CLOCK lets chrony follow the host much closer."
        )
