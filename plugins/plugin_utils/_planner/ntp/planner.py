# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for ntp.org's ntpd and for ntpsec, whichever the distribution ships.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....module_utils._tables import own
from ..._model.plan import Plan, PlanError, PlannedFile, PlannedUnit, Source
from ..._tables import ntp_directives
from ..._tables.ntp import Ntp
from ..._text import addresses
from ..._text.directive import directive
from .. import capabilities, smear
from ..context import Case
from . import phc2sys
from . import sources as ntp_sources

# Daemon to who may do what, as the distributions have it: anybody may ask for the time, nobody may
# ask for more. ntpsec can't tell its servers from others, so "noserve" would refuse their answers.
_ACCESS = {
    "ntp": "restrict default kod limited nomodify nopeer noquery notrap",
    "ntpsec": "restrict default kod limited nomodify noquery",
}
# For what a pool brings in, which "nopeer" keeps out otherwise.
_POOL_ACCESS = {"ntp": "restrict source nomodify noquery notrap"}


class NtpPlanner:
    """Makes one plan; what it leaves out or warns of gathers on the way."""

    def __init__(self, case: Case, row: Ntp) -> None:
        self.case = case
        self.request = case.request
        self.clock = case.host_clock
        self.row = row
        self.daemon = case.observation.daemons[row.daemon]
        self.version = self.daemon.version or row.version
        self.unit = self.daemon.unit or row.unit
        self.warnings: list[str] = []

    def plan(self) -> Plan:
        """Raises PlanError for what this ntpd can't honour."""
        case, request = self.case, self.request
        case.check_startable(self.unit)
        refusal = capabilities.refusal(
            request, self.row.daemon, self.version, has_host_clock=bool(self.clock)
        )
        if refusal:
            raise PlanError(refusal)
        self._check_custom_settings()
        sources = list(self._sources())
        files = list(self._files(sources))
        wanted = (phc2sys.UNIT, self.unit) if self.clock else (self.unit,)
        return Plan(
            mode=request.mode,
            provider="ntp",
            version=self.version,
            packages=self._packages(),
            quiet_install=dict(case.platform.chrony.quiet_install),
            platform=case.platform.name,
            host_clock=self.clock,
            sources=tuple(sources),
            any_source=not case.owns_sources or self._cannot_name(sources),
            files=(*files, *case.leftovers(files)),
            units=(*self._units(), *case.other_clients(*wanted)),
            checks=(),
            reasons=case.reasons(
                any(source.kind != "refclock" for source in sources),
                self.row.daemon,
                self.version,
            ),
            skipped=tuple(self._skipped()),
            warnings=tuple(self.warnings),
        )

    def _skipped(self) -> Iterator[str]:
        yield from self.case.skipped_servers()
        if self.case.smeared:
            yield smear.skipped(self.row.daemon)

    def _packages(self) -> tuple[str, ...]:
        missing = [] if self.daemon.installed else [self.row.package]
        if self.clock and self.case.observation.phc2sys is None:
            missing.append(phc2sys.PACKAGE)
        return self.case.packages(*missing)

    def _check_custom_settings(self) -> None:
        for line in self.request.ntp_custom_settings:
            word = line.split()[0]
            able = ntp_directives.DIRECTIVES[word]
            if self.row.daemon not in able:
                raise PlanError(
                    f"ntp_custom_settings: {word} is nothing that {self.row.daemon} {self.version}"
                    f" knows: {' or '.join(sorted(able))} does."
                )
        if self.case.smeared:
            smear.check_custom("ntp_custom_settings", self.request.ntp_custom_settings)

    @staticmethod
    def _cannot_name(sources: list[Source]) -> bool:
        """True if the plan has names: ntpq tells of servers by address alone."""
        return any(
            source.kind != "refclock" and not addresses.is_address(source.name)
            for source in sources
        )

    # -- sources

    def _sources(self) -> Iterator[Source]:
        servers = self.case.servers(self.row.servers)
        if not servers and self.request.mode != "host_only":
            told = (
                f"ntp_servers: {self.case.platform.name} has none of its own for"
                f" {self.row.daemon}, so name some."
            )
            if not self.clock:
                raise PlanError(told)
            self.warnings.append(told)
        for server in servers:
            yield ntp_sources.server(server)
        if self.clock:
            prefer = self.request.prefer == "host"
            yield ntp_sources.host_clock(
                self.request.refclock, self.row.daemon, prefer=prefer
            )

    # -- files

    def _files(self, sources: list[Source]) -> Iterator[PlannedFile]:
        yield PlannedFile(
            self.row.conf,
            "what ntpd follows, and how",
            "ntp.conf.j2",
            {
                "mode": self.request.mode,
                "tinker": self._tinker(),
                "tos": self._tos(sources),
                "sources": [source.line for source in sources],
                "stock": list(self._stock()),
                "access": list(self._access()),
                "custom": list(self.request.ntp_custom_settings),
            },
        )
        if self.clock:
            yield from phc2sys.files(self.clock, self.case.observation.phc2sys)
        dhcp_conf = self._forbidden_dhcp_conf()
        if self.clock or dhcp_conf:
            yield PlannedFile(
                own.drop_in(self.unit),
                "how ntpd starts",
                "ntpd-drop-in.conf.j2",
                {
                    "feeder": phc2sys.UNIT if self.clock else None,
                    "dhcp_conf": dhcp_conf,
                    "as_root": self.case.as_root,
                },
            )

    def _stock(self) -> Iterator[str]:
        for line in self.row.stock:
            if not (self.case.smeared and line.split()[0] in smear.LEAP_DIRECTIVES):
                yield line

    def _forbidden_dhcp_conf(self) -> str | None:
        """DHCP's replacement has neither the planned servers nor the lines of the host clock."""
        forbids = self.request.dhcp_ntp_servers is False
        if self.case.owns_sources or self.clock or forbids:
            return self.row.dhcp_conf
        return None

    def _tinker(self) -> str:
        step = self.request.step_threshold
        return directive(
            "tinker", "panic", 0, *(() if step is None else ("step", step))
        )

    def _tos(self, sources: list[Source]) -> str:
        """As many survivors as there are sources; a pool is asked for the stock file's number."""
        has_pool = any(source.kind == "pool" for source in sources)
        distance = self.request.max_distance
        clock = 4 if has_pool else max(1, min(3, len(sources)))
        return directive(
            "tos",
            "minclock",
            clock,
            "minsane",
            self.request.min_sources,
            *(("maxclock", 11) if has_pool else ()),
            *(("maxdist", distance) if distance else ()),
        )

    def _access(self) -> Iterator[str]:
        daemon = self.row.daemon
        yield _ACCESS[daemon]
        pools_since = capabilities.since("ntp_servers.pool")[daemon]
        if daemon in _POOL_ACCESS and not capabilities.is_older(
            self.version, pools_since
        ):
            yield _POOL_ACCESS[daemon]

    # -- units

    def _units(self) -> Iterator[PlannedUnit]:
        if self.clock:
            yield PlannedUnit(phc2sys.UNIT, True, "hands the host clock to ntpd")
        yield PlannedUnit(self.unit, True, "the planned provider")


def plan_ntp(case: Case) -> Plan:
    """Raises PlanError if the distribution ships no ntpd, or one that can't do what is asked."""
    if case.platform.ntp is None:
        raise PlanError(
            f"provider: ntp is not possible: {case.platform.name} ships neither ntp nor ntpsec."
            " Use chrony."
        )
    return NtpPlanner(case, case.platform.ntp).plan()
