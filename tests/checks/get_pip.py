# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for the get-pip.py that ansible-test would download: Python brings a pip too."""

import subprocess
import sys

pip = [sys.executable, "-m", "pip", "install"]
wanted = [
    word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")
]
subprocess.check_call([sys.executable, "-m", "ensurepip"])
subprocess.check_call(pip + wanted)
