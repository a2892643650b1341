# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words that may stand in a configuration file: the one gate between options and files.

A directive is made of words, and a word never holds white space or a control character. So one
string from an inventory can never become two words, nor two lines.

Private to this collection.
"""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal

_WORD = re.compile(r"[\x21-\x7e]+")
# chrony before 4.0 reads a line in pieces of 2048, each as a directive
_LINE = re.compile(r"[\x20-\x7e]{0,500}")
# RFC 1123, with the underscore that some sites have in their internal names
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)(?!(.*\.)?[0-9]+\.?$)(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?"
)


class WordError(ValueError):
    """A string that may not stand where it should; the message names it and what is allowed."""


def show(value: object) -> str:
    """A value as a message can show it: short, on one line, in ASCII."""
    try:
        text = ascii(value)
    except (ValueError, RecursionError):
        # a number of too many digits, or what is nested too deep
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= 100 else text[:97] + "..."


def plain(text: str) -> str:
    """A text of the host as it is if a message can show it so, else as show() does."""
    return text if text.isprintable() and len(text) <= 300 else show(text)


def directive(*words: str | int | float) -> str:
    """One line of a configuration file. Raises WordError for what is not one word each."""
    texts = [word if isinstance(word, str) else number(word) for word in words]
    for text in texts:
        if not _WORD.fullmatch(text):
            raise WordError(f"{text!r} is not one word of printable ASCII characters")
    return " ".join(texts)


def number(value: int | float) -> str:
    """A number without exponent and needless zeros: 0.0 is "0", 1e-05 is "0.00001"."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_one_line(text: str) -> bool:
    """True for up to 500 printable ASCII characters without outer blanks."""
    return bool(_LINE.fullmatch(text)) and text == text.strip() != ""


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
