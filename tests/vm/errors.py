# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong with the virtual machine itself."""

from __future__ import annotations


class VmError(Exception):
    """The guest can't be made, started or talked to: one sentence, with the place of the log."""
