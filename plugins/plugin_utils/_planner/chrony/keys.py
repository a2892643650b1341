# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""chrony's key file: where it is, and the collection's own, which holds the keys of ntp_servers.

The distribution's key file is never touched. Pure functions.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ....module_utils._tables import own
from ..._model.plan import Permissions, PlannedFile
from ..._model.version import Version
from ..._request.request import Request
from ..._tables import chrony_directives as directives
from ..._tables.chrony import Chrony
from .gate import require


def path_of(request: Request, row: Chrony) -> str | None:
    """The key file to name in chrony.conf, None if no server has a key."""
    if request.keys:
        return _own_path(row)
    if any(server.key is not None for server in request.ntp_servers):
        beside_conf = row.conf.removesuffix(".conf") + ".keys"
        return row.stock_value("keyfile") or beside_conf
    return None


def _own_path(row: Chrony) -> str:
    """In the folder that AppArmor lets chronyd read, or by a name that SELinux lets it."""
    folder = posixpath.dirname(row.conf)
    if folder == "/etc":
        return own.KEY_FILES[0]
    return posixpath.join(folder, posixpath.basename(own.KEY_FILES[1]))


def key_files(request: Request, row: Chrony, version: Version) -> Iterator[PlannedFile]:
    """The collection's own, if keys are given. Raises PlanError for a type that is too new."""
    if not request.keys:
        return
    for key in request.keys:
        if key.type in directives.KEY_TYPES:
            require(
                directives.KEY_TYPES,
                key.type,
                version,
                f"ntp_servers: a key of type {key.type}",
            )
    yield PlannedFile(
        _own_path(row),
        "the keys of the servers, for root and chrony alone",
        "keys.j2",
        {"lines": [key.line for key in request.keys]},
        secret=Permissions("0640", row.group),
    )
