# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._text.directive import (
    WordError,
    directive,
    number,
)


@pytest.mark.parametrize(
    "word", ["", "a b", "a\n", "\t", "\x7f", "caf\u00e9", "a\u2028b"]
)
def test_a_directive_is_made_of_words(word: str) -> None:
    with pytest.raises(WordError):
        directive("server", word)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0, "0"),
        (-2, "-2"),
        (1.5, "1.5"),
        (0.00001, "0.00001"),
        (100.0, "100"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text
