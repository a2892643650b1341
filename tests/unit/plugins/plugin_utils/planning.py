# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for hosts that tests make up, and what is rendered of them."""

from __future__ import annotations

import typing as t
from fnmatch import fnmatchcase

from ansible_collections.vmtime.linux.plugins.module_utils._tables import daemons
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
    ObservedClock,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import Plan
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
