# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conductor: observe, plan, render, compare, apply, report. Nothing else."""

from __future__ import annotations

import typing as t
from functools import partial

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from ..plugin_utils._apply import packages
from ..plugin_utils._apply.compare import compare
from ..plugin_utils._apply.failure import failure
from ..plugin_utils._apply.result import awaited, look, report, transaction
from ..plugin_utils._model.observation import Observation, ObservationError
from ..plugin_utils._model.plan import Plan, PlanError
from ..plugin_utils._planner.planner import make_plan
from ..plugin_utils._render.render import render
from ..plugin_utils._request.options import RequestError
from ..plugin_utils._request.request import Request
from ..plugin_utils._request.role_variables import misspelt

Result = dict[str, t.Any]


class ActionModule(ActionBase):
    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        self._supports_check_mode = True
        super().run(tmp, task_vars)
        del tmp  # Ansible has not used it since 2.0
        self._warn_of_misspelt(task_vars or {})
        run_action = partial(self._run, task_vars)
        try:
            request = Request.from_options(self._task.args)
            found = observation = self._observe(request, task_vars)
            recovered: list[str] = []
            if observation.unfinished_run and not self._task.check_mode:
                recovered = self._recover(request, task_vars)
                found = observation = self._observe(request, task_vars)
            first = plan = make_plan(request, observation)
            installed = bool(plan.packages) and not self._task.check_mode
            if installed:
                packages.install(plan, observation, run_action)
                observation = self._observe(request, task_vars)
                plan = _plan_with_packages(request, first, observation, run_action)
        except (RequestError, PlanError) as error:
            raise AnsibleActionFail(str(error)) from error
        rendered = render(plan)
        changes = compare(plan, rendered, observation)
        applied: Result = {}
        if changes and not self._task.check_mode:
            units_before = observation.units_since(found)
            wanted = transaction(request, plan, changes, units_before)
            waits = awaited(request, plan)
            if waits:
                host = (task_vars or {}).get("inventory_hostname")
                self._display.v(waits, host=host)
            applied = self._apply(wanted, task_vars)
        # told is the way from how the host was found: a package that came may have removed others
        plan = plan.with_units_of(first)
        changes = compare(plan, rendered, found)
        result = report(plan, changes, applied, observation)
        result["changed"] = bool(
            changes or installed or found.unfinished_run or recovered
        )
        result["restored"] = recovered + result["restored"]
        if self._task.diff:
            result["diff"] = changes.diff()
        if applied.get("failed"):
            result.update(failure(applied), changed=bool(installed or recovered))
            if installed:
                result["msg"] += packages.take_back(first, observation, run_action)
        return result

    def _observe(self, request: Request, task_vars: Result | None) -> Observation:
        data = self._call("timesync_info", look(request), task_vars)
        if data.get("failed"):
            raise AnsibleActionFail(failure(data)["msg"], result=data)
        try:
            return Observation.from_module(data)
        except ObservationError as error:
            raise AnsibleActionFail(str(error)) from error

    def _warn_of_misspelt(self, task_vars: Result) -> None:
        """At once and not in the result: what is missing may be why the run fails."""
        role = self._task._role
        if role and role._role_collection == "vmtime.linux":
            for sentence in misspelt(task_vars, role.get_default_vars()):
                self._display.warning(sentence)

    def _recover(self, request: Request, task_vars: Result | None) -> list[str]:
        """Undo what a killed run has left; if that run is still at work, wait for it."""
        options = {"root": request.root, "recover": True}
        data = self._call("timesync_apply", options, task_vars)
        if data.get("failed"):
            raise AnsibleActionFail(failure(data)["msg"], result=data)
        return list(data["restored"])

    def _apply(self, wanted: Result, task_vars: Result | None) -> Result:
        try:
            return self._call("timesync_apply", wanted, task_vars)
        except AnsibleConnectionFailure as error:
            raise AnsibleConnectionFailure(
                f"{error}. The connection was lost while the new configuration was put into force:"
                " the host may have the old one or the new. Run again; what was left half done"
                " is undone then."
            ) from error

    def _call(self, module: str, options: Result, task_vars: Result | None) -> Result:
        return t.cast(
            Result,
            self._execute_module(
                module_name=f"vmtime.linux.{module}",
                module_args=options,
                task_vars=task_vars,
            ),
        )

    def _run(self, task_vars: Result | None, action: str, options: Result) -> Result:
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
        return t.cast(Result, plugin.run(task_vars=task_vars))


def _plan_with_packages(
    request: Request, first: Plan, observation: Observation, run_action: packages.Run
) -> Plan:
    """The plan for what was installed, which may be older than the first plan took it for."""
    try:
        return make_plan(request, observation)
    except PlanError as error:
        told = packages.take_back(first, observation, run_action)
        raise AnsibleActionFail(
            str(error) + told, result={"changed": True, "restored": []}
        ) from None
