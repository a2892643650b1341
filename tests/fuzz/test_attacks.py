# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tried as an attacker would: strings from an inventory that want more than their option gives.

Whoever writes an inventory is trusted with what the options are for, and one whole line of
chrony_custom_settings is that author's explicit word: "allow 10.0.0.0/8" there serves time. But
values come from elsewhere too, from a CMDB, a survey or a merge request. None may be more than it
looks, and sources, included files, programs and the daemon's user are not custom settings.
"""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.planner import (
    make_plan,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.options import (
    RequestError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.platforms import (
    PLATFORMS,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
    with_chrony,
)

Options = dict[str, t.Any]


def server(**entry: t.Any) -> Options:
    return {"mode": "external", "ntp_servers": [{"hostname": "a", **entry}]}


def custom(*lines: str) -> Options:
    return {"chrony_custom_settings": list(lines)}


def ntp_custom(line: str) -> Options:
    return {"ntp_custom_settings": [line]}


# What is tried, and the options that try it.
ATTACKS: dict[str, Options] = {
    # a second line behind the name, as chronyd takes it
    "serve time to everyone": server(hostname="ntp.example.com\nallow 0/0"),
    "serve time, behind a carriage return": server(hostname="a\r\nallow"),
    "serve time, behind a line separator of Unicode": server(hostname="a\u2028allow"),
    "serve time, behind the longest line that chronyd 3 reads": custom(
        "maxdistance 16".ljust(2047) + "allow 0/0"
    ),
    "serve time, behind the longest zone of an address": server(
        hostname="fe80::1%".ljust(2047 - len("server "), "a") + "allow", iburst=False
    ),
    # options of the server line that the author was not asked for
    "use a key and a port of the attacker": server(hostname="a key 1 port 4123"),
    "let one server outvote all others": server(hostname="fe80::1%eth0 trust"),
    "hide a name from the log": server(hostname="ntp.example.com\x1b[2K\x1b[1A"),
    "pass for another name": server(hostname="ntp.ex\u0430mple.com"),
    "serve time, behind a key": server(key="1 SHA1 ASCII:a\nallow"),
    "use another key file, behind a key": server(key="1 a keyfile"),
    "add an option to a server, behind the ID of a key": server(key="1 trust prefer x"),
    "let a server be trusted, in an interface": {
        "ntp_hwts_interfaces": ["eth0\nallow all"]
    },
    "set an option of the interface": {"ntp_hwts_interfaces": ["eth0 rxfilter all"]},
    "run chronyd as root, by the family of addresses": {
        "ntp_ip_family": "IPv4 -u root"
    },
    "step at a leap second, and more": {"leapsec_mode": "step\nallow"},
    # a number that is a string with more in it
    "open the command port, from a number": server(
        minpoll="4\ncmdport 323\ncmdallow all"
    ),
    "open the command port, from a refclock": {
        "refclock": {"offset": "0\nbindcmdaddress 0.0.0.0\ncmdallow all"}
    },
    "open the command port, from step_limit": {"step_limit": "-1\ncmdallow all"},
    "step the clock at any time": {"step_threshold": "0\nmakestep 0"},
    "follow any time, with a number that is none": {"refclock": {"delay": "nan"}},
    # other keys than there are
    "choose the device": {"refclock": {"device": "/dev/ptp0"}},
    "run a filter program": {"refclock": {"poll": 3, "filter\nmailonchange a 0": 1}},
    # chronyd shows the first line of what it cannot read in its error
    "read another file": custom("include /etc/shadow"),
    "read another file, behind a comment": custom("! a\ninclude /etc/shadow"),
    "read a folder of the attacker": custom("confdir /tmp"),
    "read sources from DHCP in mode external": custom("sourcedir /run/chrony-dhcp"),
    "follow a server of the attacker": custom("SERVER evil.example.com prefer trust"),
    # it queries its servers and steps the clock at each start
    "set the clock from a server of the attacker": custom(
        "initstepslew 1 evil.example.com"
    ),
    "let timesyncd fall back on the attacker, behind a server": {
        "provider": "timesyncd",
        "mode": "external",
        "ntp_servers": [{"hostname": "a\nFallbackNTP=evil.example.com"}],
    },
    "follow another server, in a word of timesyncd": {
        "provider": "timesyncd",
        "ntp_servers": [{"hostname": "a evil.example.com"}],
    },
    "read another file with ntpd": ntp_custom("includefile /etc/shadow"),
    "write another file with ntpd": ntp_custom("logfile /etc/cron.d/ntp"),
    "let others write files with ntpd": ntp_custom("saveconfigdir /etc/cron.d"),
    "follow a server of the attacker with ntpd": ntp_custom("server evil.example.com"),
    "follow any clock with ntpd": ntp_custom("refclock shm unit 2"),
    "let ntpd end on a large offset": ntp_custom("tinker panic 1"),
    "let everybody configure ntpd, behind a line": ntp_custom(
        "tos orphan 5\nrestrict default"
    ),
    # chronyd starts sendmail through a shell
    "run a program": custom("mailonchange root@localhost;id 0"),
    "keep root's rights": custom("user root"),
    "write another file as root": custom("pidfile /etc/cron.d/chrony"),
    "run a shell, in a name": server(hostname="$(touch${IFS}/tmp/x)"),
    "run a shell, in the daemon's name": {"provider": "chrony; touch /tmp/x"},
    "run a template, in the mode": {"mode": "{{ lookup('pipe', 'id') }}"},
    "name a template, in a server": server(hostname="{{ansible_password}}"),
    # an image's root: systemctl --root=..., and the files below it
    "write below the controller's home": {"root": "~root/.ssh"},
    "tell a variable of the controller": {"root": "/mnt/$HOME"},
    "write to the running root unchecked": {"root": "/mnt/.."},
    "write to the running root by its other name": {"root": "/proc/1/root/../../.."},
    "write two lines of a log": {"root": "/mnt/a\nok: [host] => changed"},
    "end a path early": {"root": "/mnt/image\0/../../"},
    # not refused, they would keep the controller busy for hours or end its memory
    "stop the controller, with a number": {"step_limit": "1e200000"},
    "stop the controller, with a deep string": {"refclock": '{"poll":' + "[" * 100_000},
}


@pytest.mark.parametrize("options", [pytest.param(o, id=a) for a, o in ATTACKS.items()])
def test_an_attack_is_refused(options: Options) -> None:
    with pytest.raises(RequestError) as caught:
        Request.from_options(options)
    text = str(caught.value)
    # and the refusal itself is one line that can be shown
    assert text.isprintable()
    assert len(text) < 1000


def test_an_authors_own_line_is_taken_as_it_is() -> None:
    """The one way to serve time, and nobody takes it unawares."""
    host = with_chrony(host_of("debian", "12", HYPERV), "4.3")
    plan = make_plan(Request.from_options(custom("allow 10.0.0.0/8")), host)
    assert "\nallow 10.0.0.0/8\n" in str(render(plan)[0].text)


@pytest.mark.parametrize("mode", ["default", "host_only", "external"])
def test_no_default_serves_time_or_opens_the_command_port(mode: str) -> None:
    opening = {
        "allow",
        "broadcast",
        "cmdallow",
        "bindcmdaddress",
        "port",
        "ptpport",
        "local",
    }
    for row in PLATFORMS:
        host = with_chrony(
            host_of(row.id, row.version, HYPERV), row.chrony.version, row.chrony.unit
        )
        request = Request.from_options({**server(), "mode": mode})
        for file in render(make_plan(request, host)):
            for line in (file.text or "").splitlines():
                assert not opening & {*line.split()[:1]}
                if line.startswith("cmdport "):
                    assert line == "cmdport 0"
