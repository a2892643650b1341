# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host names and IP addresses."""

from __future__ import annotations

import ipaddress
import re

# RFC 1123, with the underscore that some sites have in their internal names
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)(?!(.*\.)?[0-9]+\.?$)(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?"
)


def is_address(text: str) -> bool:
    """True for an IPv4 or IPv6 address, with a zone where it needs one."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    # ipaddress takes any character in a zone
    return bool(re.fullmatch(r"[0-9A-Fa-f:.]+(%[A-Za-z0-9_.-]{1,15})?", text))


def address_family(text: str) -> str | None:
    """IPv4 or IPv6 for an address, None for a name."""
    return f"IPv{ipaddress.ip_address(text).version}" if is_address(text) else None


def canonical(text: str) -> str:
    """An address in the form in which daemons print it, a name as it is."""
    return str(ipaddress.ip_address(text)) if is_address(text) else text


def is_host(text: str) -> bool:
    """True for a host name or an address."""
    return is_address(text) or bool(_HOST_NAME.fullmatch(text))
