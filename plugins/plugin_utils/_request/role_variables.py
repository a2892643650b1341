# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables that look like the role's but are not: Ansible itself takes any name."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator

PREFIX = "timesync_"

# Of the playbooks vmtime.linux.apply and vmtime.linux.report.
OF_PLAYBOOKS = (
    "timesync_hosts",
    "timesync_max_fail_percentage",
    "timesync_serial",
)

# Of the role timesync of linux-system-roles, and without effect here.
WITHOUT_EFFECT = (
    "timesync_remove_keyfile_if_no_keys",
    "timesync_secure_logging",
    "timesync_transactional_update_reboot_ok",
)


def misspelt(variables: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """A sentence for each variable that is nearly one of the known ones."""
    for name in sorted(variables):
        if not name.startswith(PREFIX):
            continue
        if name in (*known, *OF_PLAYBOOKS, *WITHOUT_EFFECT):
            continue
        # a name that goes on, as timesync_ntp_servers_berlin, is somebody's own
        if any(name.startswith(f"{other}_") for other in known):
            continue
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
        if near:
            yield f"{name} is not a variable of the role: did you mean {near[0]}?"
