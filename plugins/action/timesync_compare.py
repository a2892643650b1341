# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Observe, plan, render and compare, as the action timesync does, and tell it in one row."""

from __future__ import annotations

import typing as t
from dataclasses import asdict
from pathlib import Path

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

from ..plugin_utils._apply.failure import failure
from ..plugin_utils._apply.transaction import observation_options
from ..plugin_utils._fleet.folder import Folder
from ..plugin_utils._fleet.observed import observed_row
from ..plugin_utils._fleet.row import HostRow, without_answer
from ..plugin_utils._request.options import RequestError
from ..plugin_utils._request.request import Request

Result = dict[str, t.Any]


OPTIONS: Result = {
    "plan": {"type": "dict", "default": {}},
    "rows": {"type": "path"},
}


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(OPTIONS)

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        self._supports_check_mode = True
        super().run(tmp, task_vars)
        del tmp  # Ansible has not used it since 2.0
        host = str((task_vars or {}).get("inventory_hostname", "localhost"))
        _result, options = self.validate_argument_spec(OPTIONS)  # type: ignore[no-untyped-call]
        rows = options["rows"]
        try:
            row = self._look(host, options["plan"], task_vars)
        except AnsibleConnectionFailure as error:
            self._keep(rows, without_answer(host, "unreachable", str(error)))
            raise
        except AnsibleError as error:
            self._keep(rows, without_answer(host, "failed", str(error)))
            raise
        self._keep(rows, row)
        result: Result = {"changed": False, "row": asdict(row)}
        if row.answer != "ok":
            result.update(failed=True, msg=row.message)
        return result

    def _look(self, host: str, plan: Result, task_vars: Result | None) -> HostRow:
        request: Request | RequestError
        try:
            request = Request.from_options(plan)
            wanted = observation_options(request)
        except RequestError as error:
            request, wanted = error, {}
        data = self._execute_module(
            module_name="vmtime.linux.timesync_info",
            module_args=wanted,
            task_vars=task_vars,
        )
        if data.get("unreachable"):
            raise AnsibleConnectionFailure(str(data.get("msg")))
        if data.get("failed"):
            told = failure(data)
            # of an interpreter that does not start, stderr tells more than what Ansible makes of it
            words = (
                str(told[key]) for key in ("msg", "module_stderr") if told.get(key)
            )
            return without_answer(host, "failed", " ".join(dict.fromkeys(words)))
        return observed_row(host, data, request)

    @staticmethod
    def _keep(rows: str | None, row: HostRow) -> None:
        if not rows:
            return
        try:
            Folder(Path(rows)).put(row)
        except OSError as error:
            raise AnsibleActionFail(
                f"rows: {rows} can't be written: {error}."
            ) from None
