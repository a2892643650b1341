# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever stands in an inventory: chronyd reads what was planned, or the run was refused."""

from __future__ import annotations

import itertools
import re
import time
import typing as t
from dataclasses import replace

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import (
    Plan,
    PlanError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.planner import (
    make_plan,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.options import (
    OPTIONS,
    RequestError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._text.directive import (
    number as decimal,
)
from ansible_collections.vmtime.linux.tests.fuzz import strategies
from ansible_collections.vmtime.linux.tests.fuzz.chronyd import Chronyd
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
    with_chrony,
)

Options = dict[str, t.Any]

# The version that Debian 12 ships, and that reads the files here.
READS = "4.3"
READ_BY_CHRONYD = (
    with_chrony(host_of("debian", "12", HYPERV), READS),
    with_chrony(host_of("debian", "12"), READS),
    with_chrony(host_of("rocky", "9", HYPERV), READS, "chronyd.service"),
    with_chrony(host_of("sles", "15"), READS, "chronyd.service"),
    with_chrony(host_of("azurelinux", "3.0", HYPERV), READS, "chronyd.service"),
)
# These have no -p, so nobody but this collection checks the file before it is in force.
READ_BY_NOBODY = (
    with_chrony(host_of("centos", "7", HYPERV), "3.4", "chronyd.service"),
    with_chrony(host_of("ubuntu", "16.04", HYPERV), "2.1.1"),
)
HOSTS = tuple(
    replace(host, host_clock_reason="It is a test's.")
    for host in (*READ_BY_CHRONYD, *READ_BY_NOBODY)
)
hosts = st.sampled_from(range(len(HOSTS)))

# A line of chronyd's has 2047 bytes; up to 3.5 it takes what is beyond for another line.
LONGEST_LINE = 2046
LONGEST_SENTENCE = 1000


def bare(text: str) -> list[str]:
    """The directives of a file in the form in which chronyd prints them."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in lines if line and line[0] not in "#!;%"]


def test_every_suboption_of_refclock_is_drawn() -> None:
    assert set(strategies.REFCLOCK) == set(OPTIONS["refclock"].options or ())


def assert_sentence(error: Exception) -> None:
    """One line that a person can read, and that tells which option it is about."""
    text = str(error)
    assert text.isprintable()
    assert text.endswith((".", "?"))
    assert len(text) <= LONGEST_SENTENCE
    if "is not an option" not in text:
        assert text.startswith(tuple(OPTIONS)), text


def planned(options: Options, number: int) -> tuple[Request, Plan] | None:
    """None if the options were refused, as they should be if they are."""
    try:
        request = Request.from_options(options)
        plan = make_plan(request, HOSTS[number])
    except (RequestError, PlanError) as error:
        event("refused")
        assert_sentence(error)
        return None
    return request, plan


def assert_read_as_planned(options: Options, number: int, chronyd: Chronyd) -> None:
    done = planned(options, number)
    if done is None:
        return
    request, plan = done
    assert request.root.isprintable()
    # it is a place on the host: neither a detour nor something of the controller's
    assert request.root.rstrip("/") == str(options.get("root") or "/").rstrip("/")
    assert not {".", ".."} & set(request.root.split("/"))
    if plan.provider != "chrony":
        assert_lines_as_planned(plan)
        return
    main = next(file for file in plan.files if file.path.endswith("/chrony.conf"))
    threshold = 1 if request.step_threshold is None else request.step_threshold
    step = f"makestep {decimal(threshold)} {request.step_limit}"
    lines = [
        *(source.line for source in plan.sources),
        *([step] if threshold else []),
        *main.variables["stock"],
        *main.variables["settings"],
        *(str(line) for line in options.get("chrony_custom_settings") or ()),
        *main.variables["includes"],
    ]
    for file in render(plan):
        if file.secret:
            assert_keys(request, plan, file.text or "")
            continue
        if file.path in ("/etc/default/chrony", "/etc/sysconfig/chronyd"):
            assert_one_option(file.text or "")
            continue
        if not file.path.startswith("/etc/chrony"):
            # no string of an option reaches the other files
            assert file.text in DEFAULTS[number][file.path]
            continue
        assert file.text is not None
        expected = [
            line
            for line in lines
            # the file for a boot without the host clock
            if file.path == main.path or not line.startswith("refclock ")
        ]
        assert bare(file.text) == [" ".join(line.split()) for line in expected]
        assert max(map(len, file.text.split("\n"))) <= LONGEST_LINE
        if number < len(READ_BY_CHRONYD):
            assert_read(file.text, expected, chronyd)


def assert_lines_as_planned(plan: Plan) -> None:
    """No option makes a line of its own in the files of timesyncd and ntpd."""
    for file in render(plan):
        variables = next(f.variables for f in plan.files if f.path == file.path)
        if file.path.endswith("/ntp.conf"):
            assert bare(file.text or "") == [
                variables["tinker"],
                variables["tos"],
                *(line for source in plan.sources for line in source.line.split("\n")),
                *variables["stock"],
                *variables["access"],
                "restrict 127.0.0.1",
                "restrict ::1",
                *(" ".join(line.split()) for line in variables["custom"]),
            ]
            for source in plan.sources:
                # ntp.org's ntpd has a server and a fudge for a clock, ntpsec one line
                has_fudge = source.kind == "refclock" and source.line[:7] == "server "
                assert source.line.count("\n") == has_fudge
        elif file.path.endswith("/zz-vmtime.conf"):
            names = " ".join(source.name for source in plan.sources)
            lines = bare(file.text or "")
            assert lines[:4] == ["[Time]", "NTP=", f"NTP={names}", "FallbackNTP="]
            assert all(re.match("FallbackNTP|PollInterval", line) for line in lines[4:])


def assert_keys(request: Request, plan: Plan, text: str) -> None:
    """One line for each key, and each of three words."""
    lines = bare(text)
    assert lines == [key.line for key in request.keys]
    assert all(len(line.split()) == 3 for line in lines)
    for source in plan.sources:
        assert source.line.count(" key ") <= 1


def assert_one_option(text: str) -> None:
    """The command line has what it had, and at most a family."""
    ours = r"# (added|replaced) by vmtime\.linux.*\n\w+=\"(-F -?[12] )?-[46]\"\n"
    assert re.fullmatch(rf"{ours}|\w+=\"(-F -?[12])?\"\n", text), text


def assert_read(text: str, expected: list[str], chronyd: Chronyd) -> None:
    reading = chronyd.read(text)
    if reading.status:
        # it refuses the candidate, before anything is written
        assert reading.status == 1
        assert "Fatal error" in reading.words
        event("refused by chronyd")
        return
    event("read")
    # of a folder it prints what is in it, and here that is nothing
    assert list(reading.directives) == [
        " ".join(line.split()) for line in expected if not line.startswith("confdir ")
    ]


def defaults(number: int) -> dict[str, set[str | None]]:
    """What a file that no string of an option reaches may be, by its path."""
    found: dict[str, set[str | None]] = {}
    for host_clock, profile in itertools.product(
        ("auto", "any"), ("documented", "fast")
    ):
        request = Request(host_clock=host_clock, host_clock_profile=profile)
        for file in render(make_plan(request, HOSTS[number])):
            found.setdefault(file.path, set()).add(file.text)
    return found


DEFAULTS = [defaults(number) for number in range(len(HOSTS))]


def test_chronyd_is_the_planned_one(chronyd: Chronyd) -> None:
    assert chronyd.version == READS
    assert chronyd.read("log  tracking\n# a\nmaxdistance 3").directives == (
        "log tracking",
        "maxdistance 3",
    )
    assert chronyd.read("makestp 1 3\n").status == 1


@given(options=strategies.ntp_servers, number=hosts)
@example(options={"ntp_servers": [{"hostname": "a", "minpoll": True}]}, number=1)
@example(
    options={"ntp_servers": [{"hostname": "fe80::1%" + "a" * 2027 + "allow"}]},
    number=len(READ_BY_CHRONYD),
)
@example(
    options={"ntp_servers": [{"hostname": "fe80::1%" + "a" * 1000, "pool": True}]},
    number=1,
)
def test_ntp_servers(options: Options, number: int, chronyd: Chronyd) -> None:
    assert_read_as_planned(options, number, chronyd)


@given(options=strategies.refclock, number=hosts)
@example(options={"refclock": {"stratum": False}}, number=0)
def test_refclock(options: Options, number: int, chronyd: Chronyd) -> None:
    assert_read_as_planned(options, number, chronyd)


@given(options=strategies.numbers_of_the_step, number=hosts)
@example(options={"step_limit": True}, number=1)
def test_numbers(options: Options, number: int, chronyd: Chronyd) -> None:
    assert_read_as_planned(options, number, chronyd)


@given(options=strategies.chrony_custom_settings, number=hosts)
# chrony before 4.0 reads the rest of a line that is too long as the next one
@example(
    options={"chrony_custom_settings": ["maxdistance 16".ljust(2047) + "allow 0/0"]},
    number=len(READ_BY_CHRONYD),
)
def test_chrony_custom_settings(
    options: Options, number: int, chronyd: Chronyd
) -> None:
    assert_read_as_planned(options, number, chronyd)


@given(options=strategies.scalars, number=hosts)
@example(options={"root": "/mnt/\0"}, number=1)
@example(options={"root": "/mnt/a\nb"}, number=1)
# the running root by another name would be taken for an image
@example(options={"root": "/mnt/.."}, number=1)
@example(options={"root": "/."}, number=1)
@example(options={"root": "/mnt/$HOME"}, number=1)
def test_scalars(options: Options, number: int, chronyd: Chronyd) -> None:
    assert_read_as_planned(options, number, chronyd)


@given(options=strategies.anything, number=hosts)
@example(options={"mode\nallow": 1}, number=1)
@example(options={"ntp_servers": [{"host\nname": "a"}]}, number=1)
def test_anything(options: Options, number: int, chronyd: Chronyd) -> None:
    assert_read_as_planned(options, number, chronyd)


@given(options=strategies.keys, number=hosts)
@example(options={"ntp_servers": [{"hostname": "a", "key": "1 a\nallow"}]}, number=0)
@example(options={"ntp_servers": [{"hostname": "a", "key": "1 MD5 #"}]}, number=0)
# refused beside the host clock that other hosts have
@example(
    options={"ntp_servers": [{"hostname": "a", "key": "1 HEX:00", "smeared": True}]},
    number=1,
)
def test_keys(options: Options, number: int, chronyd: Chronyd) -> None:
    assert_read_as_planned(options, number, chronyd)


@given(options=strategies.settings, number=hosts)
@example(options={"ntp_hwts_interfaces": ["eth0\nallow"]}, number=0)
@example(options={"ntp_hwts_interfaces": ["*", "*"]}, number=0)
@example(options={"max_distance": 1e-300}, number=0)
@example(options={"ntp_ip_family": "all"}, number=0)
def test_settings(options: Options, number: int, chronyd: Chronyd) -> None:
    assert_read_as_planned(options, number, chronyd)


@given(
    options=st.one_of(strategies.ntp_servers, strategies.refclock, strategies.scalars),
    provider=st.sampled_from(("timesyncd", "ntp")),
    number=hosts,
)
@example(
    options={"ntp_servers": [{"hostname": "a\nFallbackNTP=b"}]},
    provider="timesyncd",
    number=0,
)
@example(
    options={"ntp_custom_settings": ["tos orphan 5\nincludefile /etc/shadow"]},
    provider="ntp",
    number=0,
)
def test_other_daemons(options: Options, provider: str, number: int) -> None:
    done = planned({**options, "provider": provider}, number)
    if done is not None:
        event("planned")
        assert_lines_as_planned(done[1])


def deep(levels: int) -> t.Any:
    value: t.Any = "a"
    for _level in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(1 << 20_000, id="more digits than Python prints"),
        pytest.param(deep(100_000), id="deeper than Python prints"),
        pytest.param("{" * 100_000, id="a string that opens dictionaries"),
        pytest.param('{"a":' + "[" * 100_000, id="a string that opens lists"),
        pytest.param("9" * 100_000, id="a string of digits"),
        pytest.param("a" * 100_000, id="a long string"),
        pytest.param("1e200000", id="a number that takes long to compute"),
    ],
)
def test_what_python_cannot_show_is_refused(value: t.Any) -> None:
    for name in OPTIONS:
        began = time.monotonic()
        with pytest.raises(RequestError) as caught:
            Request.from_options({name: value})
        assert_sentence(caught.value)
        assert time.monotonic() - began < 1
