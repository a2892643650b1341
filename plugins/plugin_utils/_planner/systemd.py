# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan must know of the host's systemd."""

from __future__ import annotations

from .context import Context

# A "+" before a command of ExecStartPre= runs it as root whatever User= says (systemd's NEWS).
RUNS_AS_ROOT_SINCE = 231


def systemd_version(context: Context) -> int:
    """The host's own, else the one that its distribution ships."""
    return context.observation.systemd_version or context.platform.systemd


def as_root(context: Context) -> str:
    """What stands before a command of ExecStartPre= that root must run."""
    return "+" if systemd_version(context) >= RUNS_AS_ROOT_SINCE else ""
