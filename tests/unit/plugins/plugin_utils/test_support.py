# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of options is whole: each option is some daemon's, or of no daemon."""

from __future__ import annotations

from dataclasses import fields

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.sources import (
    NtpServer,
    Refclock,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._planner import capabilities
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.options import (
    OPTIONS,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables import (
    chrony_directives,
)


def all_options() -> set[str]:
    names = set(OPTIONS)
    for name, option in OPTIONS.items():
        names |= {f"{name}.{inner}" for inner in option.options or {}}
    return names


def test_each_option_stands_in_the_table_or_is_of_no_daemon() -> None:
    known = set(capabilities.TABLE) | capabilities.OF_NO_DAEMON
    known |= {f"ntp_servers.{name}" for name in chrony_directives.SERVER_OPTIONS}
    known |= {f"refclock.{name}" for name in chrony_directives.REFCLOCK_OPTIONS}
    assert all_options() - known == set()


def test_the_table_has_no_option_that_does_not_exist() -> None:
    assert set(capabilities.TABLE) - all_options() == set()


def test_every_field_of_a_request_is_looked_at() -> None:
    """What differs from its default is found by the names of the fields."""
    for kind, prefix in (
        (Request, ""),
        (NtpServer, "ntp_servers."),
        (Refclock, "refclock."),
    ):
        options = {prefix + field.name for field in fields(kind)}
        assert options - all_options() <= {"keys", "ntp_servers.maxsources"}
