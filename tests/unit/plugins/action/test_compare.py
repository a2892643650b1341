# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the rows of a fleet are kept."""

from __future__ import annotations

import typing as t
from pathlib import Path
from unittest.mock import Mock

import pytest

from ansible_collections.vmtime.linux.plugins.action.timesync_compare import (
    ActionModule,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    observed,
)


class Rehearsed(ActionModule):
    """The action on a host that answers as a recorded one."""

    def __init__(self, **options: t.Any) -> None:
        task = Mock(args=options, check_mode=False, async_val=0)
        super().__init__(task, Mock(), Mock(), Mock(), Mock(), Mock())

    def _execute_module(self, *_arguments: t.Any, **_named: t.Any) -> dict[str, t.Any]:
        return observed("azure-rocky-9")


def test_rows_may_be_in_the_users_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "rows").mkdir()
    result = Rehearsed(rows="~/rows").run(task_vars={"inventory_hostname": "web1"})
    assert result["row"]["host"] == "web1"
    assert len([*(tmp_path / "rows").iterdir()]) == 1
