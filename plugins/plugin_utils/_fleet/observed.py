# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The row of a host that answered: what it says of itself, and how that differs from its plan.

What a host says of itself may be anything. So every value of a row is text of one printable line, a
finite number, a bool or None, and nothing a host says raises an error here.
"""

from __future__ import annotations

import math
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .._apply.compare import compare
from .._model.observation import Observation, ObservationError
from .._model.plan import PlanError
from .._planner.planner import make_plan
from .._render.render import render
from .._request.options import RequestError
from .._request.request import Request
from .._text import messages
from .row import HostRow, one_line, without_answer

_SHOWN_DIFFERENCES = 20


def observed_row(
    host: str, data: Mapping[str, t.Any], request: Request | RequestError
) -> HostRow:
    """The row of a host that answered; ``data`` is, or pretends to be, timesync_info's result."""
    try:
        observation = Observation.from_module(data)
        return _row(host, observation, request)
    except ObservationError as error:
        return without_answer(host, "failed", str(error))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return without_answer(
            host,
            "failed",
            f"The host's answer is not what timesync_info documents ({messages.show(error)}).",
        )


def _row(
    host: str, observation: Observation, request: Request | RequestError
) -> HostRow:
    status = observation.status
    sources = [source for source in status["sources"] if isinstance(source, Mapping)]
    # the members of a pool share its name
    followed = (status["selected"], "selected")
    selected = next(
        (one for one in sources if (one.get("name"), one.get("state")) == followed), {}
    )
    has_refclock = any(source.get("kind") == "refclock" for source in sources)
    clock = observation.host_clock
    compared = _Compared.of(request, observation)
    return HostRow(
        host=host,
        answer="ok",
        message=one_line(compared.refusal or status["reason"] or ""),
        mode=None if isinstance(request, RequestError) else request.mode,
        synchronised=status["synchronised"] is True,
        selected=_text(status["selected"]),
        selected_kind=_text(selected.get("kind")),
        offset=_number(selected.get("offset")),
        error=_number(selected.get("error")),
        stratum=_integer(status["stratum"]),
        sources=len(sources),
        reachable_sources=sum(map(_is_reachable, sources)),
        as_planned=None if compared.refusal else not compared.differences,
        differences=compared.differences[:_SHOWN_DIFFERENCES],
        has_plan=not compared.refusal,
        host_clock=_text(clock and clock.clock_name),
        host_clock_used=has_refclock if clock else None,
        host_clock_ignored=not isinstance(request, RequestError)
        and request.host_clock == "ignore",
        provider=_text(status["provider"]),
        version=_version(observation, status["provider"]),
        distribution=_text(observation.distribution.name),
        hypervisor=_text(observation.virtualization),
    )


@dataclass(frozen=True)
class _Compared:
    """What a run would change, or why there is no plan."""

    differences: tuple[str, ...]
    refusal: str

    @classmethod
    def of(cls, request: Request | RequestError, observation: Observation) -> _Compared:
        try:
            if isinstance(request, RequestError):
                raise request
            plan = make_plan(request, observation)
        except (RequestError, PlanError) as error:
            return cls((), str(error))
        changes = compare(plan, render(plan), observation)
        files = (file.path for file in changes.files)
        kernel = (f"{setting.name}: {setting.before}" for setting in changes.kernel)
        units = (f"{unit.name}: {unit.before}" for unit in changes.units)
        return cls(tuple(map(one_line, (*files, *kernel, *units))), "")


def _version(observation: Observation, provider: object) -> str | None:
    daemon = observation.daemons.get(provider) if isinstance(provider, str) else None
    return daemon.version if daemon else None


def _is_reachable(source: Mapping[str, t.Any]) -> bool:
    """Not every daemon tells of reach; the source that it follows is reachable all the same."""
    return source.get("reach") not in ("0", None) or source.get("state") == "selected"


def _text(value: object) -> str | None:
    if value is None:
        return None
    return one_line(value) if isinstance(value, str) else messages.show(value)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 and math.isfinite(value) else None


def _integer(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
