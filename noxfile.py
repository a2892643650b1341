# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check of this repository, and nowhere else.

``make check`` runs the default sessions, ``make hosts`` those tagged ``hosts``, ``make test`` these
and those tagged ``test``. Sessions tagged ``needs-hosts`` run two at a time.
``.venv/bin/nox --session NAME`` runs one alone.

The sessions stand by subject in ``tests/sessions``; those of ``antsibull-nox.toml`` come beside.
What is declared first starts first, so the slowest come first.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent / ".venv/collections"))

import antsibull_nox

from ansible_collections.vmtime.linux.tests.checks.machine import VENV, pythons

# Sessions use the pinned tools of .venv, unless they ask for an environment of their own.
nox.options.default_venv_backend = "none"
nox.options.envdir = str(VENV / "nox")
nox.options.reuse_existing_virtualenvs = True

others = [str(python.parent) for python in pythons().values()]
os.environ["PATH"] = ":".join([str(VENV / "bin"), os.environ["PATH"], *others])
os.environ["NO_COLOR"] = "1"
os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(VENV / "collections")

for subject in ("hosts", "cores", "repository", "documents", "form"):
    import_module(f"ansible_collections.vmtime.linux.tests.sessions.{subject}")

antsibull_nox.load_antsibull_nox_toml()
