# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The failure of a module, in one key for its words."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

_TOLD = ("msg", "module_stderr", "module_stdout", "exception")


def failure(data: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The result of a module that failed; if it crashed, its words stand under another key."""
    words = [str(data[key]).strip() for key in _TOLD if data.get(key)]
    return {
        **{key: data[key] for key in (*_TOLD, "rc") if key in data},
        "failed": True,
        "msg": words[0] if words else "The module ended without a word.",
    }
