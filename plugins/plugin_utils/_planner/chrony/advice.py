# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user of chrony should know of the options that were given.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..._request.request import Request
from ..._tables.chrony_directives import DIRECTIVES, Version
from ..._tables.platforms import Platform
from .settings import DHCP_FOLDER


def on_options(request: Request, version: Version, platform: Platform) -> Iterator[str]:
    """A sentence for each thing that may surprise."""
    if request.step_threshold == 0:
        yield (
            "step_threshold: 0 forbids every step; after a pause of the virtual machine the clock"
            " is slewed for minutes or hours."
        )
    secured = {server.nts or server.key is not None for server in request.ntp_servers}
    if len(secured) == 2:
        yield (
            "Only some of ntp_servers have nts or a key. From 4.0 on chrony trusts these and the"
            " host clock then, and the others can't outvote them."
        )
    reads_dhcp = (
        DHCP_FOLDER in platform.chrony.sourcedirs and version >= DIRECTIVES["sourcedir"]
    )
    if request.dhcp_ntp_servers is not None and not reads_dhcp:
        yield (
            f"dhcp_ntp_servers: with chrony {version} on {platform.name} a hook of the DHCP client"
            " gives servers to chrony while it runs; its file neither asks for them nor forbids"
            " them."
        )
