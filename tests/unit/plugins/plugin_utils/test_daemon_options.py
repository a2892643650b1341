# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a daemon's command line: only the asked one changes, and it comes back."""

from __future__ import annotations

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._planner import (
    environment_file,
)

DEBIAN = '# chrony\'s options\n\nDAEMON_OPTS="-F 1"\n\nSYNC_IN_CONTAINER="no"\n'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (DEBIAN, 'DAEMON_OPTS="-F 1 -4"'),
        ("DAEMON_OPTS='-F 1'\n", 'DAEMON_OPTS="-F 1 -4"'),
        ("DAEMON_OPTS=-F1\n", 'DAEMON_OPTS="-F1 -4"'),
        ('DAEMON_OPTS="-F 1 -6"\n', 'DAEMON_OPTS="-F 1 -4"'),
        ('DAEMON_OPTS=""\n', 'DAEMON_OPTS="-4"'),
        ("DAEMON_OPTS=\n", 'DAEMON_OPTS="-4"'),
        ('export DAEMON_OPTS="-F 1"\n', 'DAEMON_OPTS="-F 1 -4"'),
        # the last one counts
        ('DAEMON_OPTS="-F 2"\nDAEMON_OPTS="-F 1"\n', 'DAEMON_OPTS="-F 1 -4"'),
        ('#DAEMON_OPTS="-F 2"\n', 'DAEMON_OPTS="-4"'),
        ("", 'DAEMON_OPTS="-4"'),
        ("A=1", 'DAEMON_OPTS="-4"'),
    ],
)
def test_an_option_comes_and_goes(text: str, line: str) -> None:
    changed = environment_file.change(
        text, "DAEMON_OPTS", without=("-4", "-6"), plus=("-4",)
    )
    set_by = [
        found for found in changed.splitlines() if found.startswith("DAEMON_OPTS=")
    ]
    assert set_by[-1] == line
    assert environment_file.restore(changed) == text
    again = environment_file.change(
        changed, "DAEMON_OPTS", without=("-4", "-6"), plus=("-4",)
    )
    assert again == changed


def test_what_is_as_asked_is_not_touched() -> None:
    for text in (DEBIAN, "", 'OPTIONS="-4"\n'):
        assert (
            environment_file.change(text, "DAEMON_OPTS", without=("-4",), plus=())
            == text
        )


def test_only_the_line_in_question_changes() -> None:
    changed = environment_file.change(DEBIAN, "DAEMON_OPTS", without=(), plus=("-6",))
    assert changed == DEBIAN.replace(
        'DAEMON_OPTS="-F 1"',
        '# replaced by vmtime.linux: DAEMON_OPTS="-F 1"\nDAEMON_OPTS="-F 1 -6"',
    )


@pytest.mark.parametrize(
    "value", ['"$(id)"', '"-F 1 $MORE"', '"-F `id`"', r'"-F \"1\""', '"-F 1', "a;b"]
)
def test_more_than_plain_words_is_left_alone(value: str) -> None:
    with pytest.raises(environment_file.DaemonOptionsError):
        environment_file.change(
            f"OPTIONS={value}\n", "OPTIONS", without=(), plus=("-4",)
        )
