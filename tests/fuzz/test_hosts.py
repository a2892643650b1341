# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a host shows: it is looked at, and planned for or refused, with a sentence."""

from __future__ import annotations

import copy
import fnmatch
import json
import os
import re
import shutil
import signal
import stat
import tempfile
import typing as t
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ansible_collections.vmtime.linux.plugins.module_utils import (
    _daemons,
    _status,
)
from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, HostError
from ansible_collections.vmtime.linux.plugins.module_utils._observation import observe
from ansible_collections.vmtime.linux.plugins.module_utils._transaction import apply
from ansible_collections.vmtime.linux.plugins.modules.timesync_apply import (
    ARGUMENT_SPEC,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.compare import compare
from ansible_collections.vmtime.linux.plugins.plugin_utils.fragments import (
    SOURCES,
    silence,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.observation import (
    Observation,
    ObservationError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.options import RequestError
from ansible_collections.vmtime.linux.plugins.plugin_utils.plan import PlanError
from ansible_collections.vmtime.linux.plugins.plugin_utils.planner import make_plan
from ansible_collections.vmtime.linux.plugins.plugin_utils.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils.request import Request
from ansible_collections.vmtime.linux.tests.fuzz import strategies
from ansible_collections.vmtime.linux.tests.fuzz.chronyd import Chronyd
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    RECORDED,
    observed,
)

MAX_OBSERVATION = 5 * 1000 * 1000
SAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "status"
REQUESTS = (
    Request.from_options({}),
    Request.from_options({"mode": "host_only"}),
    Request.from_options({"host_clock": "require"}),
    Request.from_options({"host_clock": "ignore"}),
    Request.from_options(
        {
            "mode": "external",
            "ntp_servers": [{"hostname": "10.0.0.1"}, {"hostname": "b"}],
        }
    ),
)
KNOWN = (
    *(pattern for daemon in _daemons.DAEMONS for pattern in daemon.files),
    *_daemons.HOST_CLOCK_FILES,
)
MEGABYTE = 1 << 20
# a node of /dev/zero is read for ever, one of /dev/null not at all
DEVICES = {"null": 3, "zero": 5}

Seen = dict[str, t.Any]


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """What opens a pipe or a device waits for ever; this ends it."""

    def ring(*_unused: object) -> None:
        raise AssertionError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# -- what daemons say

PARSERS: tuple[Callable[[str], t.Any], ...] = (
    _status.parse_chrony_sources,
    _status.parse_chrony_table,
    _status.parse_chrony_tracking,
    _status.parse_ntpq_peers,
    _status.parse_show_timesync,
)
_samples = [path.read_text() for path in sorted(SAMPLES.glob("*.[ct][sx]*"))]
_tokens = st.one_of(
    strategies.texts,
    strategies.numbers.map(str),
    st.sampled_from(
        ["\xb2", "\u0663", "nan", "inf", "-", "?", "9" * 400, "-0", "377", "1e400"]
    ),
)


@st.composite
def said(draw: st.DrawFn) -> str:
    """What a daemon printed once, with some of its words replaced."""
    text = draw(st.sampled_from(_samples))
    words = sorted({*text.replace(",", " ").replace("=", " ").split()})
    for _level in range(draw(st.integers(1, 3))):
        text = text.replace(draw(st.sampled_from(words)), draw(_tokens), 1)
    return text


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.one_of(said(), st.text(), strategies.texts))
@example(text="*,*,\xb2" + "," * 11)
@example(text="^,*,a,1,6,377,0,nan,0,inf")
@example(text=f"^* 10.0.0.1 1 6 377 1 +{'9' * 400}s[ +1s] +/- 1s")
@example(text=f"^* 10.0.0.1 {'9' * 5000} 6 377 1 +1s[ +1s] +/- 1s")
@example(text=f"ServerName=a\nPollIntervalUSec={'9' * 400}")
@example(text=f"ServerName=a\nNTPMessage={{ Stratum={'9' * 5000}, PacketCount=1 }}")
def test_any_words_of_a_daemon_are_parsed(
    parse: Callable[[str], t.Any], text: str
) -> None:
    json.dumps(parse(text), allow_nan=False)


# -- trees

_CONFIGURATION = (
    *("/etc/chrony.conf", "/etc/chrony/chrony.conf", "/etc/chrony/conf.d/azure.conf"),
    *("/etc/chrony/conf.d/z.conf", "/etc/chrony.d/a.conf", "/etc/chrony/chrony.keys"),
    *("/etc/default/chrony", "/run/chrony.d/x", "/etc/systemd/timesyncd.conf"),
    *(
        "/etc/ntp.conf",
        "/etc/udev/rules.d/70-vmtime-ptp.rules",
        "/etc/udev/rules.d/90-vmtime-hyperv.rules",
        "/etc/modules-load.d/vmtime.conf",
        "/etc/chrony/sources.d/a.sources",
    ),
    "/etc/systemd/system/chrony.service.d/vmtime.conf",
)
_FACTS = (
    *("/etc/os-release", "/usr/lib/os-release", "/sys/class/ptp/ptp0/clock_name"),
    *(
        "/sys/class/ptp/ptp9/clock_name",
        "/sys/class/dmi/id/sys_vendor",
        "/dev/ptp_hyperv",
    ),
    *(
        "/sys/bus/vmbus/devices/x/class_id",
        "/sys/bus/vmbus/drivers/hv_utils/unbind",
        "/sys/module/hv_utils/parameters/timesync_implicit",
        "/proc/sys/kernel/osrelease",
        "/usr/sbin/chronyd",
        "/run/systemd/container",
    ),
    *("/etc/systemd/system/ntp.service", "/usr/lib/systemd/system/chrony.service"),
    *("/etc/chrony/conf.d", "/etc/chrony", "/sys/class/ptp", "/etc/systemd/system"),
)
_names = st.sampled_from(
    [
        b"\xff.conf",
        b"a\nb.conf",
        b"-x.conf",
        b"$(id).conf",
        b"\x1b[2J.conf",
        b"{{ 1 }}.conf",
    ]
)
_bytes = st.one_of(
    st.binary(max_size=60),
    strategies.texts.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.builds(
        lambda name, value: f'{name}="{value}"\n'.encode("utf-8", "surrogatepass"),
        st.sampled_from(["ID", "ID_LIKE", "VERSION_ID", "PRETTY_NAME"]),
        strategies.texts,
    ),
    st.sampled_from(
        [
            *(
                b"ID=debian\nVERSION_ID=12\n",
                b"ID=amzn\nVERSION_ID=2023\n",
                b"ID=ubuntu\n",
            ),
            *(
                b"hyperv",
                b"ena-ptp-00",
                b'ena-ptp-", RUN+="/bin/id',
                b"ena-ptp-\nRUN+=id",
            ),
            *(
                b"# Managed by vmtime.linux\n",
                b"server a\rpool b\x0cpeer c\n",
                b"\r\nserver x",
            ),
        ]
    ),
)
_kinds = st.one_of(
    st.tuples(st.just("file"), _bytes),
    st.tuples(st.just("file"), _bytes),
    st.tuples(
        st.just("large"),
        st.sampled_from([b"a", b"\xff", b"hyperv\0", b"# a\nserver b\n", b"\x1b[2J\n"]),
    ),
    st.tuples(
        st.sampled_from(["pipe", "folder", "loop", "zero", "socket", "gone", "locked"]),
        st.just(b""),
    ),
    st.tuples(
        st.just("link"),
        st.sampled_from(
            [
                *(
                    b"/etc/chrony/chrony.keys",
                    b"/dev/zero",
                    b"/",
                    b"..",
                    b"\xff\n",
                    b"/dev/null",
                ),
                *(
                    b"-Hroot@evil.service",
                    b"--help.service",
                    b"*.service",
                    b"../" * 99 + b"etc",
                ),
            ]
        ),
    ),
)
_places = st.one_of(
    st.sampled_from([*_CONFIGURATION, *_FACTS]).map(str.encode),
    _names.map(lambda name: b"/etc/chrony/conf.d/" + name),
    _names.map(lambda name: b"/sys/class/ptp/ptp" + name),
)
trees = st.tuples(
    st.sampled_from(
        [
            "azure-debian-12-fragment",
            "azure-rocky-9",
            "bare-leap-15.6",
            "hyperv-ubuntu-16.04",
        ]
    ),
    st.lists(st.tuples(_places, _kinds), min_size=1, max_size=6),
)
Tree = tuple[str, list[tuple[bytes, tuple[str, bytes]]]]


def put(root: Path, place: bytes, kind: str, data: bytes) -> None:
    """One thing in place of what stands there."""
    path = Path(os.fsdecode(os.fsencode(root) + place))
    for parent in (path.parent.parent, path.parent):
        if not parent.is_dir():
            parent.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if kind == "file":
        path.write_bytes(data)
    elif kind == "large":
        # of a megabyte or two; written so, it can be shown when a test fails
        path.write_bytes(data * (MEGABYTE // len(data) + 1))
    elif kind == "locked":
        path.touch(0)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        os.mknod(path, stat.S_IFSOCK | 0o600)
    elif kind in DEVICES and os.geteuid() == 0:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, DEVICES[kind]))
    elif kind == "link":
        path.symlink_to(os.fsdecode(data))
    elif kind == "loop":
        path.symlink_to(path.name)


@contextmanager
def grown(tree: Tree) -> Iterator[Path]:
    name, changes = tree
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        shutil.copytree(RECORDED / name, root, symlinks=True)
        for place, (kind, data) in changes:
            put(root, place, kind, data)
        yield root


def seen_on(root: Path) -> Seen | None:
    """What arrives of the observation; None if the host refuses to be looked at."""
    try:
        with within(20):
            seen = observe(Host(str(root)))
    except HostError as error:
        assert_sentence(error)
        return None
    text = json.dumps(seen, allow_nan=False)
    assert len(text) < MAX_OBSERVATION
    return t.cast(Seen, json.loads(text))


def assert_sentence(error: Exception) -> None:
    text = str(error)
    assert text.isprintable()
    assert text.endswith(".")
    assert len(text) <= 2000


def assert_planned(seen: Seen) -> None:
    for request in REQUESTS:
        try:
            observation = Observation.from_module(seen)
            plan = make_plan(request, observation)
        except (PlanError, RequestError) as error:
            assert_sentence(error)
            continue
        rendered = render(plan)
        compare(plan, rendered, observation).diff()
        for file in rendered:
            assert is_known(file.path), file.path
            if file.path.endswith(".rules") and file.text:
                assert_rule(file.text)
        for unit in plan.units:
            assert unit.name in {*_daemons.client_units(), *seen["units"]}
            assert not unit.name.startswith("-")
        for sentence in plan.reasons.values():
            assert sentence.isprintable()
            assert len(sentence) <= 2000


def is_known(path: str) -> bool:
    return any(
        fnmatch.fnmatchcase(path, pattern) and path.count("/") == pattern.count("/")
        for pattern in KNOWN
    )


def assert_rule(text: str) -> None:
    """A rule that names a clock and gives it a link, and one that restarts a unit with it."""
    rules = [line for line in text.splitlines() if line and line[0] != "#"]
    keys = [[part.split("=")[0].strip("+ ") for part in r.split(", ")] for r in rules]
    assert keys[0] == ["SUBSYSTEM", "ATTR{clock_name}", "SYMLINK", "TAG"]
    assert rules[0].count('"') == 8
    if rules[1:]:
        clock = ["SUBSYSTEM", "ATTR{clock_name}"]
        assert keys[1:] == [["ACTION", *clock, "ENV{SYNTH_UUID}", "RUN"]]
        restart = r'.*RUN\+="/bin/systemctl --no-block try-restart \w[\w.@-]*\.service"'
        assert re.fullmatch(restart, rules[1])
        assert rules[1].count('"') == 10


@given(tree=trees)
@example(
    tree=(
        "azure-debian-12-fragment",
        [
            (b"/sys/class/ptp/ptp0/clock_name", ("file", b'ena-ptp-", RUN+="/bin/id')),
        ],
    )
)
@example(
    tree=(
        "azure-debian-12-fragment",
        [
            (b"/etc/chrony/conf.d/%d.conf" % number, ("large", b"#"))
            for number in range(6)
        ],
    )
)
@example(
    tree=(
        "azure-debian-12-fragment",
        [(b"/etc/systemd/system/ntp.service", ("link", b"-Hroot@evil.service"))],
    )
)
@example(
    tree=(
        "bare-leap-15.6",
        [(b"/sys/class/ptp/ptp0/clock_name", ("large", b"\x1b[2Jevil\n"))],
    )
)
@example(
    tree=(
        "bare-leap-15.6",
        [
            (
                b"/etc/os-release",
                ("file", b'ID=x\nPRETTY_NAME="\x1b[2J' + b"a" * 100_000),
            )
        ],
    )
)
@example(
    tree=(
        "azure-debian-12-fragment",
        [(b"/etc/systemd/timesyncd.conf", ("file", b"# Managed by vmtime.linux"))],
    )
)
def test_any_tree_is_seen_and_planned_for(tree: Tree) -> None:
    with grown(tree) as root:
        seen = seen_on(root)
    if seen is not None:
        assert_planned(seen)


@pytest.mark.parametrize(
    "place", ["/etc/chrony/conf.d/a.conf", "/etc/chrony/chrony.conf", "/run/chrony.d/a"]
)
def test_a_link_does_not_give_a_key_away(place: str) -> None:
    changes = [
        (b"/etc/chrony/chrony.keys", ("file", b"1 SHA1 HEX:c0ffee\n")),
        (place.encode(), ("link", b"/etc/chrony/chrony.keys")),
    ]
    with grown(("azure-debian-12-fragment", changes)) as root:
        seen = seen_on(root)
    assert seen is not None
    assert seen["files"]["/etc/chrony/chrony.keys"]["text"] is None
    assert "c0ffee" not in json.dumps(seen)


def test_a_fragment_that_was_not_read_to_its_end_is_not_written() -> None:
    text = b"server a\n" + b"# a line\n" * 200_000 + b"allow 10.0.0.0/8\n"
    changes = [(b"/etc/chrony/conf.d/a.conf", ("file", text))]
    with grown(("azure-debian-12-fragment", changes)) as root:
        seen = seen_on(root)
    assert seen is not None
    observation = Observation.from_module(seen)
    try:
        plan = make_plan(REQUESTS[2], observation)
    except PlanError as error:
        assert_sentence(error)
        return
    for file in render(plan):
        if file.path == "/etc/chrony/conf.d/a.conf":
            assert file.text is not None
            assert file.text.endswith("allow 10.0.0.0/8\n")


# -- what is no file cannot be replaced


@pytest.mark.parametrize("kind", ["pipe", "folder", "null", "socket"])
def test_apply_never_waits_for_what_is_no_file(tmp_path: Path, kind: str) -> None:
    put(tmp_path, b"/etc/chrony.conf", kind, b"")
    file = {
        "path": "/etc/chrony.conf",
        "text": "x\n",
        "sha256": None,
        "mode": "0644",
        "keep_original": False,
    }
    # the unit is not there, so nothing would stay in force
    options = {
        "root": str(tmp_path),
        "files": [file],
        "start": ["chrony.service"],
        "verify": {"provider": "chrony", "sources": [], "timeout": 0},
    }
    wanted = ArgumentSpecValidator(ARGUMENT_SPEC).validate(options).validated_parameters
    path = tmp_path / "etc" / "chrony.conf"
    before = path.lstat().st_ino
    with within(20), pytest.raises((HostError, OSError)) as caught:
        apply(Host(str(tmp_path)), wanted)
    assert_sentence(caught.value)
    assert path.lstat().st_ino == before
    assert [*path.parent.iterdir()] == [path]


# -- what a module returns from a host that lies

_SEEN = [
    observed(name) for name in ("azure-debian-12-fragment", "azure-rocky-9", "empty")
]
_UNIT = {"load": "loaded", "active": "active", "enabled": "enabled"}
_versions = st.one_of(
    st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,4}){1,4}", fullmatch=True),
    st.sampled_from(
        ["4.3", "2.1.1", "9" * 5000 + ".1", "4." + "0" * 5000, "0.0", "4.3.99999999"]
    ),
)


@st.composite
def told(draw: st.DrawFn, values: st.SearchStrategy[t.Any]) -> Seen:
    """An observation with some of its strings (or, with other values, anything) replaced."""
    seen: Seen = copy.deepcopy(draw(st.sampled_from(_SEEN)))
    for _level in range(draw(st.integers(1, 3))):
        place: t.Any = seen
        while True:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            key = draw(st.sampled_from(keys))
            if not (isinstance(place[key], dict | list) and place[key]):
                break
            if draw(st.integers(0, 5)) == 0:
                break
            place = place[key]
        place[key] = draw(values)
    return seen


@given(seen=told(st.one_of(strategies.texts, strategies.nested)))
@example(seen={})
@example(seen={**_SEEN[0], "files": {"/etc/chrony/conf.d/a.conf": None}})
@example(seen={**_SEEN[0], "status": None})
@example(seen={**_SEEN[0], "units": {"ntp.service": {**_UNIT, "active": False}}})
@example(seen={**_SEEN[0], "distribution": {**_SEEN[0]["distribution"], "id": []}})
@example(
    seen={**_SEEN[0], "distribution": {**_SEEN[0]["distribution"], "id_like": [[]]}}
)
@example(
    seen={**_SEEN[0], "distribution": {**_SEEN[0]["distribution"], "version_id": ()}}
)
def test_any_result_of_the_module_is_planned_for_or_refused(seen: Seen) -> None:
    for request in REQUESTS:
        try:
            observation = Observation.from_module(seen)
            plan = make_plan(request, observation)
            compare(plan, render(plan), observation).diff()
        except (ObservationError, PlanError, RequestError) as error:
            assert_sentence(error)


@given(version=_versions)
def test_any_version_is_planned_for(version: str) -> None:
    seen = copy.deepcopy(_SEEN[0])
    seen["daemons"]["chrony"]["version"] = version
    assert_planned(seen)


# -- fragments

_lines = st.one_of(
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(
                ["", " ", "\t", "\r", "\v", "\f", "# ", "!", "\xa0", "\x1c", "\0"]
            ),
            st.sampled_from(
                [*sorted(SOURCES), "SERVER", "Pool", "servers", "log", "allow"]
            ),
            st.sampled_from([" ", "\t", "\r", "\v", "\xa0", "\x85", "\u2028", ""]),
            st.sampled_from(
                ["a", "PHC /dev/ptp0", "tracking", "", "\x0cserver b", "\rpool c"]
            ),
        ),
    ),
    strategies.texts,
)
fragments = st.lists(
    st.tuples(
        _lines,
        st.sampled_from(["\n", "\n", "\r\n", "\r", "\x0c", "\x85", "\u2028", ""]),
    ),
    max_size=8,
).map(lambda pairs: "".join(line + end for line, end in pairs))
forbidden_words = st.sets(st.sampled_from(sorted(SOURCES)))
SILENCED = "# silenced by vmtime.linux: "


def source_in(line: str) -> str | None:
    """The word of a line that gives a source, as chronyd's own reader takes it."""
    words = line.split("\0")[0].strip(" \t\n\v\f\r").replace("\t", " ")
    for blank in "\v\f\r":
        words = words.replace(blank, " ")
    word = words.split(" ")[0].lower()
    return word if word in SOURCES and len(words) > len(word) else None


@given(text=fragments, forbidden=forbidden_words)
@example(text="# a\x0cserver b\n", forbidden=SOURCES)
@example(text="log tracking\rserver b\n", forbidden=SOURCES)
@example(text="log\u2028server b\n", forbidden=SOURCES)
@example(text="\rserver b\r\n", forbidden=SOURCES)
@example(text="confdir\xa0a\n", forbidden={"confdir"})
def test_silence_touches_sources_alone_and_is_undone(
    text: str, forbidden: set[str]
) -> None:
    assume(SILENCED not in text)
    silent = silence(text, forbidden)
    for before, after in zip(text.split("\n"), silent.split("\n"), strict=True):
        if before.strip().lower() in SOURCES:
            # chronyd refuses a word alone, so this may be either
            assert after in (before, SILENCED + before)
        elif source_in(before) in forbidden:
            assert after == SILENCED + before
        else:
            assert after == before
    assert silence(silent, set()) == text
    assert silence(silent, forbidden) == silent


@given(text=fragments)
@example(
    text="log  tracking\nserver a\nPOOL b\n\trefclock PHC /dev/ptp0\npeer\v1.2.3.4"
)
def test_a_silenced_fragment_gives_chronyd_no_source(
    text: str, chronyd: Chronyd
) -> None:
    reading = chronyd.read(silence(text, SOURCES).encode("utf-8", "surrogatepass"))
    for directive in reading.directives:
        word, *rest = directive.split(" ")
        # a word alone it prints too, and refuses
        assert word.lower() not in SOURCES or not rest
