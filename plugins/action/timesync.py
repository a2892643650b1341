# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conductor: observe, plan, render, compare, apply, report. Nothing else."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from ..plugin_utils._apply import packages
from ..plugin_utils._apply.compare import Changes, compare
from ..plugin_utils._apply.failure import failure
from ..plugin_utils._apply.result import result_of
from ..plugin_utils._apply.transaction import (
    awaited,
    observation_options,
    transaction_options,
)
from ..plugin_utils._model.observation import Observation, ObservationError
from ..plugin_utils._model.plan import Plan, PlanError
from ..plugin_utils._planner.planner import make_plan
from ..plugin_utils._render.render import RenderedFile, render
from ..plugin_utils._request.options import RequestError
from ..plugin_utils._request.request import Request
from ..plugin_utils._request.role_variables import misspelt

Result = dict[str, t.Any]


@dataclass(frozen=True)
class Found:
    """The host as it was found, and what an unfinished run had left there and was put back."""

    observation: Observation
    recovered: list[str]


@dataclass(frozen=True)
class Planned:
    """The plan for the host as it is now, with all packages, and the plan from before these."""

    plan: Plan
    first: Plan
    observation: Observation
    installed: bool


class ActionModule(ActionBase):
    _task_vars: Result

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        self._supports_check_mode = True
        super().run(tmp, task_vars)
        del tmp  # Ansible has not used it since 2.0
        self._task_vars = task_vars or {}
        self._warn_of_misspelt()
        try:
            request = Request.from_options(self._task.args)
            found = self._find(request)
            planned = self._plan(request, found)
        except (RequestError, PlanError) as error:
            raise AnsibleActionFail(str(error)) from error
        rendered = render(planned.plan)
        changes = compare(planned.plan, rendered, planned.observation)
        applied: Result = {}
        if changes and not self._task.check_mode:
            applied = self._apply(request, found, planned, changes)
        return self._report(found, planned, rendered, applied)

    # -- the steps, in their order

    def _find(self, request: Request) -> Found:
        observation = self._observe(request)
        if not observation.unfinished_run or self._task.check_mode:
            return Found(observation, [])
        recovered = self._recover(request)
        return Found(self._observe(request), recovered)

    def _plan(self, request: Request, found: Found) -> Planned:
        """Plan; install what is missing, observe and plan again."""
        plan = make_plan(request, found.observation)
        if not plan.packages or self._task.check_mode:
            return Planned(plan, plan, found.observation, installed=False)
        packages.install(plan, found.observation, self._run)
        observation = self._observe(request)
        try:
            # what was installed may be older than the first plan took it for
            with_packages = make_plan(request, observation)
        except PlanError as error:
            told = packages.take_back(plan, observation, self._run)
            raise AnsibleActionFail(
                str(error) + told, result={"changed": True, "restored": []}
            ) from None
        return Planned(with_packages, plan, observation, installed=True)

    def _apply(
        self, request: Request, found: Found, planned: Planned, changes: Changes
    ) -> Result:
        units_before = planned.observation.units_since(found.observation)
        options = transaction_options(request, planned.plan, changes, units_before)
        waits = awaited(request, planned.plan)
        if waits:
            self._display.v(waits, host=self._task_vars.get("inventory_hostname"))
        try:
            return self._call("timesync_apply", options)
        except AnsibleConnectionFailure as error:
            raise AnsibleConnectionFailure(
                f"{error}. The connection was lost while the new configuration was put into force:"
                " the host may have the old one or the new. Run again; what was left half done"
                " is undone then."
            ) from error

    def _report(
        self,
        found: Found,
        planned: Planned,
        rendered: tuple[RenderedFile, ...],
        applied: Result,
    ) -> Result:
        # told is the way from how the host was found: a package that came may have removed others
        plan = planned.plan.with_units_of(planned.first)
        changes = compare(plan, rendered, found.observation)
        result = result_of(plan, changes, applied, planned.observation)
        changed = planned.installed or bool(found.recovered)
        result["changed"] = bool(changed or changes or found.observation.unfinished_run)
        result["restored"] = found.recovered + result["restored"]
        if self._task.diff:
            result["diff"] = changes.diff()
        if applied.get("failed"):
            result.update(failure(applied), changed=changed)
            if planned.installed:
                result["msg"] += packages.take_back(
                    planned.first, planned.observation, self._run
                )
        return result

    # -- what they are made of

    def _observe(self, request: Request) -> Observation:
        data = self._call("timesync_info", observation_options(request))
        if data.get("failed"):
            raise AnsibleActionFail(failure(data)["msg"], result=data)
        try:
            return Observation.from_module(data)
        except ObservationError as error:
            raise AnsibleActionFail(str(error)) from error

    def _recover(self, request: Request) -> list[str]:
        """Undo what a killed run has left; if that run is still at work, wait for it."""
        data = self._call("timesync_apply", {"root": request.root, "recover": True})
        if data.get("failed"):
            raise AnsibleActionFail(failure(data)["msg"], result=data)
        return list(data["restored"])

    def _warn_of_misspelt(self) -> None:
        """At once and not in the result: what is missing may be why the run fails."""
        role = self._task._role
        if role and role._role_collection == "vmtime.linux":
            for sentence in misspelt(self._task_vars, role.get_default_vars()):
                self._display.warning(sentence)

    def _call(self, module: str, options: Result) -> Result:
        """A module of this collection, on the host."""
        return t.cast(
            Result,
            self._execute_module(
                module_name=f"vmtime.linux.{module}",
                module_args=options,
                task_vars=self._task_vars,
            ),
        )

    def _run(self, action: str, options: Result) -> Result:
        """An action of ansible-core, for the host."""
        task = self._task.copy()
        task.args = options
        plugin = self._shared_loader_obj.action_loader.get(
            action,
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        return t.cast(Result, plugin.run(task_vars=self._task_vars))
