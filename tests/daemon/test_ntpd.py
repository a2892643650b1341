# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real ntpsec of four releases, ntp.org's ntpd and timesyncd read what is rendered for them.

They run in a container without network and without the capability to set the clock, until they have
read their file. None of them ends because of a line that it does not understand: it tells its log.
"""

from __future__ import annotations

import typing as t
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
    Platform,
)
from ansible_collections.vmtime.linux.tests.hosts.container import run_script
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
    with_daemon,
)

# Debian's releases, the daemon that each installs and the version of it.
NTPDS = {
    ("bullseye", "ntp"): "4.2.8p15",
    ("bullseye", "ntpsec"): "1.2.0",
    ("bookworm", "ntpsec"): "1.2.2",
    ("trixie", "ntpsec"): "1.2.3",
    ("sid", "ntpsec"): "1.2.5",
}
TIMESYNCDS = {"bullseye": "247", "bookworm": "252", "trixie": "257", "sid": "262"}

# Prints the version, then path and complaints for each file of /files, until ntpd has read it.
READ_NTP = r"""
apt-get install --yes --quiet $1 >/dev/null 2>&1
ntpd --version
for file in /files/*; do
  ntpd -n -c "$file" >/tmp/log 2>&1 &
  for _ in $(seq 200); do
    ! grep --quiet 'Listen normally' /tmp/log || break
    sleep 0.05
  done
  kill -9 $!
  wait $! 2>/dev/null
  grep --quiet 'Listen normally' /tmp/log || echo 'never listened' >>/tmp/log
  echo "$file" $(grep -E -i 'syntax|never|invalid|illegal|out of range|unknown|ignor' /tmp/log)
done
"""

# It selects a server once it has read its file. It runs as its own user, for as root it would
# insist on the capability to set the clock.
READ_TIMESYNCD = r"""
timedatectl --version | head -n 1
mkdir -p /etc/systemd/timesyncd.conf.d
for file in /files/*; do
  cp "$file" /etc/systemd/timesyncd.conf.d/zz-vmtime.conf
  systemd-analyze cat-config systemd/timesyncd.conf | grep --quiet '^NTP=' || echo 'not read'
  SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console \
    setpriv --reuid systemd-timesync --regid systemd-timesync --clear-groups \
    /lib/systemd/systemd-timesyncd >/tmp/log 2>&1 &
  for _ in $(seq 200); do
    ! grep --quiet 'Selected server' /tmp/log || break
    sleep 0.05
  done
  kill -9 $!
  wait $! 2>/dev/null
  echo "$file" $(grep 'Added new' /tmp/log | sed 's/.* server //') \
    $(grep 'zz-vmtime.conf:' /tmp/log)
done
"""

SERVERS: list[dict[str, t.Any]] = [
    {"hostname": "10.0.0.1", "minpoll": 4, "maxpoll": 8},
    {"hostname": "2001:db8::1", "prefer": True, "iburst": False},
    {"hostname": "under_score.example.com."},
]


def requests(row: Platform) -> Iterator[Request]:
    trusted = [{**server, "trust": True} for server in SERVERS]
    pool = [{"hostname": "pool.example.com", "pool": True}]
    custom = ["tos orphan 5", "restrict 10.0.0.0 mask 255.0.0.0", "disable monitor"]
    has_pool = row.ntp is not None and not row.ntp.version.startswith("4.2.6")
    yield Request.from_options({"provider": "ntp", "mode": "host_only"})
    yield Request.from_options(
        {
            "provider": "ntp",
            "mode": "external",
            "ntp_servers": trusted + (pool if has_pool else []),
            "ntp_custom_settings": custom,
            "step_threshold": 0.25,
            "prefer": "host",
            "refclock": {"poll": 3, "stratum": 1, "trust": True},
        }
    )
    if row.ntp and row.ntp.servers:
        yield Request.from_options({"provider": "ntp"})


def ntp_confs(daemon: str) -> set[str]:
    """The different texts that the rows with this daemon get."""
    return {
        file.text
        for row in PLATFORMS
        if row.ntp and row.ntp.daemon == daemon
        for request in requests(row)
        for file in render(make_plan(request, host_of(row.id, row.version, HYPERV)))
        if file.text and file.path.endswith("ntp.conf")
    }


@pytest.mark.parametrize(("suite", "daemon"), NTPDS)
def test_every_ntp_conf_is_read(suite: str, daemon: str, tmp_path: Path) -> None:
    texts = sorted(ntp_confs(daemon))
    for number, text in enumerate(texts):
        (tmp_path / f"{number:02}").write_text(text)
    (tmp_path / "wrong").write_text("tos minsaxe 1\n")
    version, *lines = run_script(suite, READ_NTP, tmp_path, daemon)
    assert NTPDS[suite, daemon] in version
    assert len(lines) == len(texts) + 1 >= 6
    complaints = [line for line in lines if len(line.split()) > 1]
    assert [line.split()[0] for line in complaints] == ["/files/wrong"], complaints


@pytest.mark.parametrize("suite", TIMESYNCDS)
def test_every_drop_in_of_timesyncd_is_read(suite: str, tmp_path: Path) -> None:
    version = TIMESYNCDS[suite]
    host = with_daemon(host_of("debian", "12"), "timesyncd", version)
    options = {"provider": "timesyncd", "mode": "external", "ntp_servers": SERVERS}
    plan = make_plan(Request.from_options(options), host)
    (text,) = [file.text for file in render(plan)]
    assert text
    (tmp_path / "right").write_text(text)
    (tmp_path / "wrong").write_text(text.replace("PollIntervalMin", "PollIntervalMan"))
    told, right, wrong = run_script(suite, READ_TIMESYNCD, tmp_path)
    assert told.startswith(f"systemd {version} ")
    servers = ["2001:db8::1", "10.0.0.1", "under_score.example.com."]
    # those that have to take them for fallbacks too tell of each twice
    times = 1 if int(version) >= 257 else 2
    added = [f"{server}." for server in servers * times]
    assert right == " ".join(["/files/right", *added])
    assert "PollIntervalManSec" in wrong
