# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real phc2sys of four releases takes the command of its unit, where there is no PTP clock.

tests/vm has one, and ntpd behind it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._tables import own
from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.planner import (
    make_plan,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.tests.hosts.container import run_script
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
)

SUITES = {"bullseye": "3.1", "bookworm": "3.1.1", "trixie": "4.2", "sid": "4."}

# Prints the version, what runs while the device is missing, and what phc2sys says of one that is no
# clock.
TRY = r"""
apt-get install --yes --quiet linuxptp procps >/dev/null 2>&1
phc2sys -v
sh /files/start >/tmp/log 2>&1 &
sleep 2
echo $(cat /tmp/log) waiting: $(cat /proc/$!/comm)
kill $!
ln -s null /dev/ptp_hyperv
timeout 20 sh /files/start 2>&1 || true
"""


@pytest.mark.parametrize("suite", SUITES)
def test_phc2sys_starts_when_its_device_is_there(suite: str, tmp_path: Path) -> None:
    (tmp_path / "start").write_text(command())
    version, waiting, *said = run_script(suite, TRY, tmp_path)
    assert version.startswith(SUITES[suite])
    assert waiting == "waiting: sh"
    # it takes all the options, and misses nothing but a clock; 3.1 goes on with its usage
    assert said[0] == "valid source clock must be selected."


def command() -> str:
    """The shell's words in the unit, as a script."""
    request = Request.from_options({"provider": "ntp", "mode": "host_only"})
    texts = {
        file.path: file.text
        for file in render(make_plan(request, host_of("debian", "12", HYPERV)))
    }
    unit = texts[own.unit_file(own.PHC2SYS_UNIT)] or ""
    start = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
    return start.removeprefix("ExecStart=/bin/sh -c '").removesuffix("'") + "\n"
