# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's options, checked: nothing in a Request needs to be looked at again.

Private to this collection.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ansible_collections.vmtime.linux.plugins.plugin_utils import (
    chrony_directives,
    ntp_directives,
    words,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.options import (
    RequestError,
    check,
)

# what neither a shell nor Ansible would expand on the host
_ROOT = re.compile(r"/[A-Za-z0-9._+@:/ -]*")


@dataclass(frozen=True)
class NtpServer:
    hostname: str
    pool: bool = False
    iburst: bool = True
    prefer: bool = False
    trust: bool = False
    xleave: bool = False
    minpoll: int | None = None
    maxpoll: int | None = None
    filter: int | None = None
    # only in the distributions' own configuration
    maxsources: int | None = None


@dataclass(frozen=True)
class Refclock:
    """Values of the refclock line; None is what the profile says."""

    poll: int | None = None
    dpoll: int | None = None
    offset: float | None = None
    stratum: int | None = None
    delay: float | None = None
    maxsamples: int | None = None
    trust: bool | None = None


@dataclass(frozen=True)
class Request:
    mode: str = "default"
    host_clock: str = "auto"
    host_clock_profile: str = "documented"
    prefer: str | None = None
    ntp_servers: tuple[NtpServer, ...] = ()
    refclock: Refclock = Refclock()
    # None is the daemon's own
    step_threshold: float | None = None
    step_limit: int = -1
    provider: str = "auto"
    install: bool = True
    verify_timeout: int = 60
    chrony_custom_settings: tuple[str, ...] = ()
    ntp_custom_settings: tuple[str, ...] = ()
    state: str = "present"
    root: str = "/"

    @classmethod
    def from_options(cls, options: Mapping[str, t.Any]) -> Request:
        """Check the options as they stand in a playbook. Raises RequestError."""
        checked = check(options)
        if checked["step_threshold"] < 0:
            checked["step_threshold"] = None
        request = cls(
            **{
                **checked,
                "ntp_servers": tuple(
                    _server(entry) for entry in checked["ntp_servers"]
                ),
                "refclock": Refclock(**checked["refclock"]),
            }
        )
        _check_servers(request)
        _check_custom_settings(request)
        _check_sense(request)
        return request


def _server(entry: Mapping[str, t.Any]) -> NtpServer:
    # the daemon tells of an address in its shortest form, and is to be understood
    return NtpServer(**{**entry, "hostname": words.canonical(entry["hostname"])})


def _check_servers(request: Request) -> None:
    seen: set[str] = set()
    for index, server in enumerate(request.ntp_servers):
        name = f"ntp_servers[{index}]"
        if not words.is_host(server.hostname):
            raise RequestError(
                f"{name}.hostname: {words.show(server.hostname)} is neither a host name nor an IP"
                " address."
            )
        key = server.hostname.lower().rstrip(".")
        if key in seen:
            raise RequestError(
                f"{name}.hostname: {words.plain(server.hostname)} is given twice."
            )
        seen.add(key)
        if server.pool and words.is_address(server.hostname):
            raise RequestError(
                f"{name}.pool: {server.hostname} is an address, a pool must be a host name."
            )
        low, high = server.minpoll, server.maxpoll
        if low is not None and high is not None and low > high:
            raise RequestError(f"{name}.minpoll: {low} is above its maxpoll of {high}.")


# Option to what tells why a line of it that begins with a word is refused.
_CUSTOM_SETTINGS: Mapping[str, Callable[[str], str | None]] = {
    "chrony_custom_settings": chrony_directives.refusal,
    "ntp_custom_settings": ntp_directives.refusal,
}


def _check_custom_settings(request: Request) -> None:
    for option, refuses in _CUSTOM_SETTINGS.items():
        for index, line in enumerate(getattr(request, option)):
            _check_custom_setting(f"{option}[{index}]", line, refuses)


def _check_custom_setting(
    name: str, line: str, refuses: Callable[[str], str | None]
) -> None:
    if not words.is_one_line(line):
        raise RequestError(
            f"{name}: {words.show(line)} is not one line of up to 500 printable ASCII"
            " characters without blanks around it."
        )
    refusal = refuses(line.split()[0])
    if refusal:
        raise RequestError(f"{name}: {words.show(line)}: {refusal}.")


def _check_sense(request: Request) -> None:
    if request.mode == "external" and not request.ntp_servers:
        raise RequestError("mode: external needs at least one server in ntp_servers.")
    if request.mode == "host_only" and request.host_clock == "ignore":
        raise RequestError(
            "host_clock: ignore leaves nothing to sync from in mode host_only; allowed there are"
            " auto and require."
        )
    if not _ROOT.fullmatch(request.root) or {".", ".."} & {*request.root.split("/")}:
        raise RequestError(
            f"root: {words.show(request.root)} is not an absolute path of plain characters"
            " without '..'."
        )
