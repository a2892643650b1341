# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a daemon prints, it is parsed."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.vmtime.linux.plugins.module_utils._observe import status
from ansible_collections.vmtime.linux.tests.fuzz import strategies

SAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "status"


PARSERS: tuple[Callable[[str], t.Any], ...] = (
    status.parse_chrony_sources,
    status.parse_chrony_table,
    status.parse_chrony_tracking,
    status.parse_chrony_addresses,
    status.parse_ntpq_peers,
    status.parse_show_timesync,
)


_samples = [
    path.read_text()
    for path in sorted(SAMPLES.iterdir())
    if path.suffix in (".csv", ".txt")
]


_tokens = st.one_of(
    strategies.texts,
    strategies.numbers.map(str),
    st.sampled_from(
        ["\xb2", "\u0663", "nan", "inf", "-", "?", "9" * 400, "-0", "377", "1e400"]
    ),
)


@st.composite
def said(draw: st.DrawFn) -> str:
    """What a daemon printed once, with some of its words replaced."""
    text = draw(st.sampled_from(_samples))
    words = sorted({*text.replace(",", " ").replace("=", " ").split()})
    for _level in range(draw(st.integers(1, 3))):
        text = text.replace(draw(st.sampled_from(words)), draw(_tokens), 1)
    return text


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.one_of(said(), st.text(), strategies.texts))
@example(text="*,*,\xb2" + "," * 11)
@example(text="^,*,a,1,6,377,0,nan,0,inf")
@example(text=f"^* 10.0.0.1 1 6 377 1 +{'9' * 400}s[ +1s] +/- 1s")
@example(text=f"^* 10.0.0.1 {'9' * 5000} 6 377 1 +1s[ +1s] +/- 1s")
@example(text=f"ServerName=a\nPollIntervalUSec={'9' * 400}")
@example(text=f"ServerName=a\nNTPMessage={{ Stratum={'9' * 5000}, PacketCount=1 }}")
def test_any_words_of_a_daemon_are_parsed(
    parse: Callable[[str], t.Any], text: str
) -> None:
    json.dumps(parse(text), allow_nan=False)
