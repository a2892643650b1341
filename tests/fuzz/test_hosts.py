# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a host shows: it is looked at, and planned for or refused, with a sentence."""

from __future__ import annotations

import copy
import json
import re
import signal
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.vmtime.linux.plugins.module_utils._apply.transaction import (
    apply,
)
from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, HostError
from ansible_collections.vmtime.linux.plugins.module_utils._observe import (
    hyperv,
)
from ansible_collections.vmtime.linux.plugins.module_utils._observe.observation import (
    observe,
)
from ansible_collections.vmtime.linux.plugins.module_utils._tables.daemons import (
    client_units,
)
from ansible_collections.vmtime.linux.plugins.modules.timesync_apply import (
    ARGUMENT_SPEC,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._apply.compare import compare
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
    ObservationError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import PlanError
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
from ansible_collections.vmtime.linux.tests.fuzz import strategies
from ansible_collections.vmtime.linux.tests.fuzz.trees import (
    Tree,
    grown,
    put,
    trees,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    observed,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    is_observed,
)

MAX_OBSERVATION = 5 * 1000 * 1000


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


def seen_on(root: Path) -> Seen | None:
    """What arrives of the observation; None if the host refuses to be looked at."""
    try:
        with within(20):
            # as root's run tells it, whoever runs the tests
            seen = {**observe(Host(str(root))), "privileged": True}
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
            assert is_observed(file.path), file.path
            if file.path.endswith(".rules") and file.text:
                assert_rule(file.text)
        for unit in plan.units:
            assert unit.name in {*client_units(), *seen["units"]}
            assert not unit.name.startswith("-")
        for sentence in plan.reasons.values():
            assert sentence.isprintable()
            assert len(sentence) <= 2000


HYPERV_RULE = (
    'ACTION=="add|bind", SUBSYSTEM=="vmbus",'
    f' ATTR{{class_id}}=="{hyperv.TIME_SYNC_CLASS}",'
    """ RUN+="/bin/sh -c 'echo %k >/sys/bus/vmbus/devices/%k/driver/unbind'\""""
)


def assert_rule(text: str) -> None:
    """A rule that names a clock and gives it a link, and one that restarts a unit with it."""
    rules = [line for line in text.splitlines() if line and line[0] != "#"]
    if "vmbus" in rules[0]:
        # this one has nothing in it that a host can tell
        assert rules == [HYPERV_RULE]
        return
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


def test_a_fragment_that_was_not_read_to_its_end_is_refused_and_not_cut() -> None:
    text = b"server a\n" + b"# a line\n" * 200_000 + b"allow 10.0.0.0/8\n"
    changes = [(b"/etc/chrony/conf.d/a.conf", ("file", text))]
    with grown(("azure-debian-12-fragment", changes)) as root:
        seen = seen_on(root)
    assert seen is not None
    with pytest.raises(PlanError, match=r"/conf\.d/a\.conf can't be read as text"):
        make_plan(REQUESTS[2], Observation.from_module(seen))


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
# the first one as it tells of its kernel when it runs
_SEEN.append(
    {
        **_SEEN[0],
        "kernel": "6.12.0",
        "systemd": {"booted": True, "version": "252"},
        "kernel_settings": {
            "hyperv_time_sync": "bound",
            "timesync_implicit": "off",
            "hv_utils": "unloaded",
            "ptp_kvm": "unloaded",
        },
    }
)


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
@example(seen={**_SEEN[0], "daemons": {}})
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
