# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every refusal is one sentence with the option, the value and what is allowed."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.sources import (
    NtpServer,
    Refclock,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.options import (
    RequestError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._text.messages import show

Options = dict[str, t.Any]


def external(**server: t.Any) -> Options:
    return {
        "mode": "external",
        "ntp_servers": [{"hostname": "ntp.example.com", **server}],
    }


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"mode": "hostonly"},
            "mode: 'hostonly' is not one of default, host_only, external.",
        ),
        ({"mod": "default"}, "mod is not an option: did you mean mode?"),
        (
            external(minpol=4),
            "ntp_servers[0].minpol is not an option: did you mean minpoll?",
        ),
        (
            {"refclock": {"pool": 3}},
            "refclock.pool is not an option: did you mean poll?",
        ),
        (
            external(minpoll=25),
            "ntp_servers[0].minpoll: 25 is out of range, allowed is -7 to 24.",
        ),
        (
            external(minpoll="fast"),
            "ntp_servers[0].minpoll: 'fast' is not a whole number.",
        ),
        (
            external(minpoll=8, maxpoll=6),
            "ntp_servers[0].minpoll: 8 is above its maxpoll of 6.",
        ),
        (
            external(pool="perhaps"),
            "ntp_servers[0].pool: 'perhaps' is not true or false.",
        ),
        (
            {
                "mode": "external",
                "ntp_servers": [{"hostname": "10.0.0.1", "pool": True}],
            },
            "ntp_servers[0].pool: 10.0.0.1 is an address, a pool must be a host name.",
        ),
        (
            {"mode": "external", "ntp_servers": [{"hostname": "a"}, {"hostname": "A"}]},
            "ntp_servers[1].hostname: A is given twice.",
        ),
        (
            {"mode": "external", "ntp_servers": [{"iburst": True}]},
            "ntp_servers[0].hostname: is required.",
        ),
        (
            {"mode": "external", "ntp_servers": ["a"]},
            "ntp_servers[0]: the value, which is not shown, is not a dictionary.",
        ),
        # it could hold a key
        (
            {"mode": "external", "ntp_servers": "a"},
            "ntp_servers: the value, which is not shown, is not a list.",
        ),
        (
            {"mode": "external"},
            "mode: external needs at least one server in ntp_servers.",
        ),
        (
            {"mode": "host_only", "host_clock": "ignore"},
            "host_clock: ignore leaves nothing to sync from in mode host_only; allowed there are"
            " auto, require and any.",
        ),
        (
            {"refclock": {"stratum": 16}},
            "refclock.stratum: 16 is out of range, allowed is 0 to 15.",
        ),
        (
            {"refclock": {"offset": float("nan")}},
            "refclock.offset: nan is out of range, allowed is -1000000 to 1000000.",
        ),
        (
            {"refclock": {"delay": float("inf")}},
            "refclock.delay: inf is out of range, allowed is 0 to 1000.",
        ),
        (
            {"verify_timeout": -1},
            "verify_timeout: -1 is out of range, allowed is 0 to 3600.",
        ),
        (
            {"root": "mnt/image"},
            "root: 'mnt/image' is not an absolute path of plain characters without '..'.",
        ),
    ],
)
def test_bad_input(options: Options, sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        Request.from_options(options)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "hostname",
    [
        "",
        " ",
        "a b",
        "a\n",
        "ntp.example.com\nallow 0.0.0.0/0",
        "ntp.example.com\rcmdallow all",
        "ntp.example.com iburst",
        "ntp.example.com\u2028allow",
        "ntp.example.com\x00",
        "ntp.exa\u00a0mple.com",
        "n\u0442p.example.com",  # a Cyrillic letter
        "#comment",
        "!directive",
        "-x",
        "a-.example.com",
        "a..b",
        "/etc/shadow",
        "$(id)",
        "fe80::1%eth0 trust",
        "fe80::1%",
        "1.2.3.400",
        "12",
        "a" * 64,
        "a." * 127 + "a",
        ["a"],
        {"a": 1},
        True,
        None,
    ],
)
def test_a_hostname_is_a_name_or_an_address(hostname: t.Any) -> None:
    with pytest.raises(RequestError, match=r"^ntp_servers\[0\]\.hostname: "):
        Request.from_options(external(hostname=hostname))


@pytest.mark.parametrize(
    "hostname",
    [
        "ntp",
        "ntp.example.com",
        "ntp.example.com.",
        "10.0.0.1",
        "2001:db8::1",
        "fe80::1%eth0",
        "a_b",
    ],
)
def test_names_and_addresses_are_taken(hostname: str) -> None:
    request = Request.from_options(external(hostname=hostname))
    assert request.ntp_servers == (NtpServer(hostname),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("maxdistance 16.0\nallow", "is not one line"),
        (" allow", "is not one line"),
        ("", "is not one line"),
        ("log\ttracking", "is not one line"),
        ("refclok PHC /dev/ptp0", "refclok is not a directive of chrony"),
        ("# comment", "# is not a directive of chrony"),
        ("server ntp.example.com", "sources are given with ntp_servers"),
        ("POOL ntp.example.com", "sources are given with ntp_servers"),
        ("refclock PHC /dev/ptp0", "the host clock is found by itself"),
        ("allow " + " " * 600 + "all", "is not one line"),
        ("initstepslew 1 ntp.example.com", "sources are given with ntp_servers"),
        ("makestep 1 3", "use step_threshold and step_limit"),
        ("include /etc/shadow", "which folders are read"),
        ("confdir /tmp", "which folders are read"),
        ("sourcedir /tmp", "which folders are read"),
        ("mailonchange root 0.1", "it makes chronyd run another program"),
        ("user root", "the distribution's own must stay"),
    ],
)
def test_a_custom_setting_is_one_known_directive(line: str, reason: str) -> None:
    with pytest.raises(RequestError) as caught:
        Request.from_options({"chrony_custom_settings": [line]})
    assert str(caught.value).startswith(f"chrony_custom_settings[0]: {show(line)}")
    assert reason in str(caught.value)


def test_an_address_takes_the_form_in_which_chrony_tells_of_it() -> None:
    request = Request.from_options(external(hostname="2001:DB8:0:0::1"))
    assert request.ntp_servers == (NtpServer("2001:db8::1"),)


def test_defaults() -> None:
    assert Request.from_options({}) == Request()


def test_strings_are_converted_as_ansible_passes_them() -> None:
    request = Request.from_options(
        {
            **external(minpoll="4", iburst="no"),
            "refclock": {"offset": "0.5"},
            "install": "false",
        }
    )
    assert request.ntp_servers == (
        NtpServer("ntp.example.com", iburst=False, minpoll=4),
    )
    assert request.refclock == Refclock(offset=0.5)
    assert request.install is False
