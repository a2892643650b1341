# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a plan has this mode, host clock, provider and row: a sentence each."""

from __future__ import annotations

from .context import Context
from .daemon import Daemon
from .sources import owns_sources


def reasons_of(
    context: Context, daemon: Daemon, *, has_servers: bool
) -> dict[str, str]:
    """By the keys mode, host_clock, provider and platform."""
    return {
        "mode": _mode(context, has_servers=has_servers),
        "host_clock": context.host_clock_reason,
        "provider": f"{context.provider_reason} {_version(context, daemon)}",
        "platform": context.platform_reason,
    }


def _mode(context: Context, *, has_servers: bool) -> str:
    request, followed = context.request, []
    if has_servers:
        followed.append(
            "the given servers" if request.ntp_servers else "the distribution's servers"
        )
    elif not owns_sources(request):
        followed.append("the sources that the distribution configures")
    if context.host_clock:
        followed.append(f"the host clock {context.host_clock.device}")
    return f"{request.mode}: {' and '.join(followed)}."


def _version(context: Context, daemon: Daemon) -> str:
    if not daemon.installed:
        return (
            f"{daemon.name} is not installed yet, so it is planned as version {daemon.version},"
            f" which {context.platform.name} ships."
        )
    if not daemon.stated:
        return (
            f"{daemon.name} is installed but did not tell its version, so it is planned as"
            f" {daemon.version}."
        )
    return f"{daemon.name} {daemon.version} is installed."
