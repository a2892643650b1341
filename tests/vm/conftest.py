# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guest, the NTP server that it reaches, and a machine of its own for each file of tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.tests.vm.errors import VmError
from ansible_collections.vmtime.linux.tests.vm.image import image as make_image
from ansible_collections.vmtime.linux.tests.vm.image import install
from ansible_collections.vmtime.linux.tests.vm.machine import Hardware, Machine
from ansible_collections.vmtime.linux.tests.vm.ntp_server import NtpServer
from ansible_collections.vmtime.linux.tests.vm.playbook import REPOSITORY

LOGS = REPOSITORY / ".venv/log/vm"


@pytest.fixture(scope="session")
def _qemu() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make the guest")
    try:
        install()
    except VmError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def image(_qemu: None) -> Path:
    return make_image()


@pytest.fixture(scope="session")
def ntp_server(image: Path) -> Iterator[NtpServer]:
    with NtpServer(image, LOGS / "ntp") as server:
        yield server


@pytest.fixture(scope="module")
def machine(
    image: Path, ntp_server: NtpServer, request: pytest.FixtureRequest
) -> Iterator[Machine]:
    """A machine with a fresh disk, not started yet."""
    log = LOGS / Path(str(request.path)).stem
    with Machine(image, log, ntp_port=ntp_server.port) as guest:
        yield guest


@pytest.fixture(scope="session")
def guest(image: Path, ntp_server: NtpServer) -> Iterator[Machine]:
    """A running one for all tests that need no boot: the host's clock is its ptp1."""
    with Machine(image, LOGS / "guest", ntp_port=ntp_server.port) as machine:
        machine.start(Hardware(clocks=("mlx5_ptp", "hyperv"), errors=(37, 0)))
        yield machine
