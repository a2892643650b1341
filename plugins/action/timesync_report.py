# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write what was seen of a fleet on the controller; in check mode tell whether that is possible."""

from __future__ import annotations

import time
import typing as t
from pathlib import Path

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..plugin_utils._fleet.fleet import Fleet
from ..plugin_utils._fleet.folder import Folder
from ..plugin_utils._fleet.output import FORMATS, Output, OutputError

Result = dict[str, t.Any]

OPTIONS: Result = {
    "dest": {"type": "path", "required": True},
    "formats": {
        "type": "list",
        "elements": "str",
        "choices": [*FORMATS],
        "default": [*FORMATS],
    },
    "metrics": {"type": "path"},
    "max_offset": {"type": "float", "default": 0.1},
    "hosts": {"type": "list", "elements": "str"},
}


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(OPTIONS)
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        self._supports_check_mode = True
        super().run(tmp, task_vars)
        del tmp  # Ansible has not used it since 2.0
        _result, options = self.validate_argument_spec(OPTIONS)  # type: ignore[no-untyped-call]
        # Ansible's own folder of this run: all its processes see it, and it goes with the run
        rows = Path(constants.DEFAULT_LOCAL_TMP) / "vmtime.linux.report"  # type: ignore[attr-defined]
        try:
            output = Output.at(options["dest"], options["formats"], options["metrics"])
            output.check()
            rows.mkdir(mode=0o700, exist_ok=True)
            paths = [str(path) for path in output.paths]
            result: Result = {"changed": True, "files": paths, "rows": str(rows)}
            if self._task.check_mode:
                return result
            now = time.time()
            seen = map(Folder(rows).get, options["hosts"] or ())
            fleet = Fleet.of(seen, _rfc3339(now), options["max_offset"])
            output.write(fleet, now)
        except (OutputError, OSError) as error:
            # what Ansible shows of a cause would say it twice
            raise AnsibleActionFail(str(error)) from None
        told = f"{fleet.in_order:,} of {len(fleet.rows):,} hosts are in order"
        return {
            **result,
            "summary": fleet.summary,
            "msg": ": ".join([told, *paths[:1]]),
        }


def _rfc3339(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
