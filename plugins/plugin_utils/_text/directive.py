# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words that may stand in a configuration file: the one gate between options and files.

A directive is made of words, and a word never holds white space or a control character. So one
string from an inventory can never become two words, nor two lines.
"""

from __future__ import annotations

import re
from decimal import Decimal

_WORD = re.compile(r"[\x21-\x7e]+")
# chrony before 4.0 reads a line in pieces of 2048, each as a directive
_LINE = re.compile(r"[\x20-\x7e]{0,500}")


class WordError(ValueError):
    """A string that may not stand where it should; the message names it and what is allowed."""


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
