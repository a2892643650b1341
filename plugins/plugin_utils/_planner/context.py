# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The case that a planner gets: what is asked, what was seen, and what follows from the two."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from ...module_utils._tables import own
from .._model.observation import Observation, ObservedClock
from .._model.plan import PlanError, PlannedFile, PlannedUnit, Source
from .._model.sources import NtpServer
from .._request.request import Request
from .._tables.host_clock_profiles import PROFILES
from .._tables.platforms import Platform
from . import environment_file

# systemd: a "+" before a command of ExecStartPre= runs it as root whatever User= says.
RUNS_AS_ROOT_SINCE = 231


@dataclass(frozen=True)
class Case:
    """Each reason is a sentence that says why the field before it is what it is."""

    request: Request
    observation: Observation
    platform: Platform
    platform_reason: str
    host_clock: ObservedClock | None
    host_clock_reason: str
    provider_reason: str
    # whether the sources smear leap seconds
    smeared: bool
    # what is planned whatever the provider
    files: tuple[PlannedFile, ...] = ()

    @property
    def owns_sources(self) -> bool:
        """False in default mode: the distribution's own sources and those of DHCP are welcome."""
        return self.request.mode != "default" or bool(self.request.ntp_servers)

    @property
    def welcomes_others(self) -> bool:
        """True if sources that are not in the plan are followed too."""
        return not self.owns_sources or bool(self.request.dhcp_ntp_servers)

    def check_min_sources(self, sources: Iterable[Source]) -> None:
        """Raises PlanError if the planned sources could never be enough."""
        # a pool gives four servers unless it is told otherwise
        most = sum(4 if source.kind == "pool" else 1 for source in sources)
        if self.request.min_sources > most and not self.welcomes_others:
            raise PlanError(
                f"min_sources: {self.request.min_sources} is more than the planned sources can be,"
                f" which is {most}, so the clock would never be set."
            )

    @property
    def systemd(self) -> int:
        return self.observation.systemd_version or self.platform.chrony.systemd

    @property
    def as_root(self) -> str:
        """What stands before a command of ExecStartPre= that root must run."""
        return "+" if self.systemd >= RUNS_AS_ROOT_SINCE else ""

    def servers(self, stock: tuple[NtpServer, ...]) -> tuple[NtpServer, ...]:
        """The request's, else the distribution's own, as they must be beside a host clock."""
        request = self.request
        if request.mode == "host_only":
            return ()
        servers = request.ntp_servers or stock
        if not self.host_clock:
            return servers
        profile = PROFILES[request.host_clock_profile]
        preferred = (request.prefer or "ntp") == "ntp" and not any(
            server.prefer for server in servers
        )
        return tuple(
            replace(
                profile.beside_host_clock(server, named=bool(request.ntp_servers)),
                prefer=server.prefer or preferred,
            )
            for server in servers
        )

    def skipped_servers(self) -> Iterator[str]:
        if self.request.mode == "host_only" and self.request.ntp_servers:
            yield "ntp_servers are not used: mode host_only follows the host."

    def packages(self, *missing: str) -> tuple[str, ...]:
        """The packages to install. Raises PlanError if the user or the host forbids that."""
        if missing and not self.request.install:
            are = "is" if len(missing) == 1 else "are"
            raise PlanError(
                f"install: false, but {' and '.join(missing)} {are} not installed on this host."
            )
        check_installable(missing, self.observation)
        return missing

    def reasons(self, has_servers: bool, daemon: str, version: str) -> dict[str, str]:
        """Why this mode, host clock, provider and row; the daemon by its observed name."""
        what = []
        if has_servers:
            given = self.request.ntp_servers
            what.append("the given servers" if given else "the distribution's servers")
        elif not self.owns_sources:
            what.append("the sources that the distribution configures")
        if self.host_clock:
            what.append(f"the host clock {self.host_clock.device}")
        return {
            "mode": f"{self.request.mode}: {' and '.join(what)}.",
            "host_clock": self.host_clock_reason,
            "provider": f"{self.provider_reason} {self._version_reason(daemon, version)}",
            "platform": self.platform_reason,
        }

    def _version_reason(self, daemon: str, version: str) -> str:
        observed = self.observation.daemons[daemon]
        if not observed.installed:
            return (
                f"{daemon} is not installed yet, so it is planned as version {version}, which"
                f" {self.platform.name} ships."
            )
        if not observed.version:
            return (
                f"{daemon} is installed but did not tell its version, so it is planned as"
                f" {version}."
            )
        return f"{daemon} {version} is installed."

    def check_startable(self, unit: str) -> None:
        """Raises PlanError for a unit that the administrator has masked."""
        seen = self.observation.units.get(unit)
        if seen and seen.load == "masked":
            raise PlanError(f"{unit} is masked on this host: unmask it first.")

    def other_clients(self, *wanted: str) -> Iterator[PlannedUnit]:
        """All units that steer the clock but the wanted ones; what is masked and quiet is done."""
        for name, unit in self.observation.units.items():
            if name not in wanted and (unit.load != "masked" or unit.is_active):
                yield PlannedUnit(name, False, "only one client may steer the clock")

    def leftovers(self, planned: Iterable[PlannedFile]) -> Iterator[PlannedFile]:
        """The files that an earlier run needed or changed, and this plan does not.

        Another daemon's own file stays: without it that daemon could never start again.
        """
        paths = {file.path for file in (*planned, *self.files)}
        paths |= self.platform.main_files
        for path, file in self.observation.files.items():
            is_ours = (file.text or "").startswith(own.MARKER) or path in own.KEY_FILES
            if path not in paths and is_ours:
                yield PlannedFile(path, "no longer needed")
        yield from self._restored_options(paths)

    def _restored_options(self, planned: Collection[str]) -> Iterator[PlannedFile]:
        path = self.platform.chrony.options_file
        observed = self.observation.files.get(path)
        text = observed.text if observed and path not in planned else None
        if text is not None and environment_file.restore(text) != text:
            yield PlannedFile(
                path,
                "chronyd's own options come back",
                "verbatim.j2",
                {"text": environment_file.restore(text)},
            )


def check_installable(packages: Collection[str], observation: Observation) -> None:
    """Raises PlanError if there are any and the host is not the one that runs."""
    if packages and observation.root != "/":
        raise PlanError(
            f"The package {' with '.join(packages)} is not installed below {observation.root}, and"
            " packages are only installed into the running root."
        )
