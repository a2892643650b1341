# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the figures were measured with."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from .fleet import Fleet


def describe(fleet: Fleet) -> dict[str, str | int]:
    """The controller, the hosts, and when that was."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    processor = re.search(
        r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE
    )
    host = fleet.ask(
        ". /etc/os-release; echo $PRETTY_NAME; python3 -V; chronyd -v | cut -d' ' -f1-4"
    )
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": processor[1] if processor else platform.machine(),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(memory / 2**30),
        "kernel": platform.release(),
        "controller": (
            f"ansible-core {version('ansible-core')}, Jinja2 {version('Jinja2')},"
            f" Python {platform.python_version()}, {_ssh()}"
        ),
        "hosts": ", ".join(host.splitlines()),
        "containers": fleet.containers,
    }


def load() -> str:
    """The load averages over 1, 5 and 15 minutes."""
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def _ssh() -> str:
    said = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True)
    return said.stderr.split(",")[0].strip()
