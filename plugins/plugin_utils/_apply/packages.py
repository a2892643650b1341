# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Installs a plan's packages by ansible-core's own modules."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from dataclasses import replace

from ansible.errors import AnsibleActionFail

from .._model.observation import Observation
from .._model.plan import Plan

Result = dict[str, t.Any]

# Exit codes by which an installer tells of success, and of something to know beside: zypper's of a
# reboot, of itself to start anew, of a repository that was left out, and of a script that failed.
_INFORMS = {"zypper": (102, 103, 106, 107)}

# An action's name and its options, run on the host
Run = Callable[[str, Result], Result]


def install(plan: Plan, observation: Observation, run: Run) -> None:
    """Raises AnsibleActionFail with the words of what could not install them."""
    options: Result = {"name": list(plan.packages), "state": "present"}
    if not observation.booted:
        options.update(plan.quiet_install)
    if plan.installer:
        # ansible-core has no module for it, and this collection needs no other
        argv = [*plan.installer, *plan.packages]
        tried = [run("ansible.builtin.command", {"argv": argv})]
        if tried[0].get("rc") in _INFORMS.get(plan.installer[0], ()):
            return
    else:
        tried = _try_package(options, run)
    if tried[-1].get("failed"):
        told = dict.fromkeys(
            str(result.get("stderr") or result.get("stdout") or result.get("msg"))
            for result in reversed(tried)
        )
        raise AnsibleActionFail(
            f"{_subject(plan)} could not be installed: {'; '.join(told)}",
            result={**tried[-1], "restored": []},
        )


def take_back(plan: Plan, observation: Observation, run: Run) -> str:
    """After a failure: the clients in use that the plan's packages have removed come back.

    Only Debian's packages remove each other, and they start what they bring. The observation is one
    from after the installation. Returns a sentence that tells what was done.
    """
    gone = {*plan.clients} - {*observation.units}
    if not gone:
        return f" {_subject(plan)} stays installed."
    packages = sorted({plan.clients[name] for name in gone})
    back = replace(plan, packages=tuple(packages))
    try:
        install(back, observation, run)
    except AnsibleActionFail as error:
        return f" What was in use before is gone: {error}"
    return f" {_subject(back)} is back, which was in use before."


def _try_package(options: Result, run: Run) -> list[Result]:
    tried = [run("ansible.builtin.package", options)]
    if tried[-1].get("failed"):
        # fresh images have no package lists, or old ones
        options = {**options, "update_cache": True}
        tried.append(run("ansible.builtin.package", options))
    return tried


def _subject(plan: Plan) -> str:
    """As the subject of a sentence."""
    return f"The package {' with '.join(plan.packages)}"
