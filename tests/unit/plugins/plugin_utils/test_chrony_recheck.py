# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When the unit asks all sources anew: its own script, with a chronyc that says what is given."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.chrony.recheck import (
    AGREED_SECONDS,
    LOOK_SECONDS,
    UNIT,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    recorded,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    plan_for,
    text_of,
)

AGREES = "#,*,PHC0,2,-1,377,1,0.000001,0.000001,0.000020"
LOOKS = AGREED_SECONDS // LOOK_SECONDS


def script() -> str:
    plan = plan_for(recorded("azure-debian-12-fragment"), host_clock_profile="fast")
    found = re.search(r"ExecStart=/bin/sh -c '(.*?)'", text_of(plan, UNIT), re.DOTALL)
    assert found
    return found[1].replace("\\\n", "").replace("$$", "$")


def asked_anew(folder: Path, looks: list[str]) -> int:
    """How often all sources were asked anew, when chronyc says so one look after the other."""
    programs = {
        "chronyc": """
            [ "$*" != "-m reset sources burst 4/4" ] || exec echo 200 OK
            head -n 1 looks
            sed -i 1d looks
            """,
        "sleep": "[ -s looks ]",
    }
    (folder / "looks").write_text("".join(f"{look}\n" for look in looks))
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    run = subprocess.run(
        ["/bin/sh", "-c", script()],
        cwd=folder,
        env={"PATH": f"{folder}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    return run.stdout.count("asked anew: 200 OK")


def test_systemd_finds_no_escape_sequence_that_it_does_not_know() -> None:
    plan = plan_for(recorded("azure-debian-12-fragment"), host_clock_profile="fast")
    assert "\\" not in text_of(plan, UNIT).replace("\\\n", "")


@pytest.mark.parametrize(
    ("line", "times"),
    [
        # outvoted, behind and ahead
        ("#,x,PHC0,2,-1,377,1,-28.012345,-28.012345,0.000020", 1),
        ("#,x,PHC0,2,-1,377,1,1.5,1.5,0.000020", 1),
        # too uncertain after a pause of minutes, and too variable after one of seconds
        ("#,?,PHC0,2,-1,377,1,-300.012345,-300.012345,8.876", 1),
        ("#,~,PHC0,2,-1,377,1,3.004,3.004,1.3", 1),
        ("#,x,PHC0,2,-1,377,1,-0.1,-0.1,0.000020", 1),
        # little enough for NTP on the Internet
        ("#,x,PHC0,2,-1,377,1,-0.09,-0.09,0.000020", 0),
        # gone, and so of no offset
        ("#,?,PHC0,2,-1,0,4294967295,0.0,0.0,0.0", 0),
        # a server that is wrong is none of its business
        ("^,x,10.0.0.1,2,6,377,1,-28.0,-28.0,0.002", 0),
        (AGREES, 0),
    ],
)
def test_all_sources_are_asked_anew_once(tmp_path: Path, line: str, times: int) -> None:
    assert asked_anew(tmp_path, [AGREES] * LOOKS + [line] * 3) == times


def test_not_before_they_have_agreed_for_a_while(tmp_path: Path) -> None:
    wrong = "#,x,PHC0,2,-1,377,1,-28.0,-28.0,0.000020"
    assert asked_anew(tmp_path, [AGREES] * (LOOKS - 1) + [wrong] * 3) == 0


@pytest.mark.parametrize(
    "line",
    [
        # a host that wanders about the limit, and is outvoted all the time
        "#,x,PHC0,2,-1,377,1,-0.09,-0.09,0.000020",
        "#,?,PHC0,2,-1,0,4294967295,0.0,0.0,0.0",
        # chronyd is not there
        "506 Cannot talk to daemon",
        "",
    ],
)
def test_who_does_not_agree_is_not_counted(tmp_path: Path, line: str) -> None:
    wrong = "#,x,PHC0,2,-1,377,1,-0.11,-0.11,0.000020"
    assert asked_anew(tmp_path, [AGREES] + [line] * LOOKS + [wrong] * 3) == 0


def test_all_sources_are_asked_anew_after_each_pause(tmp_path: Path) -> None:
    paused = [AGREES] * LOOKS + ["#,x,PHC0,2,-1,377,1,-28.0,-28.0,0.000020"] * 3
    assert asked_anew(tmp_path, paused * 2) == 2
