# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Smeared leap seconds: some providers stretch a leap second over many hours.

Around one, their time and all others' differ by up to half a second or more, so a host must never
follow both. A client of theirs must not know of leap seconds either, or it would apply one twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from .._model.plan import PlanError
from .._model.sources import NtpServer

# Servers that smear, by the documentation of Google Public NTP, Compute Engine, Amazon Time Sync
# and Meta. What is not here is taken for a server that does not.
SMEARED = frozenset(
    (
        "metadata.google.internal",
        "time.google.com",
        "time1.google.com",
        "time2.google.com",
        "time3.google.com",
        "time4.google.com",
        "time.android.com",
        "time.facebook.com",
        "time1.facebook.com",
        "time2.facebook.com",
        "time3.facebook.com",
        "time4.facebook.com",
        "time5.facebook.com",
        "169.254.169.123",
        "fd00:ec2::123",
        "time.aws.com",
    )
)

# Directives that tell a daemon of leap seconds: chrony's two and ntpd's one.
LEAP_DIRECTIVES = ("leapsectz", "leapseclist", "leapfile")


def check_custom(option: str, lines: Iterable[str]) -> None:
    """For a host whose sources smear. Raises PlanError for a setting that tells of leap seconds."""
    for line in lines:
        word = line.split()[0].lower()
        if word in LEAP_DIRECTIVES:
            raise PlanError(
                f"{option}: {word} tells the daemon of leap seconds, and sources that smear them"
                " are not to be corrected once more."
            )


def skipped(daemon: str) -> str:
    """What a plan for such a host says of the directives that it leaves out."""
    return f"Directives that tell {daemon} of leap seconds: the sources smear them."


def is_smeared(server: NtpServer) -> bool:
    """What the user says of a server, else what is known of it."""
    if server.smeared is not None:
        return server.smeared
    return server.hostname.lower().rstrip(".") in SMEARED


def beside(servers: Iterable[NtpServer], host_clock_smears: bool | None) -> str:
    """What to know of the distribution's own servers beside a host clock; empty if nothing.

    Nobody has named them, so they are no reason to refuse a plan.
    """
    if host_clock_smears:
        return " It smears leap seconds, so servers beside it must do so too."
    smeared = [server.hostname for server in servers if is_smeared(server)]
    if smeared and host_clock_smears is False:
        return (
            f" It does not smear leap seconds, and {', '.join(smeared)} beside it does."
        )
    return ""


def check(
    servers: Iterable[NtpServer],
    host_clock: str | None = None,
    host_clock_smears: bool | None = None,
) -> bool:
    """True if the sources smear, False if none does. Raises PlanError for a mix.

    ``host_clock`` is the device of one that is followed beside the servers. If it is not known
    whether that smears, it goes with any.
    """
    smeared: list[str] = []
    others: list[str] = []
    for server in servers:
        (smeared if is_smeared(server) else others).append(server.hostname)
    hint = ""
    if host_clock and host_clock_smears is not None:
        clocks = smeared if host_clock_smears else others
        if not clocks:
            hint = "; host_clock: ignore leaves the host clock out"
        clocks.append(f"the host clock {host_clock}")
    if smeared and others:
        raise PlanError(
            f"ntp_servers: {', '.join(smeared)} smear leap seconds and {', '.join(others)} do"
            " not, and a host must not follow both. Name one kind, or tell with smeared what a"
            f" server really does{hint}."
        )
    return bool(smeared)
