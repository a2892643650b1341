# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attributes that the modules have in common. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  async:
    description: Supports being used with the C(async) keyword.
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the host.
  diff_mode:
    description: Returns what has changed, or would change in C(check_mode), when in diff mode.
  idempotent:
    description: Run again with the same options it makes no changes.
  platform:
    description: Target systems the module works on.
    support: full
    platforms: posix
  safe_file_operations:
    description: Uses file operations that never leave a half-written file behind.
"""

    ACTIONGROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/vmtime.linux.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - vmtime.linux.all
"""
