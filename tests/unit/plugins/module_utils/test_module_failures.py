# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import pytest

from ansible_collections.vmtime.linux.plugins.modules import (
    timesync_apply,
    timesync_info,
)


class Failed(Exception):
    pass


class Module:
    """As AnsibleModule, with options that need no check."""

    def __init__(self, **unused):
        self.params = {"root": "/", "files": [], "secrets": {}, "keys": None}

    def fail_json(self, **result):
        raise Failed(result["msg"])


# Python 2 has these as different classes
@pytest.mark.parametrize("refusal", [IOError, OSError])
@pytest.mark.parametrize(
    ("module", "step"), [(timesync_info, "observe"), (timesync_apply, "apply")]
)
def test_what_the_system_refuses_is_told(monkeypatch, module, step, refusal):
    def refuse(*unused):
        raise refusal(12, "Cannot allocate memory")

    monkeypatch.setattr(module, "AnsibleModule", Module)
    monkeypatch.setattr(module, step, refuse)
    monkeypatch.setattr(timesync_apply, "undo_on_signals", lambda: None)
    with pytest.raises(Failed, match="Cannot allocate memory"):
        module.main()
