# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's options, checked: nothing in a Request needs to be looked at again."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .._model.sources import NtpServer, Refclock
from .._tables import chrony_directives, ntp_directives
from .._text import addresses, messages
from .._text.directive import is_one_line
from . import keys
from .keys import Key
from .options import RequestError, check

# IFNAMSIZ is 16 with the zero at its end
_INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,14}")
# what neither a shell nor Ansible would expand on the host
_ROOT = re.compile(r"/[A-Za-z0-9._+@:/ -]*")


@dataclass(frozen=True)
class Request:
    """The options by the names that modules/timesync.py documents; times are in seconds."""

    mode: str = "default"
    host_clock: str = "auto"
    host_clock_profile: str = "documented"
    prefer: str | None = None
    ntp_servers: tuple[NtpServer, ...] = ()
    # those that are given with their value, by ID
    keys: tuple[Key, ...] = ()
    min_sources: int = 1
    # 0 is the distribution's
    max_distance: float = 0.0
    # None is what the mode says
    dhcp_ntp_servers: bool | None = None
    # None leaves the daemon's options as they are
    ntp_ip_family: str | None = None
    ntp_hwts_interfaces: tuple[str, ...] = ()
    leapsec_mode: str | None = None
    refclock: Refclock = field(default_factory=Refclock)
    # None is the daemon's own, 0 is never
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
        _refuse_ptp(checked.pop("ptp_domains"))
        servers, given = _servers(checked["ntp_servers"])
        if checked["step_threshold"] < 0:
            checked["step_threshold"] = None
        request = cls(
            **{
                **checked,
                "ntp_servers": servers,
                "keys": given,
                "refclock": Refclock(**checked["refclock"]),
            }
        )
        _check_servers(request)
        _check_interfaces(request)
        _check_custom_settings(request)
        _check_sense(request)
        return request


def _refuse_ptp(domains: tuple[t.Any, ...]) -> None:
    if domains:
        raise RequestError(
            "ptp_domains: PTP over the network is not supported, only the clock that a hypervisor"
            " gives. Take the role that configures linuxptp for these hosts, or give up"
            " ptp_domains."
        )


def _servers(
    entries: tuple[Mapping[str, t.Any], ...],
) -> tuple[tuple[NtpServer, ...], tuple[Key, ...]]:
    """The servers, which know their keys by ID, and the keys that came with them."""
    servers, given = [], []
    for index, entry in enumerate(entries):
        number = None
        if entry["key"] is not None:
            try:
                key = keys.parse(entry["key"])
                number = key if isinstance(key, int) else key.number
                given += [] if isinstance(key, int) else [key]
                keys.unique(given)
            except keys.KeyFormatError as error:
                raise RequestError(
                    f"ntp_servers[{index}].key: the key, which is not shown, {error}."
                ) from None
        # the daemon tells of an address in its shortest form, and is to be understood
        hostname = addresses.canonical(entry["hostname"])
        servers.append(NtpServer(**{**entry, "hostname": hostname, "key": number}))
    return tuple(servers), keys.unique(given)


def _check_servers(request: Request) -> None:
    seen: set[str] = set()
    for index, server in enumerate(request.ntp_servers):
        name = f"ntp_servers[{index}]"
        if not addresses.is_host(server.hostname):
            raise RequestError(
                f"{name}.hostname: {messages.show(server.hostname)} is neither a host name nor"
                " an IP address."
            )
        key = server.hostname.lower().rstrip(".")
        if key in seen:
            raise RequestError(
                f"{name}.hostname: {messages.plain(server.hostname)} is given twice."
            )
        seen.add(key)
        if server.pool and addresses.is_address(server.hostname):
            raise RequestError(
                f"{name}.pool: {server.hostname} is an address, a pool must be a host name."
            )
        low, high = server.minpoll, server.maxpoll
        if low is not None and high is not None and low > high:
            raise RequestError(f"{name}.minpoll: {low} is above its maxpoll of {high}.")
        if server.nts and server.key is not None:
            raise RequestError(
                f"{name}.nts: a server is authenticated by NTS or by a key, not by both."
            )
        family = addresses.address_family(server.hostname)
        if family and request.ntp_ip_family not in (None, "all", family):
            raise RequestError(
                f"{name}.hostname: {server.hostname} is an address of {family}, and ntp_ip_family"
                f" is {request.ntp_ip_family}."
            )
    _check_keys(request)


def _check_keys(request: Request) -> None:
    """All keys stand in one file: the collection's own, or the one that the host has."""
    ours = {key.number for key in request.keys}
    for index, server in enumerate(request.ntp_servers):
        if ours and server.key is not None and server.key not in ours:
            raise RequestError(
                f"ntp_servers[{index}].key: the ID {server.key} stands alone, but another server"
                " has its key with it. Give every server's key, or IDs alone for keys that are in"
                " the host's key file."
            )
    for index, line in enumerate(request.chrony_custom_settings):
        if ours and line.lower().startswith("keyfile"):
            raise RequestError(
                f"chrony_custom_settings[{index}]: keyfile can't be a custom setting beside keys in"
                " ntp_servers."
            )


def _check_interfaces(request: Request) -> None:
    for index, name in enumerate(request.ntp_hwts_interfaces):
        if name != "*" and not _INTERFACE.fullmatch(name):
            raise RequestError(
                f"ntp_hwts_interfaces[{index}]: {messages.show(name)} is neither the name of a"
                " network interface nor '*'."
            )


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
    if not is_one_line(line):
        raise RequestError(
            f"{name}: {messages.show(line)} is not one line of up to 500 printable ASCII"
            " characters without blanks around it."
        )
    refusal = refuses(line.split()[0])
    if refusal:
        raise RequestError(f"{name}: {messages.show(line)}: {refusal}.")


def _check_sense(request: Request) -> None:
    if request.mode == "external" and not request.ntp_servers:
        raise RequestError("mode: external needs at least one server in ntp_servers.")
    if request.mode == "host_only" and request.host_clock == "ignore":
        raise RequestError(
            "host_clock: ignore leaves nothing to sync from in mode host_only; allowed there are"
            " auto, require and any."
        )
    if request.mode == "host_only" and request.dhcp_ntp_servers:
        raise RequestError(
            "dhcp_ntp_servers: mode host_only follows no servers, those of DHCP neither."
        )
    if request.mode == "host_only" and request.min_sources > 1:
        raise RequestError(
            f"min_sources: {request.min_sources} is more than the one source of mode host_only."
        )
    if not _ROOT.fullmatch(request.root) or {".", ".."} & {*request.root.split("/")}:
        raise RequestError(
            f"root: {messages.show(request.root)} is not an absolute path of plain characters"
            " without '..'."
        )
