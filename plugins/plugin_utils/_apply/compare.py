# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between the plan and the observation: nothing else is ever changed."""

from __future__ import annotations

import hashlib
import typing as t
from dataclasses import dataclass, field

from ...module_utils._tables import own
from .._model.observation import Observation, ObservedFile, ObservedUnit
from .._model.plan import Permissions, Plan, PlannedUnit
from .._render.render import RenderedFile


@dataclass(frozen=True)
class FileChange:
    """A file that must change: what was observed there, None for no file, and the new text."""

    path: str
    reason: str
    observed: ObservedFile | None
    after: str | None = field(repr=False)
    # of a file whose text is never shown
    secret: Permissions | None = None

    @property
    def before(self) -> str:
        if self.observed is None:
            return ""
        if self.is_secret:
            return _hidden(*self.observed.permissions)
        text = self.observed.text
        return "(not shown)\n" if text is None else text

    @property
    def shown(self) -> str:
        """The new text as a diff may show it."""
        if self.after is None or not self.secret:
            return self.after or ""
        changed = self.observed is not None and not self.observed.matches
        return _hidden(
            *_permissions(self.secret), "another content" if changed else None
        )

    @property
    def is_secret(self) -> bool:
        """Also if it goes: then nothing is planned, but what is there is not told."""
        return bool(
            self.secret
            or (self.observed and self.observed.text is self.observed.sha256 is None)
        )

    @property
    def keep_original(self) -> bool:
        """True if another's file is taken over: the first such text is kept beside it."""
        if self.is_secret:
            return False
        is_ours = (self.after or "").startswith(own.MARKER)
        return (
            is_ours
            and self.observed is not None
            and not self.before.startswith(own.MARKER)
        )


@dataclass(frozen=True)
class UnitChange:
    """A unit that must change, each state as a word or two for people."""

    name: str
    reason: str
    wanted: bool
    before: str
    after: str


@dataclass(frozen=True)
class SettingChange:
    """A setting of the kernel that must change."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    files: tuple[FileChange, ...]
    units: tuple[UnitChange, ...]
    kernel: tuple[SettingChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.files or self.units or self.kernel)

    def diff(self) -> list[dict[str, str]]:
        """In the form that Ansible shows with --diff."""
        shown = [
            {
                "before_header": change.path if change.observed else "(no such file)",
                "after_header": change.path
                if change.after is not None
                else "(no such file)",
                "before": change.before,
                "after": change.shown,
            }
            for change in self.files
        ]
        for header, changes in (("kernel", self.kernel), ("units", self.units)):
            if changes:
                shown.append(
                    {
                        "before_header": header,
                        "after_header": header,
                        "before": "".join(
                            f"{change.name}: {change.before}\n" for change in changes
                        ),
                        "after": "".join(
                            f"{change.name}: {change.after}\n" for change in changes
                        ),
                    }
                )
        return shown


def compare(
    plan: Plan, rendered: t.Iterable[RenderedFile], observation: Observation
) -> Changes:
    """The changes that take the host from what was observed to what is planned."""
    files = []
    for file in rendered:
        observed = observation.files.get(file.path)
        if not _is_right(observed, file):
            files.append(
                FileChange(file.path, file.reason, observed, file.text, file.secret)
            )
    units = [_compare_unit(unit, observation) for unit in plan.units]
    seen = observation.kernel_settings
    kernel = [
        SettingChange(
            setting.name, seen.get(setting.name) or "not there", setting.value
        )
        for setting in plan.kernel
        if seen.get(setting.name) != setting.value
    ]
    return Changes(
        tuple(files), tuple(unit for unit in units if unit is not None), tuple(kernel)
    )


def _is_right(observed: ObservedFile | None, wanted: RenderedFile) -> bool:
    if observed is None or wanted.text is None:
        return observed is None and wanted.text is None
    if wanted.secret:
        return bool(observed.matches) and observed.permissions == _permissions(
            wanted.secret
        )
    return observed.sha256 == _sha256(wanted.text)


def _permissions(wanted: Permissions) -> tuple[str, str, str]:
    return wanted.mode, "root", wanted.group


def _hidden(*told: str | None) -> str:
    return f"({', '.join(filter(None, told))}; the keys are not shown)\n"


def _compare_unit(planned: PlannedUnit, observation: Observation) -> UnitChange | None:
    observed = observation.units.get(planned.name)
    before = _words(observed)
    wanted = ["enabled" if planned.wanted else "disabled"]
    if observation.booted:
        wanted.append("active" if planned.wanted else "inactive")
    if planned.wanted:
        is_right = observed is not None and observed.starts_at_boot
        if observation.booted:
            is_right = is_right and observed is not None and observed.is_active
    else:
        is_right = observed is None or not (observed.is_enabled or observed.is_active)
    if is_right:
        return None
    return UnitChange(
        planned.name, planned.reason, planned.wanted, before, ", ".join(wanted)
    )


def _words(observed: ObservedUnit | None) -> str:
    if observed is None:
        return "absent"
    return ", ".join(filter(None, (observed.enabled, observed.active)))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
