# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Distribution,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.chrony import Chrony
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.platforms import (
    PLATFORMS,
    UnknownPlatform,
    platform_of,
)


@pytest.mark.parametrize(
    ("distribution", "version_id", "like", "name"),
    [
        ("debian", "9", (), "Debian 9"),
        ("debian", "10", (), "Debian 10"),
        ("debian", "13", (), "Debian 13"),
        ("debian", None, (), "Debian sid"),
        ("ubuntu", "16.04", ("debian",), "Ubuntu 16.04"),
        ("ubuntu", "26.04", ("debian",), "Ubuntu 26.04"),
        ("rhel", "7.9", ("fedora",), "RHEL 7"),
        ("rhel", "10.0", ("centos", "fedora"), "RHEL 10"),
        ("centos", "7", ("rhel", "fedora"), "CentOS 7"),
        ("centos", "10", ("rhel", "fedora"), "CentOS 10"),
        ("rocky", "9.4", ("rhel", "centos", "fedora"), "Rocky Linux 9"),
        ("almalinux", "8.10", ("rhel", "centos", "fedora"), "AlmaLinux 8"),
        ("ol", "9.5", ("fedora",), "Oracle Linux 9"),
        ("fedora", "44", (), "Fedora"),
        ("sles", "12.5", (), "SLES 12"),
        ("sles", "15.7", ("suse",), "SLES 15"),
        ("sles", "16.0", ("suse",), "SLES 16"),
        ("opensuse-leap", "15.6", ("suse", "opensuse"), "openSUSE Leap 15"),
        (
            "opensuse-tumbleweed",
            "20261101",
            ("opensuse", "suse"),
            "openSUSE Tumbleweed",
        ),
        ("amzn", "2", ("centos", "rhel", "fedora"), "Amazon Linux 2"),
        ("amzn", "2023", ("fedora",), "Amazon Linux 2023"),
        ("mariner", "2.0", (), "Azure Linux 2"),
        ("azurelinux", "3.0", (), "Azure Linux 3"),
        ("azurelinux", "4.0", ("fedora",), "Azure Linux 4"),
        ("openEuler", "24.03", (), "openEuler"),
        ("opencloudos", "9.0", ("opencloudos",), "OpenCloudOS 9"),
        ("tencentos", "4.2", ("tencentos",), "TencentOS 4"),
        ("arch", None, (), "Arch Linux"),
        ("flatcar", "3227.2.4", ("coreos",), "Flatcar"),
    ],
)
def test_a_row_is_found(
    distribution: str, version_id: str | None, like: tuple[str, ...], name: str
) -> None:
    row, reason = platform_of(Distribution(distribution, like, version_id, None))
    assert row.name == name
    assert reason.endswith(f"is in the table as {name}.")


@pytest.mark.parametrize(
    ("distribution", "version_id", "like", "name"),
    [
        ("debian", "14", (), "Debian 13"),
        ("debian", "8", (), "Debian 9"),
        ("debianish", "6", ("debian",), "Debian sid"),
        ("ubuntu", "23.10", ("debian",), "Ubuntu 22.04"),
        ("ubuntu", "24.10", ("debian",), "Ubuntu 25.10"),
        ("ubuntu", "25.04", ("debian",), "Ubuntu 25.10"),
        ("ubuntu", "27.04", ("debian",), "Ubuntu 26.10"),
        ("cloudlinux", "7.9", ("rhel", "fedora", "centos"), "RHEL 7"),
        ("opencloudos", "8.6", ("rhel", "fedora"), "RHEL 8"),
        ("opensuse", "13.2", ("suse",), "openSUSE Leap 15"),
        ("opensuse", "42.3", ("suse",), "openSUSE Leap 15"),
        ("photon", "4.0", (), "Photon OS 5"),
        ("sled", "12.3", (), "SLES 12"),
        ("sled", "15.6", ("suse",), "SLES 15"),
        ("tencentos", "3.1", ("rhel", "fedora", "centos"), "RHEL 8"),
        ("ubuntuish", "22.04", ("ubuntu", "debian"), "Ubuntu 22.04"),
        ("rhel", "11.0", ("fedora",), "RHEL 10"),
        ("elish", "8.10", ("rhel", "fedora", "centos"), "RHEL 8"),
        ("sles_sap", "15.6", ("suse",), "SLES 15"),
        ("ubuntuish", "17", ("ubuntu", "debian"), "Ubuntu 26.10"),
        ("susish", "20261101", ("suse", "opensuse"), "SLES 16"),
        ("archish", None, ("arch",), "Arch Linux"),
    ],
)
def test_an_unknown_one_is_treated_like_one_that_it_is_like(
    distribution: str, version_id: str | None, like: tuple[str, ...], name: str
) -> None:
    row, reason = platform_of(Distribution(distribution, like, version_id, None))
    assert row.name == name
    assert reason.endswith(f"has no row in the table; it is treated as {name}.")


@pytest.mark.parametrize(
    ("distribution", "version_id", "codename", "like", "name"),
    [
        ("ubuntuish", "22", "noble", ("ubuntu", "debian"), "Ubuntu 24.04"),
        ("ubuntuish", "21.3", "jammy", ("ubuntu", "debian"), "Ubuntu 22.04"),
        ("debianish", "6", "bookworm", ("debian",), "Debian 12"),
        ("debianish", "6.4", "none-of-debian-s", ("debian",), "Debian sid"),
        # a number that its parent has too, and one of a distribution that has rows of its own
        ("debianish", "10", "bookworm", ("debian",), "Debian 12"),
        ("ubuntu", "23.10", "focal", ("debian",), "Ubuntu 20.04"),
    ],
)
def test_one_that_numbers_its_releases_itself_is_known_by_the_codename(
    distribution: str,
    version_id: str,
    codename: str,
    like: tuple[str, ...],
    name: str,
) -> None:
    seen = Distribution(distribution, like, version_id, None, codename)
    assert platform_of(seen)[0].name == name


@pytest.mark.parametrize(
    ("chrony", "name"),
    [("3.2", "Ubuntu 24.04"), ("4.8", "Ubuntu 26.10"), (None, "Ubuntu 26.10")],
)
def test_a_chrony_that_reads_no_files_of_sources_gets_a_row_with_servers(
    chrony: str | None, name: str
) -> None:
    juno = Distribution("elementary", ("ubuntu",), "5.0", None, "juno")
    assert platform_of(juno, chrony)[0].name == name


@pytest.mark.parametrize("distribution", ["gentoo", "linux", None])
def test_nothing_like_it_is_an_error(distribution: str | None) -> None:
    with pytest.raises(UnknownPlatform, match="not in the table"):
        platform_of(Distribution(distribution, (), None, None))


def test_every_row_can_be_reached() -> None:
    reached = {
        platform_of(Distribution(row.id, (), row.version, None))[0].name
        for row in PLATFORMS
    }
    assert reached == {row.name for row in PLATFORMS}


@pytest.mark.parametrize("stock", ["makestp 1 3", "rtcsync\nallow", "rtcsync "])
def test_a_wrong_row_fails_at_import(stock: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        Chrony(version="4.0", stock=(stock,))


@pytest.mark.parametrize(
    ("distribution", "version_id", "program"),
    [
        ("azurelinux", "3.0", "tdnf"),
        ("mariner", "2.0", "tdnf"),
        ("photon", "5.0", "tdnf"),
        ("arch", None, "pacman"),
        ("sles", "15.7", "zypper"),
        ("rocky", "9.4", None),
        ("debian", "12", None),
    ],
)
def test_packages_need_no_module_that_ansible_core_lacks(
    distribution: str, version_id: str | None, program: str | None
) -> None:
    row, _reason = platform_of(Distribution(distribution, (), version_id, None))
    assert next(iter(row.installer), None) == program
