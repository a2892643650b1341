# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks for a key in command lines, environments and files until it is ended.

It writes where it found the key to /root/found, and what it has looked at to /root/seen.
"""

from __future__ import annotations

import time
from pathlib import Path

PATTERNS = (
    "proc/[0-9]*/cmdline",
    "proc/[0-9]*/environ",
    "etc/chrony/**/*",
    "etc/systemd/system/chrony.service.d/*",
    "root/.ansible/**/*",
    "run/vmtime*",
    "tmp/**/*",
    "var/lib/vmtime-linux/*",
)
# the key files of the host and of the collection, and what stands in for the latter during a run
KEYS = ("/etc/chrony/chrony.keys", "/etc/chrony/vmtime.keys")


def look(known_by: list[bytes]) -> None:
    with Path("/root/found").open("w") as found, Path("/root/seen").open("wb") as seen:
        while True:
            for pattern in PATTERNS:
                for path in paths(pattern):
                    data = read(path)
                    is_key = str(path).startswith(KEYS)
                    if not is_key and any(word in data for word in known_by):
                        print(path, file=found, flush=True)
                    if not path.is_relative_to("/etc"):
                        seen.write(bytes(path) + b" " + data[:200] + b"\n")
            seen.flush()
            time.sleep(0.1)


def paths(pattern: str) -> list[Path]:
    """What is there now; a directory may go while it is read."""
    try:
        return list(Path("/").glob(pattern))
    except OSError:
        return []


def read(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError:
        return b""


look(Path("/root/known-by").read_bytes().split())
