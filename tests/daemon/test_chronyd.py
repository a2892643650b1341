# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real chronyd of four releases reads the file of every row of the table.

It runs in a container without network, and only parses: no clock is touched, no packet sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.planner import (
    make_plan,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.platforms import (
    PLATFORMS,
)
from ansible_collections.vmtime.linux.tests.hosts.container import run_script
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
    with_chrony,
)

# What Debian's releases ship, from the oldest chrony that has -p to the first with "optional".
SUITES = {"bullseye": "4.0", "bookworm": "4.3", "trixie": "4.6.1", "sid": "4.9"}

# Prints the version, then path, exit status and words for each file of /files.
READ = """
apt-get install --yes --quiet chrony >/dev/null 2>&1
chronyd -v
for file in /files/*; do
  words=$(chronyd -p -f "$file" 2>&1 >/dev/null) && status=0 || status=$?
  echo "$file $status" $words
done
"""


def rendered(version: str) -> Iterator[tuple[str, str]]:
    """Name and text of every file that a row, mode and host clock make."""
    servers = [
        {
            "hostname": "10.0.0.1",
            "minpoll": 4,
            "maxpoll": 6,
            "xleave": True,
            "trust": True,
        },
        {"hostname": "pool.example.com", "pool": True, "filter": 5},
        {"hostname": "2001:db8::1", "prefer": True},
        {"hostname": "nts.example.com", "nts": True},
        {"hostname": "10.0.0.2", "key": f"10 AES256 HEX:{'0f' * 32}"},
        {"hostname": "10.0.0.3", "key": "11 ASCII:planted"},
    ]
    options = {
        "min_sources": 2,
        "max_distance": 16,
        "dhcp_ntp_servers": True,
        "ntp_hwts_interfaces": ["eth0", "*"],
        "leapsec_mode": "slew",
        "step_threshold": 0,
    }
    refclock = {
        "delay": 1e-5,
        "maxsamples": 4,
        "maxdispersion": 1,
        "trust": True,
        "offset": -0.5,
    }
    for row in PLATFORMS:
        for clock in (HYPERV, None):
            host = with_chrony(
                host_of(row.id, row.version, clock), version, row.chrony.unit
            )
            requests = [Request.from_options({})]
            requests.append(
                Request.from_options({"mode": "external", "ntp_servers": servers})
            )
            requests.append(Request.from_options({"ntp_servers": servers, **options}))
            if clock:
                requests.append(Request.from_options({"mode": "host_only"}))
                requests.append(
                    Request.from_options({"mode": "host_only", "refclock": refclock})
                )
                requests.append(Request.from_options({"host_clock_profile": "fast"}))
            for number, wanted in enumerate(requests):
                for file in render(make_plan(wanted, host)):
                    if file.secret:
                        continue
                    if file.path.startswith("/etc/chrony") and file.text:
                        name = (
                            f"{row.name}-{number}-{bool(clock)}-{Path(file.path).name}"
                        )
                        yield name.replace(" ", "_"), file.text


@pytest.mark.parametrize("suite", SUITES)
def test_every_row_is_read(suite: str, tmp_path: Path) -> None:
    for name, text in rendered(SUITES[suite]):
        (tmp_path / name).write_text(text)
    (tmp_path / "wrong").write_text("makestp 1 3\n")
    version, *lines = run_script(suite, READ, tmp_path)
    assert f"version {SUITES[suite]} " in version
    assert len(lines) == len(list(tmp_path.iterdir())) > len(PLATFORMS) * 4
    refused = [line.split()[0] for line in lines if line.split()[1] != "0"]
    assert refused == ["/files/wrong"], lines
