# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for hosts on which hv_utils alone keeps the time: no daemon at all.

Pure functions.
"""

from __future__ import annotations

from .._model.plan import Plan
from .._request.request import Request
from .clients import other_clients
from .context import Context
from .leftovers import with_leftovers
from .sources import unused_servers


def plan(context: Context) -> Plan:
    """A plan without a provider."""
    return Plan(
        files=with_leftovers(context, ()),
        units=other_clients(context.observation),
        reasons={
            "mode": "host_only: the kernel's hv_utils sets the time by the host.",
            "host_clock": context.host_clock_reason,
            "provider": "No daemon: there is no host clock that one could follow.",
            "platform": context.platform_reason,
        },
        skipped=(
            *unused_servers(context.request),
            *_unused_provider(context.request),
        ),
        warnings=_warnings(context),
    )


def _unused_provider(request: Request) -> tuple[str, ...]:
    if request.provider == "auto":
        return ()
    return (
        f"provider: {request.provider} is not used: it has nothing to follow here.",
    )


def _warnings(context: Context) -> tuple[str, ...]:
    names = {setting.name for setting in context.kernel_settings}
    if "timesync_implicit" not in names:
        return ()
    return (
        "hv_utils steps the clock only where the host is 5 s ahead or more, and never back: a"
        " kernel with PTP_1588_CLOCK lets chrony follow the host much closer.",
    )
