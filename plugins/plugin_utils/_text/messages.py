# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of hosts and options as a message can show them."""

from __future__ import annotations


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
