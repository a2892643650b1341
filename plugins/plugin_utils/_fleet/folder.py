# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was seen of each host, kept on the controller until the report is made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from .row import HostRow, not_looked_at


@dataclass(frozen=True)
class Folder:
    """A folder on the controller with one file per host: what was seen of it, as a row.

    Ten thousand hosts are not kept in Ansible's memory as registered variables: to read those takes
    longer than a millisecond each.
    """

    path: Path

    def put(self, row: HostRow) -> None:
        self._file(row.host).write_text(json.dumps(asdict(row)), "utf-8")

    def get(self, host: str) -> HostRow:
        """The row of a host; one that says so if there is none."""
        try:
            told = json.loads(self._file(host).read_text("utf-8"))
        except OSError:
            return not_looked_at(host)
        return HostRow(**{**told, "differences": tuple(told["differences"])})

    def _file(self, host: str) -> Path:
        # a host's name may hold anything
        name = hashlib.sha256(host.encode("utf-8", "surrogatepass")).hexdigest()
        return self.path / f"{name}.json"
