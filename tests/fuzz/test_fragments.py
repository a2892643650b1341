# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a fragment holds, its sources are silenced and come back."""

from __future__ import annotations

from hypothesis import assume, example, given
from hypothesis import strategies as st

from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.fragments import (
    SOURCES,
    silence,
)
from ansible_collections.vmtime.linux.tests.fuzz import strategies
from ansible_collections.vmtime.linux.tests.fuzz.chronyd import Chronyd

_lines = st.one_of(
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(
                ["", " ", "\t", "\r", "\v", "\f", "# ", "!", "\xa0", "\x1c", "\0"]
            ),
            st.sampled_from(
                [*sorted(SOURCES), "SERVER", "Pool", "servers", "log", "allow"]
            ),
            st.sampled_from([" ", "\t", "\r", "\v", "\xa0", "\x85", "\u2028", ""]),
            st.sampled_from(
                ["a", "PHC /dev/ptp0", "tracking", "", "\x0cserver b", "\rpool c"]
            ),
        ),
    ),
    strategies.texts,
)


fragments = st.lists(
    st.tuples(
        _lines,
        st.sampled_from(["\n", "\n", "\r\n", "\r", "\x0c", "\x85", "\u2028", ""]),
    ),
    max_size=8,
).map(lambda pairs: "".join(line + end for line, end in pairs))


forbidden_words = st.sets(st.sampled_from(sorted(SOURCES)))


SILENCED = "# silenced by vmtime.linux: "


def source_in(line: str) -> str | None:
    """The word of a line that gives a source, as chronyd's own reader takes it."""
    words = line.split("\0")[0].strip(" \t\n\v\f\r").replace("\t", " ")
    for blank in "\v\f\r":
        words = words.replace(blank, " ")
    word = words.split(" ")[0].lower()
    return word if word in SOURCES and len(words) > len(word) else None


@given(text=fragments, forbidden=forbidden_words)
@example(text="# a\x0cserver b\n", forbidden=SOURCES)
@example(text="log tracking\rserver b\n", forbidden=SOURCES)
@example(text="log\u2028server b\n", forbidden=SOURCES)
@example(text="\rserver b\r\n", forbidden=SOURCES)
@example(text="confdir\xa0a\n", forbidden={"confdir"})
def test_silence_touches_sources_alone_and_is_undone(
    text: str, forbidden: set[str]
) -> None:
    assume(SILENCED not in text)
    silent = silence(text, forbidden)
    for before, after in zip(text.split("\n"), silent.split("\n"), strict=True):
        if before.strip().lower() in SOURCES:
            # chronyd refuses a word alone, so this may be either
            assert after in (before, SILENCED + before)
        elif source_in(before) in forbidden:
            assert after == SILENCED + before
        else:
            assert after == before
    assert silence(silent, set()) == text
    assert silence(silent, forbidden) == silent


@given(text=fragments)
@example(
    text="log  tracking\nserver a\nPOOL b\n\trefclock PHC /dev/ptp0\npeer\v1.2.3.4"
)
def test_a_silenced_fragment_gives_chronyd_no_source(
    text: str, chronyd: Chronyd
) -> None:
    reading = chronyd.read(silence(text, SOURCES).encode("utf-8", "surrogatepass"))
    for directive in reading.directives:
        word, *rest = directive.split(" ")
        # a word alone it prints too, and refuses
        assert word.lower() not in SOURCES or not rest
