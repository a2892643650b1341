# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for hosts that tests make up, and what is rendered of them."""

from __future__ import annotations

import typing as t
from fnmatch import fnmatchcase

from ansible_collections.vmtime.linux.plugins.module_utils._tables import daemons, own
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
    ObservedClock,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import (
    Plan,
    PlanError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.planner import (
    make_plan,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    host_of,
    with_chrony,
)

TWO = [{"hostname": "10.0.0.1"}, {"hostname": "10.0.0.2"}]
KEYED = [{"hostname": "10.0.0.1", "key": "10 SHA1 ASCII:hushhush"}]
# Files that are the same on most hosts: how the host clock appears, units and what they run.
_OTHER_FILES = ("/etc/systemd/", "/etc/udev/", "/etc/modules-load.d/", "/usr/")

# A run in each mode, as recorded hosts are planned.
MODES: dict[str, dict[str, t.Any]] = {
    "default": {},
    "host_only": {"mode": "host_only"},
    "external": {
        "mode": "external",
        "ntp_servers": [{"hostname": "10.0.0.1"}, {"hostname": "ntp.example.com"}],
    },
}

GOOGLE = [{"hostname": "time1.google.com"}, {"hostname": "time2.google.com"}]


def host(
    distribution: str,
    version_id: str | None,
    chrony: str,
    clock: ObservedClock | None = None,
) -> Observation:
    is_debians = distribution in ("debian", "ubuntu")
    unit = "chrony.service" if is_debians else "chronyd.service"
    return with_chrony(host_of(distribution, version_id, clock), chrony, unit)


DEBIAN, DEBIAN_CONF = host("debian", "12", "4.3"), "/etc/chrony/chrony.conf"
ROCKY, ROCKY_CONF = host("rocky", "9", "4.6.1"), "/etc/chrony.conf"
SUSE = host("sles", "15", "4.1")
CENTOS_7 = host("centos", "7", "3.4")


def plan_for(observation: Observation, **options: t.Any) -> Plan:
    return make_plan(Request.from_options(options), observation)


def plan_text(
    observation: Observation, options: dict[str, t.Any], *, daemon_files: bool = False
) -> str:
    """A plan to read, or its refusal. With daemon_files, only its main files have their text."""
    try:
        plan = plan_for(observation, **options)
    except PlanError as error:
        return f"refused: {error}\n"
    text = [
        f"provider: {plan.provider} {plan.version}",
        *(f"reason of the {name}: {reason}" for name, reason in plan.reasons.items()),
        *(f"install: {package}" for package in plan.packages),
        *(f"{'start' if unit.wanted else 'stop'}: {unit.name}" for unit in plan.units),
        *(f"skipped: {sentence}" for sentence in plan.skipped),
        *(f"warning: {sentence}" for sentence in plan.warnings),
    ]
    for file in render(plan):
        is_other = file.path.startswith(_OTHER_FILES)
        if daemon_files and (is_other or file.path.endswith(own.NO_HOST_CLOCK)):
            text.append(f"\n==> {file.path} (not shown)")
            continue
        text.append(f"\n==> {file.path}")
        text.append("(removed)" if file.text is None else file.text.rstrip("\n"))
    return "\n".join(text) + "\n"


def text_of(plan: Plan, ending: str) -> str:
    """The one planned file whose path has this ending."""
    (text,) = [file.text for file in render(plan) if file.path.endswith(ending)]
    assert text is not None
    return text


def is_observed(path: str) -> bool:
    """True if a look at a host tells of a file there: else a second run would not see it."""
    patterns = [pattern for daemon in daemons.DAEMONS for pattern in daemon.files]
    return any(
        fnmatchcase(path, pattern) and path.count("/") == pattern.count("/")
        for pattern in (*patterns, *daemons.HOST_CLOCK_FILES)
    )


def directives(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def sources(text: str) -> list[str]:
    return [
        line
        for line in directives(text)
        if line.split()[0] in ("server", "pool", "refclock")
    ]
