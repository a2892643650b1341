# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the system refuses a module on a host is a sentence in the module's result."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.vmtime.linux.plugins.modules import (
    timesync_apply,
    timesync_info,
)


class Failed(Exception):
    pass


class Module:
    """As AnsibleModule, with options that need no check."""

    params: t.ClassVar[dict[str, t.Any]] = {
        "root": "/",
        "files": [],
        "secrets": {},
        "keys": None,
    }

    def __init__(self, **unused: t.Any) -> None:
        pass

    def fail_json(self, **result: t.Any) -> None:
        raise Failed(result["msg"])


@pytest.mark.parametrize(
    ("module", "step"), [(timesync_info, "observe"), (timesync_apply, "apply")]
)
def test_what_the_system_refuses_is_told(
    monkeypatch: pytest.MonkeyPatch, module: types.ModuleType, step: str
) -> None:
    def refuse(*unused: t.Any) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(module, "AnsibleModule", Module)
    monkeypatch.setattr(module, step, refuse)
    monkeypatch.setattr(timesync_apply, "undo_on_signals", lambda: None)
    with pytest.raises(Failed, match="Cannot allocate memory"):
        module.main()
