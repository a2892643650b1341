# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many examples there are, and the daemon that judges them.

`make test` runs the same few hundred examples each time, `make test-fuzz` 10,000 new ones per
family. Whatever those find stays in the tests as a fixed example.
"""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest

from ansible_collections.vmtime.linux.tests.fuzz.chronyd import Chronyd

_SLOW = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large]

hypothesis.settings.register_profile(
    "short",
    max_examples=250,
    derandomize=True,
    deadline=None,
    suppress_health_check=_SLOW,
)
hypothesis.settings.register_profile(
    "thorough",
    max_examples=10_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=_SLOW,
)
hypothesis.settings.load_profile("short")


@pytest.fixture(scope="session")
def chronyd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chronyd]:
    with Chronyd("bookworm", tmp_path_factory.mktemp("files")) as daemon:
        yield daemon
