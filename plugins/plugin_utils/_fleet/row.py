# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One host of a fleet as one flat row: how it keeps time, and how that differs from its plan."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._text import messages

Answer = t.Literal["ok", "unreachable", "failed"]
_NOT_LOOKED_AT = "The host was not looked at: Ansible's own output tells why."


@dataclass(frozen=True)
class HostRow:
    """The keys are those of the report's JSON and CSV, in this order."""

    host: str
    answer: Answer
    # why there is no answer, no plan or no status; empty if there is nothing to say
    message: str = ""
    mode: str | None = None
    synchronised: bool | None = None
    selected: str | None = None
    # server, peer or refclock
    selected_kind: str | None = None
    # seconds, positive if the host's clock is ahead of the selected source
    offset: float | None = None
    # seconds, the bound that the daemon gives for it
    error: float | None = None
    stratum: int | None = None
    sources: int | None = None
    reachable_sources: int | None = None
    # None where there is nothing to compare with
    as_planned: bool | None = None
    # what would change: files, settings of the kernel and units, or the reason why there is no plan
    differences: tuple[str, ...] = ()
    has_plan: bool | None = None
    host_clock: str | None = None
    host_clock_used: bool | None = None
    host_clock_ignored: bool = False
    provider: str | None = None
    version: str | None = None
    distribution: str | None = None
    hypervisor: str | None = None


def without_answer(host: str, answer: Answer, message: str) -> HostRow:
    return HostRow(host, answer, one_line(message))


def not_looked_at(host: str) -> HostRow:
    return without_answer(host, "failed", _NOT_LOOKED_AT)


def one_line(text: str) -> str:
    """A text on one line, cut to what a page can show."""
    return messages.plain(" ".join(text.split()))
