# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys: what is one, and that no refusal tells it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._request import keys
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.options import (
    RequestError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)

# A part of every key here, so that a test can look for it.
PLANTED = "b1ab1e0ff1ce"
HEX16 = f"HEX:{PLANTED}{'0' * 20}"
HEX32 = f"HEX:{PLANTED}{'0' * 52}"


def request(*given: t.Any, **options: t.Any) -> Request:
    servers = [
        {"hostname": f"10.0.0.{index}", "key": key}
        for index, key in enumerate(given, 1)
    ]
    return Request.from_options({"ntp_servers": servers, **options})


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ((f"10 {PLANTED}",), [f"10 MD5 {PLANTED}"]),
        ((f"10 SHA1 ASCII:{PLANTED}",), [f"10 SHA1 ASCII:{PLANTED}"]),
        ((f"007 SHA3-512 {HEX16}",), [f"7 SHA3-512 {HEX16}"]),
        ((f"1 AES128 {HEX16}",), [f"1 AES128 {HEX16}"]),
        ((f"1 AES256 {HEX32}",), [f"1 AES256 {HEX32}"]),
        ((f"4294967295 SHA256 {HEX16}",), [f"4294967295 SHA256 {HEX16}"]),
        # one key for two servers, told in two ways
        (("2 SHA1 ASCII:AB", "2 SHA1 HEX:4142"), ["2 SHA1 ASCII:AB"]),
        # sorted by their IDs, so that another order of the servers changes nothing
        (("10 b", "9 a", None), ["9 MD5 a", "10 MD5 b"]),
        # IDs alone are those of the host's own key file
        (("10", 11), []),
    ],
)
def test_a_key_is_taken(given: tuple[t.Any, ...], lines: list[str]) -> None:
    assert [key.line for key in request(*given).keys] == lines


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            (PLANTED,),
            "[0].key: the key, which is not shown, does not begin with an ID of 1 to",
        ),
        ((f"0 {PLANTED}",), "does not begin with an ID of 1 to 4294967295."),
        ((f"4294967296 {PLANTED}",), "does not begin with an ID of 1 to 4294967295."),
        ((f"-1 {PLANTED}",), "does not begin with an ID"),
        ((f"1_0 {PLANTED}",), "does not begin with an ID"),
        (
            (f"\u0661 {PLANTED}",),
            "is not one line of up to 500 printable ASCII characters",
        ),
        ((f"1 {PLANTED} SHA1",), "is of no type that chrony knows: MD5, SHA1, SHA256,"),
        ((f"1 sha1 {PLANTED}",), "is of no type that chrony knows"),
        ((f"1 SHA1 {PLANTED} more",), "has more than an ID, a type and a key."),
        (
            (f"1 SHA1 HEX:{PLANTED}0",),
            "is not an even number of hexadecimal digits behind HEX:.",
        ),
        ((f"1 SHA1 HEX:{PLANTED}xy",), "is not an even number of hexadecimal digits"),
        (("1 SHA1 ASCII:",), "has no key behind its prefix."),
        ((f"1 AES256 {HEX16}",), "has 16 bytes, and a key of type AES256 has 32."),
        ((f"1 AES128 {HEX32}",), "has 32 bytes, and a key of type AES128 has 16."),
        ((f"1 {PLANTED}\nallow",), "is not one line"),
        ((f"1 {PLANTED}\n",), "is not one line"),
        ((f"1 {PLANTED}{'a' * 500}",), "is not one line of up to 500"),
        (
            (f"1 {PLANTED}{'a' * 5000}",),
            "the value, which is not shown, is not a string.",
        ),
        (([PLANTED],), "the value, which is not shown, is not a string."),
        (({PLANTED: 1},), "the value, which is not shown, is not a string."),
        (
            (f"1 SHA1 {PLANTED}", f"1 SHA1 {PLANTED}f"),
            "[1].key: the key, which is not shown, gives the ID 1 a second value.",
        ),
        ((f"1 SHA1 {PLANTED}", f"1 MD5 {PLANTED}"), "gives the ID 1 a second value."),
        ((f"1 {PLANTED}", "2"), "[1].key: the ID 2 stands alone"),
    ],
)
def test_a_wrong_key_is_refused_and_not_shown(
    given: tuple[t.Any, ...], sentence: str
) -> None:
    with pytest.raises(RequestError) as caught:
        request(*given)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("ntp_servers[")
    assert PLANTED not in str(caught.value)


@pytest.mark.parametrize(
    "servers",
    [
        f"10 {PLANTED}",
        {f"10 {PLANTED}": 1},
        [f"10 {PLANTED}"],
        [[f"10 {PLANTED}"]],
        [{"hostname": "a", f"10 {PLANTED}": None}],
        [{"hostname": "a", "key": {"key": PLANTED}}],
    ],
)
def test_a_key_in_the_wrong_place_is_not_shown(servers: t.Any) -> None:
    with pytest.raises(RequestError) as caught:
        Request.from_options({"ntp_servers": servers})
    assert PLANTED not in str(caught.value)


def test_no_repr_tells_a_key() -> None:
    wanted = request(f"10 SHA1 {PLANTED}")
    assert wanted.keys[0].number == 10
    assert PLANTED not in repr(wanted)
    assert PLANTED not in repr(keys.parse(f"10 {PLANTED}"))


def test_nts_and_a_key_exclude_each_other() -> None:
    servers = [{"hostname": "a", "nts": True, "key": "10"}]
    with pytest.raises(RequestError, match="by NTS or by a key, not by both"):
        Request.from_options({"ntp_servers": servers})


def test_another_key_file_is_refused_beside_keys() -> None:
    with pytest.raises(RequestError, match="keyfile can't be a custom setting"):
        request("10 a", chrony_custom_settings=["keyfile /etc/site.keys"])
    assert request("10", chrony_custom_settings=["keyfile /etc/site.keys"])
