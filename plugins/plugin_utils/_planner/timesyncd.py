# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for systemd-timesyncd: one drop-in, for it follows one NTP server at a time.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...module_utils._tables import own
from .._model.plan import Plan, PlanError, PlannedFile, PlannedUnit, Source
from .._model.sources import NtpServer
from .._text.directive import directive
from . import capabilities
from .context import Case

UNIT = "systemd-timesyncd.service"

# Drop-ins are read in the order of their names, whatever folder they are in, and this one has to be
# the last: it takes back what those of DHCP have added.
DROP_IN = own.TIMESYNCD_DROP_IN

# If FallbackNTP= is empty, systemd 252 takes the servers that it was built with, and 257 none.
EMPTIES_FALLBACKS_SINCE = 257

# timesyncd.conf(5): 32 s and 2048 s.
_DEFAULT_POLLS = (5, 11)


class TimesyncdPlanner:
    """Makes one plan."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.request = case.request
        self.daemon = case.observation.daemons["timesyncd"]
        # it is a part of systemd
        self.version = self.daemon.version or str(case.systemd)

    def plan(self) -> Plan:
        """Raises PlanError for what this timesyncd can't honour."""
        case, request = self.case, self.request
        packages = self._packages()
        case.check_startable(UNIT)
        refusal = capabilities.refusal(
            request,
            "timesyncd",
            self.version,
            has_host_clock=bool(case.observation.host_clock)
            and request.host_clock != "ignore",
        )
        if refusal:
            raise PlanError(refusal)
        servers = self._servers()
        sources = [
            Source("pool" if server.pool else "server", server.hostname, f"NTP={name}")
            for server in servers
            for name in [directive(server.hostname)]
        ]
        files = list(self._files(servers))
        return Plan(
            mode=request.mode,
            provider="timesyncd",
            version=self.version,
            packages=packages,
            quiet_install=dict(case.platform.chrony.quiet_install),
            platform=case.platform.name,
            host_clock=None,
            sources=tuple(sources),
            any_source=not case.owns_sources,
            files=(*files, *case.leftovers(files)),
            units=(
                PlannedUnit(UNIT, True, "the planned provider"),
                *case.other_clients(UNIT),
            ),
            checks=(),
            reasons=case.reasons(bool(servers), "timesyncd", self.version),
            skipped=(),
            warnings=(),
        )

    def _packages(self) -> tuple[str, ...]:
        if self.daemon.installed:
            return ()
        package = self.case.platform.timesyncd_package
        if package is None:
            raise PlanError(
                "provider: timesyncd is not possible: systemd-timesyncd is not on this host, and"
                f" {self.case.platform.name} has no package of it."
            )
        return self.case.packages(package)

    def _servers(self) -> list[NtpServer]:
        """In the order in which they are asked: the preferred ones first."""
        servers = self.request.ntp_servers
        for server in servers:
            if "%" in server.hostname:
                raise PlanError(
                    f"ntp_servers: {server.hostname} has a zone, which timesyncd does not take."
                )
        return sorted(servers, key=lambda server: not server.prefer)

    def _files(self, servers: list[NtpServer]) -> Iterator[PlannedFile]:
        if not servers:
            # with nothing to say, its own defaults are the plan
            return
        yield PlannedFile(
            DROP_IN,
            "which servers timesyncd asks, and how often",
            "timesyncd.conf.j2",
            {
                "mode": self.request.mode,
                "servers": directive(*(server.hostname for server in servers)),
                "fallbacks": self._fallbacks(servers),
                "spans": list(self._spans(servers)),
            },
        )

    def _fallbacks(self, servers: list[NtpServer]) -> str:
        """FallbackNTP= for a timesyncd that must never ask the servers that it was built with."""
        if int(self.version) >= EMPTIES_FALLBACKS_SINCE:
            return ""
        return directive(*(server.hostname for server in servers))

    @staticmethod
    def _spans(servers: list[NtpServer]) -> Iterator[tuple[str, int]]:
        """timesyncd has one shortest and one longest interval for all servers, in seconds."""
        low, high = (_one_for_all(servers, name) for name in ("minpoll", "maxpoll"))
        if low is None and high is None:
            return
        if low is None:
            low = min(_DEFAULT_POLLS[0], high or 0)
        if high is None:
            high = max(_DEFAULT_POLLS[1], low)
        if low > high:
            raise PlanError(
                f"ntp_servers: minpoll {low} is above maxpoll {high}, and timesyncd has one of"
                " each for all servers."
            )
        yield "PollIntervalMinSec", 2**low
        yield "PollIntervalMaxSec", 2**high


def _one_for_all(servers: list[NtpServer], name: str) -> int | None:
    polls = {getattr(server, name) for server in servers} - {None}
    if len(polls) > 1:
        raise PlanError(
            f"ntp_servers: {name} is not the same for all servers, and timesyncd has one for all."
        )
    return polls.pop() if polls else None
