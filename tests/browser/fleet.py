# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet as large ones are: most hosts are right, and of every concern there are some.

python fleet.py HOSTS PAGE writes its report; where PAGE is a folder, the rows of the hosts.
"""

from __future__ import annotations

import random
import sys
import typing as t
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.fleet import Fleet
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.folder import Folder
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.output import Output
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.row import (
    HostRow,
    not_looked_at,
    without_answer,
)

HOSTILE = "<script>document.title='broken'</script>"
MADE = "2026-11-22T21:30:00Z"

_SYSTEMS = {
    "Ubuntu 24.04.3 LTS": ("4.5", 40),
    "Debian GNU/Linux 12 (bookworm)": ("4.3", 25),
    "Rocky Linux 9.4 (Blue Onyx)": ("4.5", 20),
    "SUSE Linux Enterprise Server 15 SP6": ("4.6.1", 10),
    "Debian GNU/Linux 11 (bullseye)": ("4.0", 5),
}
_ROLES = ("web", "db", "cache", "queue", "build", "kafka")
_REGIONS = ("weu", "neu", "eus", "sea")


def generated(hosts: int) -> Fleet:
    """Always the same fleet for a number of hosts; from 20 on the first host is hostile."""
    chance = random.Random(hosts)
    rows = [_row(chance, name) for name in _names(hosts)]
    if hosts >= 20:
        rows[0] = without_answer(
            HOSTILE, "failed", f"=cmd|'/c calc'! </script>{HOSTILE}"
        )
    return Fleet.of(rows, MADE, max_offset=0.1)


def _names(hosts: int) -> Iterator[str]:
    for number in range(hosts):
        role, region = _ROLES[number % 6], _REGIONS[number // 6 % 4]
        yield f"{role}-{region}-{number // 24 + 1:03}"


def _row(chance: random.Random, host: str) -> HostRow:
    system = chance.choices(list(_SYSTEMS), [share for _v, share in _SYSTEMS.values()])[
        0
    ]
    fate = chance.random()
    if fate < 0.006:
        return without_answer(
            host,
            "unreachable",
            f"Failed to connect to the host via ssh: ssh: connect to host {host} port 22:"
            " Connection timed out",
        )
    if fate < 0.008:
        return without_answer(
            host, "failed", "The module interpreter '/usr/bin/python3' was not found."
        )
    if fate < 0.0085:
        return not_looked_at(host)
    mode = chance.choices(["default", "host_only", "external"], [55, 15, 30])[0]
    told: dict[str, t.Any] = {
        "host": host,
        "answer": "ok",
        "mode": mode,
        "has_plan": True,
        "as_planned": True,
        "host_clock": "hyperv",
        "host_clock_used": True,
        "provider": "chrony",
        "version": _SYSTEMS[system][0],
        "distribution": system,
        "hypervisor": "hyperv",
        **_followed(chance, mode),
    }
    if fate < 0.015:
        told.update(
            synchronised=False,
            selected=None,
            selected_kind=None,
            offset=None,
            error=None,
            stratum=None,
            reachable_sources=0,
            message="chronyc: 506 Cannot talk to daemon" if fate < 0.009 else "",
        )
    elif fate < 0.017:
        # as after a pause of the virtual machine
        told.update(offset=-chance.uniform(0.05, 28))
    elif fate < 0.030:
        told.update(
            as_planned=False,
            differences=(
                "/etc/chrony/chrony.conf",
                "systemd-timesyncd.service: enabled",
            ),
        )
    elif fate < 0.045:
        told.update(host_clock_used=False, as_planned=False)
        told["differences"] = ("/etc/chrony/chrony.conf",)
    elif fate < 0.047:
        told.update(has_plan=False, as_planned=None, mode=None)
        told["message"] = "mode: external needs at least one server in ntp_servers."
    return HostRow(**told)


def _followed(chance: random.Random, mode: str) -> dict[str, t.Any]:
    if mode == "host_only":
        return {
            "synchronised": True,
            "selected": "PHC0",
            "selected_kind": "refclock",
            "offset": chance.gauss(0, 4e-7),
            "error": 1.2e-4,
            "stratum": 3,
            "sources": 1,
            "reachable_sources": 1,
        }
    name = f"ntp{chance.choice((1, 1, 1, 2, 2, 3))}.example.com"
    if mode == "default":
        name = f"{chance.randrange(4)}.debian.pool.ntp.org"
    return {
        "synchronised": True,
        "selected": name,
        "selected_kind": "server",
        "offset": chance.gauss(0, 1) * 10 ** chance.gauss(-4.2, 0.8),
        "error": chance.uniform(0.001, 0.03),
        "stratum": chance.choice((2, 3, 3, 4)),
        "sources": 5,
        "reachable_sources": chance.choice((4, 5, 5, 5)),
    }


if __name__ == "__main__":
    fleet, path = generated(int(sys.argv[1])), Path(sys.argv[2])
    if path.is_dir():
        for row in fleet.rows:
            Folder(path).put(row)
    else:
        Output.at(str(path), ["html", "json", "csv"], None).write(fleet, 0)
