# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which daemon steers the clock: the one that is in use if it can do what is asked, else chrony.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping

from .._model.observation import Observation, ObservedClock
from .._model.plan import PlanError
from .._model.version import Version
from .._request.request import Request
from .._tables.platforms import Platform
from . import capabilities

# Daemon to its provider, in the order in which they are taken where none runs. timesyncd is the
# last, for it comes with systemd whether it is wanted or not.
_PROVIDERS: Mapping[str, str] = {
    "chrony": "chrony",
    "ntp": "ntp",
    "ntpsec": "ntp",
    "timesyncd": "timesyncd",
}


def choose_provider(
    request: Request,
    observation: Observation,
    platform: Platform,
    host_clock: ObservedClock | None,
) -> tuple[str, str]:
    """The provider and why. Raises PlanError if the one that is asked for can't do the mode."""
    if request.provider == "timesyncd":
        _check_timesyncd(request)
    if request.provider != "auto":
        return request.provider, f"provider is {request.provider}."
    daemon = daemon_in_use(observation)
    if daemon is None:
        return (
            "chrony",
            "provider is auto: no daemon that it could keep is in use, and chrony can do every"
            " mode.",
        )
    if daemon == "chrony":
        return "chrony", "provider is auto: chrony is there already."
    refusal = _refusal(daemon, request, observation, platform, host_clock)
    if refusal:
        return (
            "chrony",
            f"provider is auto: {daemon} is there, but {refusal} So it is chrony.",
        )
    reason = f"provider is auto: {daemon} is there already and can do it."
    return _PROVIDERS[daemon], reason


def daemon_in_use(observation: Observation) -> str | None:
    """The one that runs, else one that is to run at boot, else one that somebody has installed."""
    known = {
        name: observation.units.get(observation.daemons[name].unit or "")
        for name in _PROVIDERS
        if observation.daemons[name].installed
    }
    for name, unit in known.items():
        if unit and unit.is_active:
            return name
    for name, unit in known.items():
        if unit and unit.is_enabled:
            return name
    return next((name for name in known if name != "timesyncd"), None)


def _check_timesyncd(request: Request) -> None:
    if request.mode == "host_only":
        raise PlanError(
            "provider: timesyncd can't follow a host clock, so in mode host_only it has nothing to"
            " sync from. Use chrony."
        )
    if request.host_clock == "require":
        raise PlanError(
            "provider: timesyncd can't follow a host clock, and host_clock is require. Use chrony."
        )


def _refusal(
    daemon: str,
    request: Request,
    observation: Observation,
    platform: Platform,
    host_clock: ObservedClock | None,
) -> str | None:
    """Why the daemon can't do what is asked, as the end of a sentence, or None if it can."""
    if daemon == "timesyncd" and host_clock:
        return f"it can't follow the host clock {host_clock.device}."
    version = observation.daemons[daemon].version
    if daemon != "timesyncd":
        row = platform.ntp
        if row is None or row.daemon != daemon:
            return f"this collection does not configure it on {platform.name}."
        version = version or row.version
    return capabilities.refusal(
        request,
        daemon,
        Version(version or str(platform.systemd)),
        has_host_clock=host_clock is not None,
    )
