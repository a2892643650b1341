# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Symmetric NTP keys, as lines of chrony's key file (chrony.conf(5), keyfile).

No message and no repr ever holds a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .._text.directive import is_one_line

# Of a key: 32 bits, and 0 is none.
_MAX_ID = 2**32 - 1
_DEFAULT_TYPE = "MD5"
_HASHES = (
    "MD5",
    "SHA1",
    "SHA256",
    "SHA384",
    "SHA512",
    "SHA3-224",
    "SHA3-256",
    "SHA3-384",
    "SHA3-512",
    "TIGER",
    "WHIRLPOOL",
)
# Ciphers, for CMAC, by the bytes of their key.
CIPHERS: Mapping[str, int] = {"AES128": 16, "AES256": 32}


class KeyFormatError(ValueError):
    """What is wrong with a key, in words that do not tell it."""


@dataclass(frozen=True)
class Key:
    """``number`` is its ID; ``line`` the line of the key file that gives it."""

    number: int
    type: str
    line: str = field(repr=False)
    value: bytes = field(repr=False)


def parse(text: str) -> int | Key:
    """The ID alone, or a whole line "ID [TYPE] KEY". Raises KeyFormatError."""
    if not is_one_line(text):
        raise KeyFormatError(
            "is not one line of up to 500 printable ASCII characters without blanks around it"
        )
    number, *rest = text.split()
    if not re.fullmatch(r"[0-9]{1,10}", number) or not 1 <= int(number) <= _MAX_ID:
        raise KeyFormatError(f"does not begin with an ID of 1 to {_MAX_ID}")
    if not rest:
        return int(number)
    if len(rest) > 2:
        raise KeyFormatError("has more than an ID, a type and a key")
    kind = rest[0] if len(rest) == 2 else _DEFAULT_TYPE
    if kind not in (*_HASHES, *CIPHERS):
        raise KeyFormatError(
            f"is of no type that chrony knows: {', '.join((*_HASHES, *CIPHERS))}"
        )
    value = _value(rest[-1])
    wanted = CIPHERS.get(kind, len(value))
    if len(value) != wanted:
        raise KeyFormatError(
            f"has {len(value)} bytes, and a key of type {kind} has {wanted}"
        )
    return Key(int(number), kind, f"{int(number)} {kind} {rest[-1]}", value)


def _value(text: str) -> bytes:
    prefix, colon, rest = text.partition(":")
    if colon and prefix == "HEX":
        try:
            value = bytes.fromhex(rest)
        except ValueError:
            raise KeyFormatError(
                "is not an even number of hexadecimal digits behind HEX:"
            ) from None
    else:
        value = (rest if colon and prefix == "ASCII" else text).encode()
    if not value:
        raise KeyFormatError("has no key behind its prefix")
    return value


def unique(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Each key once, by its ID. Raises KeyFormatError if one ID has two values."""
    found: dict[int, Key] = {}
    for key in keys:
        known = found.setdefault(key.number, key)
        if (known.type, known.value) != (key.type, key.value):
            raise KeyFormatError(f"gives the ID {key.number} a second value")
    return tuple(found[number] for number in sorted(found))
