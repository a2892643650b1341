# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for chrony.

Pure functions.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from ....module_utils._tables import own
from ..._model.observation import ObservedClock
from ..._model.plan import Check, Plan, PlanError, PlannedFile, PlannedUnit, Source
from ..._model.sources import NtpServer
from ..._tables import chrony_directives as directives
from ..._tables import host_clocks
from ..._tables.chrony_directives import Version
from ..._tables.host_clock_profiles import PROFILES
from ..._text import addresses
from ..._text.directive import directive
from .. import capabilities, fragments, smear
from ..context import Case
from ..devices import device_files, device_unit
from . import advice as chrony_advice
from . import command_line, recheck
from . import keys as chrony_keys
from . import settings as chrony_settings
from . import sources as chrony_sources

# What is planned for a chrony that did not tell its version: newer forms would be fatal to it.
NEWEST_UNTOLD = Version((4, 8))


class ChronyPlanner:
    """Makes one plan; what it leaves out or warns of gathers on the way."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.request = case.request
        self.observation = observation = case.observation
        self.platform = case.platform
        self.host_clock = case.host_clock
        self.row = case.platform.chrony
        self.daemon = observation.daemons["chrony"]
        self.version = Version.parse(self.daemon.version or self.row.version)
        if self.daemon.installed and not self.daemon.version:
            self.version = min(self.version, NEWEST_UNTOLD)
        self.skipped: list[str] = []
        self.warnings: list[str] = []
        self.of_profile: list[str] = []
        self.profile = profile = PROFILES[case.request.host_clock_profile]
        self.trusted = bool(
            self.host_clock and profile.refclock_with(case.request.refclock).trust
        )
        self.rechecks = bool(
            self.host_clock
            and profile.rechecks
            # alone or trusted it is not outvoted, and asking anew would only take longer
            and case.request.mode != "host_only"
            and not self.trusted
            and self.version >= recheck.SINCE
        )

    def plan(self) -> Plan:
        """Raises PlanError for what this chrony can't honour."""
        request, clock = self.request, self.host_clock
        missing = () if self.daemon.installed else (self.row.package,)
        packages = self.case.packages(*missing)
        self.case.check_startable(self._unit)
        refusal = capabilities.refusal(
            request, "chrony", str(self.version), has_host_clock=bool(self.host_clock)
        )
        if refusal:
            raise PlanError(refusal)
        chrony_settings.check_custom(request, self.version)
        if self.case.smeared:
            smear.check_custom("chrony_custom_settings", request.chrony_custom_settings)
        wanted = self.case.servers(self.row.servers)
        servers = [chrony_sources.server(server, self.version) for server in wanted]
        self.skipped += self.case.skipped_servers()
        sources = servers.copy()
        if clock:
            refclock, skipped = chrony_sources.refclock(
                clock.device,
                request.refclock,
                documented=host_clocks.row_of(
                    clock, self.observation.virtualization
                ).refclock,
                profile=request.host_clock_profile,
                prefer=request.prefer == "host",
                version=self.version,
            )
            sources.append(refclock)
            self.skipped += skipped
            self.of_profile, skipped = chrony_settings.of_profile(
                self.profile, self.version
            )
            self.skipped += skipped
            if not self.rechecks:
                self._consider_polls(wanted)
        self._consider_sources(servers)
        self.warnings += chrony_advice.on_options(request, self.version, self.platform)
        if self.case.smeared:
            self.skipped.append(smear.skipped("chrony"))
        return Plan(
            mode=request.mode,
            provider="chrony",
            version=str(self.version),
            packages=packages,
            quiet_install=dict(self.row.quiet_install),
            platform=self.platform.name,
            host_clock=clock,
            sources=tuple(sources),
            any_source=self.case.welcomes_others or self._cannot_name(servers),
            files=tuple(self._files(sources)),
            units=tuple(self._units()),
            checks=tuple(self._checks()),
            reasons=self.case.reasons(bool(servers), "chrony", str(self.version)),
            skipped=tuple(self.skipped),
            warnings=tuple(self.warnings),
        )

    # -- sources

    @property
    def _survives(self) -> bool:
        return chrony_sources.survives_missing_device(self.version)

    def _cannot_name(self, servers: list[Source]) -> bool:
        """True if this chronyc tells sources by address alone while the plan has names."""
        if self.version >= directives.NAMES_SINCE:
            return False
        # nor does it tell the zone of an address
        return any(
            "%" in server.name or not addresses.is_address(server.name)
            for server in servers
        )

    @property
    def _trusts_one_side(self) -> bool:
        """True if the user marks servers or the host clock to be followed against the others."""
        servers = self.request.ntp_servers
        return bool(self.request.refclock.trust) or any(
            server.trust for server in servers
        )

    def _consider_sources(self, servers: list[Source]) -> None:
        is_lone = [server.kind for server in servers] == ["server"]
        if self.host_clock and is_lone and not self._trusts_one_side:
            self.warnings.append(
                "The host clock stands beside exactly one server: if the two disagree, chrony can"
                " follow neither. Give two or more servers, or mark one side as trusted."
            )
        if not self.case.owns_sources and not servers:
            self._consider_foreign_sources()
        if self.host_clock and not self._survives and not self._needs_fallback:
            self.warnings.append(
                f"A script of System V starts chrony on {self.platform.name}: if the host clock is"
                " missing at boot, chrony will not start."
            )
        burst = any("iburst" in server.line.split() for server in servers)
        if (
            servers
            and not burst
            and not self.host_clock
            and self.request.verify_timeout
        ):
            self.warnings.append(
                "No server has iburst: chrony selects none before several polls, of 64 s each"
                f" unless minpoll is less, and verify_timeout is {self.request.verify_timeout}."
            )
        if self.request.step_limit >= 0:
            self.warnings.append(
                f"step_limit: {self.request.step_limit} lets chrony step the clock in"
                f" {self.request.step_limit} updates after its start and never again; after a pause"
                " of the virtual machine it will slew for minutes. -1 has no limit."
            )

    def _consider_polls(self, servers: Iterable[NtpServer]) -> None:
        profile = self.profile
        seconds = profile.slowest(self.request.refclock, servers)
        if seconds is None:
            return
        advice = "Name servers of your own in ntp_servers"
        if self.request.ntp_servers:
            advice = f"Give it a maxpoll of {profile.named_maxpoll} or less"
        self.warnings.append(
            f"A server beside the host clock is polled every {seconds} s: after a pause of the"
            f" virtual machine it outvotes the host clock for about as long. {advice}, or set"
            " trust in refclock."
        )

    def _consider_foreign_sources(self) -> None:
        """Where the distribution's servers stand in files of its own, as in Ubuntu 26.04."""
        if self.rechecks or self.trusted:
            if (self.request.prefer or "ntp") == "ntp":
                self.skipped.append(
                    "The distribution's servers stand in files of its own, so they get no prefer."
                )
        elif self.host_clock:
            self.warnings.append(
                "The distribution's servers stand in files of its own, so they get neither prefer"
                " nor maxpoll: after a pause they can outvote the host clock for minutes. Name"
                " servers with ntp_servers to have both."
            )
        elif not any(
            fragments.names_source(file.text or "")
            for path, file in self.observation.files.items()
            if posixpath.dirname(path) in (*self.row.confdirs, *self.row.sourcedirs)
        ):
            self.warnings.append(
                f"No source is planned: {self.platform.name} has its servers in files of their"
                " own, and there is none on this host yet. Name servers with ntp_servers."
            )

    # -- files

    def _files(self, sources: list[Source]) -> Iterator[PlannedFile]:
        clock = self.host_clock
        planned = [
            self._main_file(self.row.conf, sources, "what chrony follows, and how")
        ]
        if clock:
            planned += self._host_clock_files(clock, sources)
        if self._keyfile and self.request.keys:
            planned.append(
                chrony_keys.key_file(
                    self.request.keys, self._keyfile, self.row, self.version
                )
            )
        planned += command_line.options_file(
            self.request, self.observation, self.platform
        )
        planned += self._fragments()
        yield from planned
        yield from self.case.leftovers(planned)

    def _main_file(self, path: str, sources: list[Source], reason: str) -> PlannedFile:
        return PlannedFile(
            path,
            reason,
            "chrony.conf.j2",
            {
                "mode": self.request.mode,
                "sources": [source.line for source in sources],
                "makestep": chrony_settings.makestep(self.request),
                "stock": list(self._stock()),
                "settings": [
                    *chrony_settings.settings(self.request, self.version),
                    *self.of_profile,
                ],
                "custom": list(self.request.chrony_custom_settings),
                "includes": list(self._includes()),
            },
        )

    def _host_clock_files(
        self, clock: ObservedClock, sources: list[Source]
    ) -> list[PlannedFile]:
        fallback = self._fallback_conf if self._needs_fallback else None
        files = [
            *device_files(clock, opens_it_once=self._unit),
            PlannedFile(
                own.drop_in(self._unit),
                "starts chrony after the host clock, and without it where it is missing",
                "chrony-host-clock.conf.j2",
                {
                    "device": clock.device,
                    "device_unit": device_unit(clock),
                    "variable": self.row.options_variable,
                    "fallback": fallback,
                    "as_root": self.case.as_root,
                    "recheck": recheck.UNIT if self.rechecks else None,
                },
            ),
        ]
        if self.rechecks:
            files.append(recheck.planned_file(self._unit))
        if fallback:
            without = [source for source in sources if source.kind != "refclock"]
            reason = (
                "the same without the host clock, for a boot at which that is missing"
            )
            files.append(self._main_file(fallback, without, reason))
        return files

    @property
    def _needs_fallback(self) -> bool:
        return not self._survives and self.row.options_variable is not None

    @property
    def _fallback_conf(self) -> str:
        return self.row.conf.removesuffix(".conf") + own.NO_HOST_CLOCK

    @property
    def _keyfile(self) -> str | None:
        return chrony_keys.path_of(self.request, self.row)

    def _stock(self) -> Iterator[str]:
        return chrony_settings.stock(
            self.request,
            self.row,
            self.version,
            self._keyfile,
            smeared=self.case.smeared,
        )

    def _includes(self) -> Iterator[str]:
        if self.version < directives.DIRECTIVES["confdir"]:
            for folder in self.row.confdirs:
                # an include without a match is fatal
                if fragments.in_folder(self.observation, folder):
                    yield directive("include", f"{folder}/*.conf")
            return
        folders = chrony_settings.source_folders(
            self.request, self.row, owns_sources=self.case.owns_sources
        )
        yield from (directive("sourcedir", folder) for folder in folders)
        # last, so that the administrator's own fragments win
        if self.row.confdirs:
            yield directive("confdir", *self.row.confdirs)

    def _fragments(self) -> Iterator[PlannedFile]:
        forbidden = set(fragments.SOURCES) if self.case.owns_sources else set()
        if self.host_clock:
            forbidden.add("refclock")
        return fragments.plan_fragments(self.observation, self.row.confdirs, forbidden)

    # -- units and the rest

    @property
    def _unit(self) -> str:
        return self.daemon.unit or self.row.unit

    def _units(self) -> Iterator[PlannedUnit]:
        wanted = [self._unit]
        if self.rechecks:
            # the daemon comes last, for that is the one that is verified
            yield recheck.planned_unit()
            wanted.append(recheck.UNIT)
        yield PlannedUnit(self._unit, True, "the planned provider")
        yield from self.case.other_clients(*wanted)

    def _checks(self) -> Iterator[Check]:
        binary = self.daemon.binary
        if self.version < directives.CHECK_SINCE:
            self.skipped.append(
                f"chronyd did not check its file: it can from {directives.CHECK_SINCE} on, the host"
                f" has {self.version}."
            )
        elif binary:
            yield Check((binary, "-p", "-f"), self.row.conf)
            if self.host_clock and self._needs_fallback:
                yield Check((binary, "-p", "-f"), self._fallback_conf)
