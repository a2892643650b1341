# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of chronyd's command line: the file of the distribution that its unit reads.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..._model.observation import Observation
from ..._model.plan import PlanError, PlannedFile
from ..._request.request import Request
from ..._tables.platforms import Platform
from .. import environment_file

# ntp_ip_family by chronyd's options; all families need none.
_FAMILIES = {"all": (), "IPv4": ("-4",), "IPv6": ("-6",)}


def options_file(
    request: Request, observation: Observation, platform: Platform
) -> Iterator[PlannedFile]:
    """The file, if an option asks for one. Raises PlanError if it can't be changed."""
    family, row = request.ntp_ip_family, platform.chrony
    if family is None:
        return
    if not row.options_variable:
        raise PlanError(
            f"ntp_ip_family: {family} is an option of chronyd, and on {platform.name} no file gives"
            " it options. Debian 10 and Ubuntu 18.04 are the first that have one."
        )
    text: str | None = f'{row.options_variable}="{row.options}"\n'
    if row.options_file in observation.files:
        text = observation.files[row.options_file].text
    if text is None:
        raise PlanError(f"ntp_ip_family: {row.options_file} can't be read as text.")
    try:
        text = environment_file.change(
            text,
            row.options_variable,
            without=("-4", "-6"),
            plus=_FAMILIES[family],
        )
    except environment_file.DaemonOptionsError:
        raise PlanError(
            f"ntp_ip_family: {row.options_variable} in {row.options_file} holds more than plain"
            " words, so it can't be changed safely."
        ) from None
    yield PlannedFile(row.options_file, f"ntp_ip_family is {family}", text=text)
