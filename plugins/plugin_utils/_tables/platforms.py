# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The distributions: one row each, and nowhere else. What ships in them is in platforms_*.py."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .._model.observation import Distribution
from .._model.sources import NtpServer
from .._text import messages
from . import chrony
from .chrony import Chrony
from .ntp import NTP, Ntp


@dataclass(frozen=True)
class Platform:
    """A release of a distribution: ``id``, ``version`` and ``codename`` are those of os-release.

    A version "9" is every 9.x too; without version the row is for all that have no row. By the
    codename those tell of it that are made from it and have a numbering of their own.
    """

    name: str
    id: str
    version: str | None
    chrony: Chrony
    codename: str | None = None

    @property
    def main_files(self) -> frozenset[str]:
        """The daemons' own configuration files."""
        return frozenset((self.chrony.conf, *((self.ntp.conf,) if self.ntp else ())))

    @property
    def ntp(self) -> Ntp | None:
        """How it ships ntp.org's ntpd or ntpsec, None if it ships neither."""
        return NTP.get(self.name)

    def servers_of(self, provider: str | None) -> tuple[NtpServer, ...]:
        """Those that it ships for chrony or for ntpd; timesyncd's are in its program."""
        rows = {"chrony": self.chrony, "ntp": self.ntp}
        row = rows.get(provider or "")
        return row.servers if row else ()

    @property
    def timesyncd_package(self) -> str | None:
        """The package of systemd-timesyncd, None where it comes with systemd or not at all."""
        return "systemd-timesyncd" if self.name in _PACKAGES_TIMESYNCD else None

    def package_of(self, unit: str) -> str | None:
        """The package that a client's unit comes from, None if the table does not tell."""
        packages = {
            self.chrony.unit: self.chrony.package,
            "openntpd.service": "openntpd",
            "systemd-timesyncd.service": self.timesyncd_package,
        }
        if self.ntp:
            packages[self.ntp.unit] = self.ntp.package
        return packages.get(unit)

    def covers(self, version_id: str | None) -> bool:
        if self.version is None:
            return version_id is None
        return version_id == self.version or (version_id or "").startswith(
            self.version + "."
        )


class UnknownPlatform(ValueError):
    """There is no row for a distribution, nor for one that it says it is like."""


def _released(name: str, version: str, codename: str, row: Chrony) -> Platform:
    """A release of Debian or Ubuntu, from which others are made."""
    return Platform(f"{name} {version}", name.lower(), version, row, codename)


def _rebuilds(
    name: str, distribution: str, zone: str, *versions: str
) -> tuple[Platform, ...]:
    """Red Hat's rows for one who rebuilds it: the vendor's zone of the pool is the difference."""
    return tuple(
        Platform(
            f"{name} {version}",
            distribution,
            version,
            chrony.with_zone(chrony.REDHAT[version], zone),
        )
        for version in versions
    )


# Where systemd-timesyncd is a package of its own.
_PACKAGES_TIMESYNCD = frozenset(
    (
        *("Debian 11", "Debian 12", "Debian 13", "Debian sid", "Kali Linux"),
        *("Ubuntu 20.04", "Ubuntu 22.04", "Ubuntu 24.04", "Ubuntu 25.10"),
        "Ubuntu 26.04",
    )
)

PLATFORMS: tuple[Platform, ...] = (
    _released("Debian", "9", "stretch", chrony.DEBIAN_9),
    _released(
        "Debian", "10", "buster", replace(chrony.DEBIAN_BEFORE_11, version="3.4")
    ),
    _released("Debian", "11", "bullseye", replace(chrony.DEBIAN, version="4.0")),
    _released("Debian", "12", "bookworm", chrony.DEBIAN),
    _released(
        "Debian",
        "13",
        "trixie",
        chrony.with_leapseclist(replace(chrony.DEBIAN, version="4.6.1")),
    ),
    # testing and unstable have no VERSION_ID
    Platform("Debian sid", "debian", None, chrony.DEBIAN_SID),
    Platform("Kali Linux", "kali", None, chrony.DEBIAN_SID),
    _released("Ubuntu", "16.04", "xenial", chrony.UBUNTU_16_04),
    _released(
        "Ubuntu", "18.04", "bionic", replace(chrony.UBUNTU_BEFORE_22_04, version="3.2")
    ),
    _released(
        "Ubuntu", "20.04", "focal", replace(chrony.UBUNTU_BEFORE_22_04, version="3.5")
    ),
    _released("Ubuntu", "22.04", "jammy", replace(chrony.UBUNTU, version="4.2")),
    _released("Ubuntu", "24.04", "noble", replace(chrony.UBUNTU, version="4.5")),
    _released(
        "Ubuntu", "25.10", "questing", replace(chrony.UBUNTU_FROM_25_10, version="4.7")
    ),
    _released(
        "Ubuntu", "26.04", "resolute", replace(chrony.UBUNTU_FROM_25_10, version="4.8")
    ),
    *_rebuilds("RHEL", "rhel", "rhel.", "7", "8", "9", "10"),
    *_rebuilds("CentOS", "centos", "centos.", "7", "8", "9", "10"),
    *_rebuilds("Rocky Linux", "rocky", "rocky.", "8", "9", "10"),
    *_rebuilds("AlmaLinux", "almalinux", "almalinux.", "8", "9", "10"),
    *_rebuilds("Oracle Linux", "ol", "", "7", "8", "9", "10"),
    *_rebuilds("CloudLinux", "cloudlinux", "cloudlinux.", "8", "9", "10"),
    Platform("Fedora", "fedora", None, chrony.FEDORA),
    Platform("SLES 12", "sles", "12", replace(chrony.SUSE, systemd=228)),
    Platform("SLES 15", "sles", "15", chrony.SUSE),
    Platform("SLES 16", "sles", "16", chrony.SUSE_16),
    Platform("openSUSE Leap 15", "opensuse-leap", "15", chrony.SUSE),
    Platform("openSUSE Leap 16", "opensuse-leap", "16", chrony.SUSE_16),
    Platform("openSUSE Tumbleweed", "opensuse-tumbleweed", None, chrony.TUMBLEWEED),
    Platform("Amazon Linux 2", "amzn", "2", chrony.AMAZON_2),
    Platform("Amazon Linux 2023", "amzn", "2023", chrony.AMAZON_2023),
    Platform(
        "Azure Linux 2", "mariner", "2.0", replace(chrony.AZURE_LINUX, version="4.1")
    ),
    Platform("Azure Linux 3", "azurelinux", "3.0", chrony.AZURE_LINUX),
    Platform("Photon OS 5", "photon", "5.0", chrony.PHOTON),
    Platform("Arch Linux", "arch", None, chrony.ARCH),
    Platform("Flatcar", "flatcar", None, chrony.FLATCAR),
)

# Names that are another's row: SUSE's other products, and words in ID_LIKE that are nobody's ID.
_SAME_AS = {"sles_sap": "sles", "suse": "sles", "opensuse": "opensuse-leap"}


def platform_of(distribution: Distribution) -> tuple[Platform, str]:
    """The row of a host and why it was taken. Raises UnknownPlatform."""
    told = messages.plain(
        distribution.name or distribution.id or "a host without os-release"
    )
    version = distribution.version_id
    for name in (distribution.id, *distribution.id_like):
        rows = [row for row in PLATFORMS if row.id == _SAME_AS.get(name or "", name)]
        if not rows:
            continue
        row = next((row for row in rows if row.covers(version)), None)
        is_rolling = len(rows) == 1 and rows[0].version is None
        if rows[0].id == distribution.id and (row or is_rolling):
            row = row or rows[0]
            return row, f"{told} is in the table as {row.name}."
        row = _made_from(distribution) or row or _nearest(rows, distribution)
        return row, f"{told} has no row in the table; it is treated as {row.name}."
    raise UnknownPlatform(
        f"{told} is a distribution that is not in the table, nor is one of its ID_LIKE"
        f" ({messages.plain(' '.join(distribution.id_like)) or 'none'})."
    )


def _made_from(distribution: Distribution) -> Platform | None:
    """The release whose codename it tells, which says more than a numbering of its own."""
    codename = distribution.codename
    return next(
        (row for row in PLATFORMS if codename and row.codename == codename), None
    )


def _nearest(rows: Sequence[Platform], distribution: Distribution) -> Platform:
    """Of its own rows the newest that is not newer, else the oldest; of another's the newest."""
    if rows[0].id != distribution.id:
        return rows[-1]
    version = _numbers(distribution.version_id)
    older = [row for row in rows if row.version and _numbers(row.version) <= version]
    return (older or rows[:1])[-1]


def _numbers(version: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]{1,9}", version or "")[:4])
