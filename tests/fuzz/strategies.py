# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nasty input: strings, numbers and nestings that try to be more than they should."""

from __future__ import annotations

import typing as t

from hypothesis import strategies as st

from ansible_collections.vmtime.linux.plugins.plugin_utils._request.options import (
    OPTIONS,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.chrony_directives import (
    DIRECTIVES,
)

Strategy = st.SearchStrategy[t.Any]
Options = dict[str, t.Any]

GOOD = (
    *(
        "ntp.example.com",
        "a",
        "10.0.0.1",
        "2001:db8::1",
        "2001:DB8:0::1",
        "fe80::1%eth0",
    ),
    *("::ffff:10.0.0.1", "10.1", "0", "1", "3.5", "-1", "iburst", "all", "0.0.0.0/0"),
    *("/etc/shadow", "/tmp", "tracking", "trust", "hyperv"),
)
# what ends a line or a word somewhere, though not everywhere
BREAKS = (
    *("\n", "\r", "\r\n", "\t", "\v", "\f", "\0", " ", "  ", "\x1c", "\x1e", "\x1f"),
    *("\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u3000"),
)
# what cannot be seen, or looks like something else
DISGUISES = (
    *("\b", "\x1b[2J", "\x7f", "\x9b", "\xad", "\u200b", "\u202e", "\ufeff", "\ud800"),
    *(
        "\udcff",
        "\U000e0041",
        "n\u0442p",
        "\uff0e",
        "\u0661",
        "\xb2",
        "\uff11",
        "\u212a",
    ),
)
# what starts a comment, a quotation, a substitution or a template somewhere
SIGNS = (
    *("#", "!", ";", "%", "'", '"', "`", "$(id)", "${IFS}", "$HOME", "~", "\\", "\\n"),
    *("*", "?", "[", "|", "&", "<", ">", "..", "/", ",", ":", "=", "-", "--", "_", "@"),
    *("{{ 1+1 }}", "{% raw %}", "{#", "!unsafe", "!!python/none", "---\n", "%0a"),
)
LINES = (
    *("allow", "cmdallow all", "bindcmdaddress 0.0.0.0", "port 123", "local stratum 1"),
    *(
        "server evil.example.com",
        "include /etc/shadow",
        "mailonchange root@a 0",
        "user root",
    ),
)

_pieces = st.sampled_from([*GOOD, *BREAKS, *DISGUISES, *SIGNS, *LINES, *DIRECTIVES])
# 2048 is the length of chronyd's buffer for a line, 4300 Python's limit for digits
_lengths = st.sampled_from(
    [63, 64, 253, 254, 1023, 2035, 2046, 2047, 2048, 4301, 100_000]
)

# a short one many times, and something after it
_long: st.SearchStrategy[str] = st.builds(
    lambda head, piece, length, tail: head + (piece * length)[:length] + tail,
    st.sampled_from(["", *GOOD, *DIRECTIVES]),
    st.sampled_from(["a", "9", "a.", " ", "0", "\t", "x ", "\u00fc", "[", "{", "\\"]),
    _lengths,
    st.one_of(st.just(""), _pieces),
)
texts: st.SearchStrategy[str] = st.one_of(
    _pieces,
    st.lists(_pieces, max_size=5).map("".join),
    st.lists(_pieces, max_size=5).map(" ".join),
    st.text(max_size=20),
    _long,
)

integers: Strategy = st.one_of(
    st.integers(-10, 30),
    st.sampled_from([0, 1, -1, 2**31 - 1, 2**31, 2**63, 2**64, -(2**64), 10**400]),
    st.integers(),
)
floats: Strategy = st.one_of(
    st.sampled_from([0.0, -0.0, 1e-5, 0.1, 1e6, 1e16, 5e-324, 1.8e308]),
    st.floats(allow_nan=True, allow_infinity=True),
)
numbers: Strategy = st.one_of(
    integers,
    integers,
    floats,
    integers.map(str),
    floats.map(str),
    st.booleans(),
    st.sampled_from(
        ["1_000", " 12 ", "12\n", "0x10", "1e3", "nan", "inf", "-Infinity"]
    ),
    texts,
)
atoms: Strategy = st.one_of(
    st.none(), st.booleans(), numbers, texts, st.binary(max_size=20)
)
nested: Strategy = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner),
        st.dictionaries(st.one_of(texts, st.integers()), inner, max_size=4),
    ),
    max_leaves=8,
)


def _some(
    table: t.Mapping[str, Strategy], **required: Strategy
) -> st.SearchStrategy[Options]:
    return st.fixed_dictionaries(required, optional=dict(table))


_hostnames = st.one_of(
    st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z]{1,5}){0,2}", fullmatch=True),
    st.sampled_from(GOOD),
    st.ip_addresses().map(str),
    texts,
)
_flags = st.one_of(
    st.booleans(), st.sampled_from(["yes", "no", "maybe", 0, 1, 2]), atoms
)
_polls = st.one_of(st.integers(-7, 24), numbers)
_modes = st.sampled_from(["default", "external", "host_only"])


def _entries(hostnames: Strategy, flags: Strategy, polls: Strategy) -> Strategy:
    return _some(
        {
            **dict.fromkeys(("pool", "iburst", "prefer", "trust", "xleave"), flags),
            **dict.fromkeys(("nts", "smeared"), flags),
            **dict.fromkeys(("minpoll", "maxpoll", "filter"), polls),
        },
        hostname=hostnames,
    )


# one nasty value among good ones passes more gates than many
ntp_servers: st.SearchStrategy[Options] = st.fixed_dictionaries(
    {
        "mode": _modes,
        "ntp_servers": st.lists(
            st.one_of(
                _entries(_hostnames, st.booleans(), st.integers(1, 24)),
                _entries(_hostnames, st.booleans(), st.integers(1, 24)),
                _entries(_hostnames, _flags, _polls),
            ),
            max_size=4,
        ),
    }
)
REFCLOCK: dict[str, Strategy] = {
    "poll": st.integers(-7, 24),
    "dpoll": st.integers(-7, 24),
    "offset": st.floats(-1e6, 1e6),
    "stratum": st.integers(0, 15),
    "delay": st.floats(0, 1000),
    "maxsamples": st.integers(1, 64),
    "maxdispersion": st.floats(0, 1000),
    "trust": st.booleans(),
}
refclock: st.SearchStrategy[Options] = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["default", "host_only"]),
        "host_clock": st.sampled_from(["auto", "any"]),
        "host_clock_profile": st.sampled_from(["documented", "fast"]),
        "refclock": st.one_of(
            _some(REFCLOCK),
            _some({name: st.one_of(good, numbers) for name, good in REFCLOCK.items()}),
            st.builds("{}={}".format, st.sampled_from(["poll", "offset", "x"]), texts),
            nested,
        ),
    }
)
_key_types = st.sampled_from(
    ["", "MD5 ", "SHA1 ", "SHA256 ", "AES128 ", "AES256 ", "X "]
)
_key_values = st.one_of(
    st.from_regex(r"(ASCII:)?[!-~]{1,40}", fullmatch=True),
    st.binary(min_size=1, max_size=33).map(lambda data: f"HEX:{data.hex()}"),
    st.binary(min_size=32, max_size=32).map(lambda data: f"HEX:{data.hex()}"),
    st.binary(min_size=16, max_size=16).map(lambda data: f"HEX:{data.hex()}"),
    texts,
)
_key_lines = st.one_of(
    st.builds("{} {}{}".format, st.integers(0, 2**33), _key_types, _key_values),
    st.builds("{} {}{}".format, st.integers(1, 3), _key_types, _key_values),
    st.integers(-1, 9),
    nested,
)
keys: st.SearchStrategy[Options] = st.fixed_dictionaries(
    {
        "ntp_servers": st.lists(
            st.fixed_dictionaries(
                {"hostname": _hostnames, "key": _key_lines},
                optional={"nts": st.booleans(), "smeared": st.booleans()},
            ),
            min_size=1,
            max_size=3,
        )
    }
)
_interfaces = st.one_of(
    st.sampled_from(["*", "eth0", "ens1f0np0", "br-lan", "eth0.10", "eth0:1"]), texts
)
settings: st.SearchStrategy[Options] = _some(
    {
        "ntp_servers": st.lists(
            _entries(st.sampled_from(GOOD[:5]), st.booleans(), st.integers(-7, 24)),
            max_size=3,
        ),
        "min_sources": st.one_of(st.integers(0, 5), numbers),
        "max_distance": st.one_of(st.floats(0, 1000), numbers),
        "dhcp_ntp_servers": st.one_of(st.booleans(), _flags),
        "ntp_ip_family": st.one_of(st.sampled_from(["all", "IPv4", "IPv6"]), texts),
        "ntp_hwts_interfaces": st.one_of(st.lists(_interfaces, max_size=3), nested),
        "leapsec_mode": st.one_of(st.sampled_from(["step", "slew", "ignore"]), texts),
        "ptp_domains": st.one_of(st.just([]), nested),
        "step_threshold": st.one_of(st.floats(-1, 10), numbers),
    }
)
numbers_of_the_step: st.SearchStrategy[Options] = _some(
    {
        "step_threshold": st.one_of(st.floats(0, 1e6), numbers),
        "step_limit": st.one_of(st.integers(-1, 2**31 - 1), numbers),
        "verify_timeout": st.one_of(st.integers(0, 3600), numbers),
    }
)
_settings = st.one_of(
    st.builds(
        "{} {}".format,
        st.sampled_from(
            [
                "maxdistance",
                "maxjitter",
                "logdir",
                "leapsectz",
                "allow",
                "cmdport",
                "dscp",
            ]
        ),
        st.one_of(st.integers(0, 60), st.floats(0, 10), _pieces),
    ),
    st.builds(
        " ".join,
        st.tuples(
            st.sampled_from(sorted(DIRECTIVES)), st.sampled_from([*GOOD, *LINES])
        ),
    ),
    st.builds("{} {}".format, st.sampled_from(sorted(DIRECTIVES)), texts),
    st.sampled_from(["maxdistance 16.0", "log tracking", "rtcsync", "MaxDistance  3"]),
    texts,
)
chrony_custom_settings: st.SearchStrategy[Options] = st.fixed_dictionaries(
    {
        "chrony_custom_settings": st.one_of(
            st.lists(_settings, max_size=2), st.lists(_settings, max_size=4), nested
        )
    }
)
scalars: st.SearchStrategy[Options] = _some(
    {
        name: st.one_of(st.sampled_from(option.choices or ("/", True)), atoms)
        for name, option in OPTIONS.items()
        if option.type in ("bool", "path", "str")
    }
)
# anything in place of anything, under known names and others
anything: st.SearchStrategy[Options] = st.one_of(
    st.dictionaries(
        st.one_of(st.sampled_from(sorted(OPTIONS)), texts), nested, max_size=5
    ),
    _some(
        {
            "ntp_servers": st.lists(
                st.one_of(st.dictionaries(texts, nested, max_size=3), nested),
                max_size=3,
            ),
            "refclock": st.dictionaries(texts, nested, max_size=3),
            "mode": nested,
        }
    ),
)
