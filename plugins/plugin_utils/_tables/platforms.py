# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The distributions: one row each, and nowhere else.

How each ships chrony is in chrony.py, and ntpd or ntpsec in ntp.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .._model.observation import Distribution
from .._model.sources import NtpServer
from .._model.version import Version, numbers
from .._text import messages
from . import chrony
from .chrony import Chrony
from .chrony_directives import DIRECTIVES
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
    # systemd's version, for a host whose own is not known; it matters where it is old
    systemd: int = 247
    # what the package module takes where nothing may start, as when an image is built
    quiet_install: Mapping[str, str | int] = field(default_factory=dict)
    # what installs a package, where ansible-core has no module for it
    installer: tuple[str, ...] = ()

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


def _debian(version: str, codename: str, row: Chrony) -> Platform:
    return Platform(
        f"Debian {version}",
        "debian",
        version,
        row,
        codename,
        quiet_install=_APT,
    )


def _ubuntu(version: str, codename: str, row: Chrony, systemd: int = 247) -> Platform:
    return Platform(
        f"Ubuntu {version}",
        "ubuntu",
        version,
        row,
        codename,
        systemd=systemd,
        quiet_install=_APT,
    )


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
            systemd=_SYSTEMD_OF_REDHAT[version],
        )
        for version in versions
    )


def _suse(
    name: str, distribution: str, version: str | None, row: Chrony, systemd: int = 247
) -> Platform:
    return Platform(
        name, distribution, version, row, systemd=systemd, installer=_ZYPPER
    )


# A package of Debian starts its daemon, unless policy-rc.d forbids it.
_APT: Mapping[str, str | int] = {"use": "apt", "policy_rc_d": 101}

_ZYPPER = ("zypper", "--non-interactive", "install")
_TDNF = ("tdnf", "--assumeyes", "install")
_PACMAN = ("pacman", "--sync", "--needed", "--noconfirm")

_SYSTEMD_OF_REDHAT = {"7": 219, "8": 239, "9": 239, "10": 239}

# Where systemd-timesyncd is a package of its own.
_PACKAGES_TIMESYNCD = frozenset(
    (
        *("Debian 11", "Debian 12", "Debian 13", "Debian sid", "Kali Linux"),
        *("Ubuntu 20.04", "Ubuntu 22.04", "Ubuntu 24.04", "Ubuntu 25.10"),
        *("Ubuntu 26.04", "Ubuntu 26.10"),
    )
)

PLATFORMS: tuple[Platform, ...] = (
    _debian("9", "stretch", chrony.DEBIAN_9),
    _debian("10", "buster", chrony.DEBIAN_10),
    _debian("11", "bullseye", replace(chrony.DEBIAN, version="4.0")),
    _debian("12", "bookworm", chrony.DEBIAN),
    _debian(
        "13",
        "trixie",
        chrony.with_leapseclist(replace(chrony.DEBIAN, version="4.6.1")),
    ),
    # testing and unstable have no VERSION_ID
    Platform("Debian sid", "debian", None, chrony.DEBIAN_SID, quiet_install=_APT),
    Platform("Kali Linux", "kali", None, chrony.DEBIAN_SID, quiet_install=_APT),
    _ubuntu("16.04", "xenial", chrony.UBUNTU_16_04, systemd=229),
    _ubuntu("18.04", "bionic", chrony.UBUNTU_18_04),
    _ubuntu("20.04", "focal", chrony.UBUNTU_20_04),
    _ubuntu("22.04", "jammy", replace(chrony.UBUNTU, version="4.2")),
    _ubuntu("24.04", "noble", replace(chrony.UBUNTU, version="4.5")),
    _ubuntu("25.10", "questing", replace(chrony.UBUNTU_FROM_25_10, version="4.7")),
    _ubuntu("26.04", "resolute", replace(chrony.UBUNTU_FROM_25_10, version="4.8")),
    _ubuntu("26.10", "stonking", replace(chrony.UBUNTU_FROM_25_10, version="4.8")),
    *_rebuilds("RHEL", "rhel", "rhel.", "7", "8", "9", "10"),
    *_rebuilds("CentOS", "centos", "centos.", "7", "8", "9", "10"),
    *_rebuilds("Rocky Linux", "rocky", "rocky.", "8", "9", "10"),
    *_rebuilds("AlmaLinux", "almalinux", "cloudlinux.", "8"),
    *_rebuilds("AlmaLinux", "almalinux", "almalinux.", "9", "10"),
    *_rebuilds("Oracle Linux", "ol", "rhel.", "7"),
    *_rebuilds("Oracle Linux", "ol", "", "8", "9", "10"),
    *_rebuilds("CloudLinux", "cloudlinux", "cloudlinux.", "8", "9", "10"),
    Platform("Fedora", "fedora", None, chrony.FEDORA, systemd=239),
    _suse("SLES 12", "sles", "12", chrony.SUSE_12, systemd=228),
    _suse("SLES 15", "sles", "15", chrony.SUSE),
    _suse("SLES 16", "sles", "16", chrony.SUSE_16),
    _suse("openSUSE Leap 15", "opensuse-leap", "15", chrony.SUSE),
    _suse("openSUSE Leap 16", "opensuse-leap", "16", chrony.SUSE_16),
    _suse("openSUSE Tumbleweed", "opensuse-tumbleweed", None, chrony.TUMBLEWEED),
    Platform("Amazon Linux 2", "amzn", "2", chrony.AMAZON_2, systemd=219),
    Platform("Amazon Linux 2023", "amzn", "2023", chrony.AMAZON_2023, systemd=252),
    Platform(
        "Azure Linux 2",
        "mariner",
        "2.0",
        replace(chrony.AZURE_LINUX, version="4.1"),
        installer=_TDNF,
    ),
    Platform("Azure Linux 3", "azurelinux", "3.0", chrony.AZURE_LINUX, installer=_TDNF),
    Platform("Azure Linux 4", "azurelinux", "4.0", chrony.AZURE_LINUX_4, systemd=239),
    Platform("Photon OS 5", "photon", "5.0", chrony.PHOTON, installer=_TDNF),
    Platform("Arch Linux", "arch", None, chrony.ARCH, systemd=239, installer=_PACMAN),
    Platform("Flatcar", "flatcar", None, chrony.FLATCAR),
    Platform("openEuler", "openEuler", None, chrony.OPENEULER, systemd=239),
    Platform("OpenCloudOS 9", "opencloudos", "9", chrony.OPENEULER, systemd=239),
    Platform("TencentOS 4", "tencentos", "4", chrony.OPENEULER, systemd=239),
)

# Names that are another's row: SUSE's other products, and words in ID_LIKE that are nobody's ID.
_SAME_AS = {
    "sles_sap": "sles",
    "sled": "sles",
    "suse": "sles",
    "opensuse": "opensuse-leap",
}

# Releases without a row that are more like another's row than like the nearest of their own:
# (ID, the beginning of VERSION_ID) to the row's name.
_LIKE: Mapping[tuple[str, str], str] = {
    ("cloudlinux", "7."): "RHEL 7",
    ("opencloudos", "8."): "RHEL 8",
    # openSUSE 13 and Leap 42
    ("opensuse", ""): "openSUSE Leap 15",
    ("tencentos", "3."): "RHEL 8",
    # from 24.10 on the pools are in files of their own
    ("ubuntu", "24.10"): "Ubuntu 25.10",
    ("ubuntu", "25.04"): "Ubuntu 25.10",
}


def platform_of(
    distribution: Distribution, chrony_version: str | None = None
) -> tuple[Platform, str]:
    """The row of a host and why it was taken. Raises UnknownPlatform.

    ``chrony_version`` is that of the chrony on the host, if it is known.
    """
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
        row = (
            _made_from(distribution)
            or _like(distribution)
            or row
            or _nearest(rows, distribution, chrony_version)
        )
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


def _like(distribution: Distribution) -> Platform | None:
    version = distribution.version_id or ""
    name = next(
        (
            name
            for (known, beginning), name in _LIKE.items()
            if known == distribution.id and f"{version}.".startswith(beginning)
        ),
        None,
    )
    return next((row for row in PLATFORMS if row.name == name), None)


def _nearest(
    rows: Sequence[Platform], distribution: Distribution, chrony_version: str | None
) -> Platform:
    """Of its own rows the newest that is not newer, else the oldest; of another's the newest.

    A chrony that cannot read files of sources needs a row with the servers in the main file.
    """
    if rows[0].id != distribution.id:
        known = Version(chrony_version) if chrony_version else None
        if known and known < DIRECTIVES["sourcedir"]:
            rows = [row for row in rows if row.chrony.servers] or rows
        return rows[-1]
    version = numbers(distribution.version_id or "")
    older = [row for row in rows if row.version and numbers(row.version) <= version]
    return (older or rows[:1])[-1]
