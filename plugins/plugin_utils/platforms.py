# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The distributions and how each ships chrony: one row each, and nowhere else.

Sources of the rows: Debian's and Ubuntu's packages; the spec files of Fedora, RHEL, SUSE and Azure
Linux; AWS's package lists; voxpupuli/puppet-chrony, cloud-init and linux-system-roles/timesync.

Private to this collection.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ansible_collections.vmtime.linux.plugins.plugin_utils import words
from ansible_collections.vmtime.linux.plugins.plugin_utils.chrony_directives import (
    DIRECTIVES,
    Version,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.observation import (
    Distribution,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.platforms_ntp import (
    NTP,
    Ntp,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.request import NtpServer


@dataclass(frozen=True)
class Chrony:
    """How a distribution ships chrony."""

    # the newest version of the release: for a host that does not have chrony yet
    version: str
    package: str = "chrony"
    unit: str = "chronyd.service"
    conf: str = "/etc/chrony.conf"
    # the variable that the unit's command line expands, None where there is no unit file
    options_variable: str | None = "OPTIONS"
    # the file that sets it, and to what the package sets it there
    options_file: str = "/etc/sysconfig/chronyd"
    options: str = ""
    # the group that the daemon runs as, which may read its keys
    group: str = "chrony"
    # the servers of the stock file; empty where fragments or DHCP bring them
    servers: tuple[NtpServer, ...] = ()
    # the stock file's other directives, but for makestep
    stock: tuple[str, ...] = ()
    # folders of fragments (*.conf), the administrator's before the vendor's
    confdirs: tuple[str, ...] = ()
    # folders of sources (*.sources)
    sourcedirs: tuple[str, ...] = ()
    # systemd's version, which matters where it is old
    systemd: int = 247
    # what the package module takes where nothing may start, as when an image is built
    quiet_install: tuple[tuple[str, str | int], ...] = ()
    # what installs a package, where ansible-core has no module for it
    installer: tuple[str, ...] = ()

    def stock_value(self, directive: str) -> str | None:
        """The value of a directive of the stock file, None if it has none."""
        values = [line.partition(" ") for line in self.stock]
        return next(
            (value for name, _space, value in values if name == directive), None
        )

    def __post_init__(self) -> None:
        Version.parse(self.version)
        for line in self.stock:
            if (
                words.directive(*line.split()) != line
                or line.split()[0] not in DIRECTIVES
            ):
                raise ValueError(f"{line!r} is not a directive of chrony")
        for path in (
            *(self.conf, self.options_file),
            *(*self.confdirs, *self.sourcedirs),
        ):
            if words.directive(path) != path or not path.startswith("/"):
                raise ValueError(f"{path!r} is not an absolute path")


@dataclass(frozen=True)
class Platform:
    """A release of a distribution: ``id`` and ``version`` are those of os-release.

    A version "9" is every 9.x too; without version the row is for all that have no row.
    """

    name: str
    id: str
    version: str | None
    chrony: Chrony

    @property
    def main_files(self) -> frozenset[str]:
        """The daemons' own configuration files."""
        return frozenset((self.chrony.conf, *((self.ntp.conf,) if self.ntp else ())))

    @property
    def ntp(self) -> Ntp | None:
        """How it ships ntp.org's ntpd or ntpsec, None if it ships neither."""
        return NTP.get(self.name)

    @property
    def timesyncd_package(self) -> str | None:
        """The package of systemd-timesyncd, None where it comes with systemd or not at all."""
        return "systemd-timesyncd" if self.name in _PACKAGES_TIMESYNCD else None

    def package_of(self, unit: str) -> str | None:
        """The package that a client's unit comes from, None if the table does not tell."""
        packages = {
            self.chrony.unit: self.chrony.package,
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


def _pool(name: str, maxsources: int | None = None) -> NtpServer:
    return NtpServer(name, pool=True, maxsources=maxsources)


def _numbered(suffix: str) -> tuple[NtpServer, ...]:
    return tuple(NtpServer(f"{number}.{suffix}") for number in range(4))


# -- Debian and Ubuntu

# A package of Debian starts its daemon, unless policy-rc.d forbids it.
_APT = (("use", "apt"), ("policy_rc_d", 101))

_DEBIAN = Chrony(
    version="4.3",
    unit="chrony.service",
    conf="/etc/chrony/chrony.conf",
    options_variable="DAEMON_OPTS",
    options_file="/etc/default/chrony",
    options="-F 1",
    group="_chrony",
    servers=(_pool("2.debian.pool.ntp.org"),),
    stock=(
        "keyfile /etc/chrony/chrony.keys",
        "driftfile /var/lib/chrony/chrony.drift",
        "ntsdumpdir /var/lib/chrony",
        "logdir /var/log/chrony",
        "maxupdateskew 100.0",
        "rtcsync",
        "leapsectz right/UTC",
    ),
    confdirs=("/etc/chrony/conf.d",),
    sourcedirs=("/run/chrony-dhcp", "/etc/chrony/sources.d"),
    quiet_install=_APT,
)


def _with_leapseclist(row: Chrony) -> Chrony:
    """The zones that leapsectz reads have left the tzdata package for tzdata-legacy."""
    leapseclist = "leapseclist /usr/share/zoneinfo/leap-seconds.list"
    stock = tuple(line for line in row.stock if not line.startswith("leapsectz"))
    return replace(row, stock=(*stock, leapseclist))


# chrony 3 knew fewer of its system calls, so there the filter only forbids them
_DEBIAN_BEFORE_11 = replace(_DEBIAN, options="-F -1", confdirs=(), sourcedirs=())
_DEBIAN_9 = replace(_DEBIAN_BEFORE_11, version="3.0", options="")
_UBUNTU = replace(
    _DEBIAN,
    servers=(
        _pool("ntp.ubuntu.com", 4),
        _pool("0.ubuntu.pool.ntp.org", 1),
        _pool("1.ubuntu.pool.ntp.org", 1),
        _pool("2.ubuntu.pool.ntp.org", 2),
    ),
)
_UBUNTU_BEFORE_22_04 = replace(
    _UBUNTU,
    stock=tuple(line for line in _DEBIAN.stock if not line.startswith("leapsectz")),
    options="-F -1",
    confdirs=(),
    sourcedirs=(),
)
# a script of System V starts it
_UBUNTU_16_04 = replace(
    _UBUNTU_BEFORE_22_04,
    version="2.1.1",
    systemd=229,
    options_variable=None,
    options="",
    servers=(_pool("2.debian.pool.ntp.org"),),
)
# the pools stand in /etc/chrony/sources.d, with NTS
_UBUNTU_FROM_25_10 = _with_leapseclist(replace(_UBUNTU, servers=()))


# -- Red Hat, those who rebuild it, and Fedora

_REDHAT_7 = Chrony(
    version="3.4",
    systemd=219,
    servers=_numbered("rhel.pool.ntp.org"),
    stock=("driftfile /var/lib/chrony/drift", "rtcsync", "logdir /var/log/chrony"),
)
_REDHAT_8 = replace(
    _REDHAT_7,
    version="4.5",
    systemd=239,
    servers=(_pool("2.rhel.pool.ntp.org"),),
    stock=(*_REDHAT_7.stock, "keyfile /etc/chrony.keys", "leapsectz right/UTC"),
)
_REDHAT_9 = replace(
    _REDHAT_8,
    version="4.8",
    stock=(*_REDHAT_8.stock, "ntsdumpdir /var/lib/chrony"),
    options="-F 2",
    sourcedirs=("/run/chrony-dhcp",),
)
_REDHAT_10 = replace(_REDHAT_9, stock=(*_REDHAT_7.stock, "ntsdumpdir /var/lib/chrony"))
_REDHAT = {"7": _REDHAT_7, "8": _REDHAT_8, "9": _REDHAT_9, "10": _REDHAT_10}


def _rebuilds(
    name: str, distribution: str, zone: str, *versions: str
) -> tuple[Platform, ...]:
    """Red Hat's rows for one who rebuilds it: the vendor's zone of the pool is the difference."""
    return tuple(
        Platform(
            f"{name} {version}",
            distribution,
            version,
            _with_zone(_REDHAT[version], zone),
        )
        for version in versions
    )


def _with_zone(row: Chrony, zone: str) -> Chrony:
    servers = (
        replace(server, hostname=server.hostname.replace("rhel.", zone))
        for server in row.servers
    )
    return replace(row, servers=tuple(servers))


# -- SUSE: the pool stands in a fragment, which a package of its own brings

_SUSE = Chrony(
    version="4.1",
    stock=(
        "driftfile /var/lib/chrony/drift",
        "rtcsync",
        "ntsdumpdir /var/lib/chrony",
        "logdir /var/log/chrony",
    ),
    confdirs=("/etc/chrony.d",),
    installer=("zypper", "--non-interactive", "install"),
)
_SUSE_16 = replace(
    _SUSE,
    version="4.6.1",
    confdirs=("/etc/chrony.d", "/usr/etc/chrony.d"),
    sourcedirs=("/run/chrony-dhcp",),
)

# -- clouds

_AMAZON_2 = Chrony(
    version="4.2",
    systemd=219,
    servers=(
        NtpServer("169.254.169.123", prefer=True, minpoll=4, maxpoll=4),
        _pool("0.amazon.pool.ntp.org", 1),
        _pool("1.amazon.pool.ntp.org", 1),
        _pool("2.amazon.pool.ntp.org", 2),
    ),
    stock=(
        "driftfile /var/lib/chrony/drift",
        "rtcsync",
        "keyfile /etc/chrony.keys",
        "logdir /var/log/chrony",
        "dumpdir /var/run/chrony",
    ),
    sourcedirs=("/run/chrony-dhcp",),
)
# a service of its own chooses the servers and writes them to /run/chrony.d
_AMAZON_2023 = replace(
    _AMAZON_2,
    version="4.3",
    systemd=252,
    servers=(),
    stock=(*_REDHAT_7.stock, "keyfile /etc/chrony.keys", "ntsdumpdir /var/lib/chrony"),
    sourcedirs=("/run/chrony.d", "/etc/chrony.d"),
)
_AZURE_LINUX = Chrony(
    version="4.5",
    servers=(NtpServer("time.windows.com", iburst=False),),
    stock=(
        *_REDHAT_8.stock,
        "ntsdumpdir /var/lib/chrony",
        # time.windows.com tells of a root dispersion above the default of 3 s
        "maxdistance 16.0",
        "cmdport 0",
    ),
)
_FLATCAR = replace(
    _DEBIAN,
    version="4.5",
    unit="chronyd.service",
    options_variable="OPTIONS",
    options_file="/etc/sysconfig/chronyd",
    options="",
    group="chrony",
    servers=_numbered("flatcar.pool.ntp.org"),
    quiet_install=(),
    stock=(
        "driftfile /var/lib/chrony/chrony.drift",
        "ntsdumpdir /var/lib/chrony",
        "maxupdateskew 100.0",
        "rtcsync",
        "leapsectz right/UTC",
    ),
)

# Where systemd-timesyncd is a package of its own.
_PACKAGES_TIMESYNCD = frozenset(
    (
        *("Debian 11", "Debian 12", "Debian 13", "Debian sid"),
        *("Ubuntu 20.04", "Ubuntu 22.04", "Ubuntu 24.04", "Ubuntu 25.10"),
        "Ubuntu 26.04",
    )
)

PLATFORMS: tuple[Platform, ...] = (
    Platform("Debian 9", "debian", "9", _DEBIAN_9),
    Platform("Debian 10", "debian", "10", replace(_DEBIAN_BEFORE_11, version="3.4")),
    Platform("Debian 11", "debian", "11", replace(_DEBIAN, version="4.0")),
    Platform("Debian 12", "debian", "12", _DEBIAN),
    Platform(
        "Debian 13",
        "debian",
        "13",
        _with_leapseclist(replace(_DEBIAN, version="4.6.1")),
    ),
    # testing and unstable have no VERSION_ID
    Platform(
        "Debian sid", "debian", None, _with_leapseclist(replace(_DEBIAN, version="4.9"))
    ),
    Platform("Ubuntu 16.04", "ubuntu", "16.04", _UBUNTU_16_04),
    Platform(
        "Ubuntu 18.04", "ubuntu", "18.04", replace(_UBUNTU_BEFORE_22_04, version="3.2")
    ),
    Platform(
        "Ubuntu 20.04", "ubuntu", "20.04", replace(_UBUNTU_BEFORE_22_04, version="3.5")
    ),
    Platform("Ubuntu 22.04", "ubuntu", "22.04", replace(_UBUNTU, version="4.2")),
    Platform("Ubuntu 24.04", "ubuntu", "24.04", replace(_UBUNTU, version="4.5")),
    Platform(
        "Ubuntu 25.10", "ubuntu", "25.10", replace(_UBUNTU_FROM_25_10, version="4.7")
    ),
    Platform(
        "Ubuntu 26.04", "ubuntu", "26.04", replace(_UBUNTU_FROM_25_10, version="4.8")
    ),
    *_rebuilds("RHEL", "rhel", "rhel.", "7", "8", "9", "10"),
    *_rebuilds("CentOS", "centos", "centos.", "7", "8", "9", "10"),
    *_rebuilds("Rocky Linux", "rocky", "rocky.", "8", "9", "10"),
    *_rebuilds("AlmaLinux", "almalinux", "almalinux.", "8", "9", "10"),
    *_rebuilds("Oracle Linux", "ol", "", "7", "8", "9", "10"),
    Platform(
        "Fedora", "fedora", None, _with_leapseclist(_with_zone(_REDHAT_9, "fedora."))
    ),
    Platform("SLES 12", "sles", "12", replace(_SUSE, systemd=228)),
    Platform("SLES 15", "sles", "15", _SUSE),
    Platform("SLES 16", "sles", "16", _SUSE_16),
    Platform("openSUSE Leap 15", "opensuse-leap", "15", _SUSE),
    Platform("openSUSE Leap 16", "opensuse-leap", "16", _SUSE_16),
    Platform(
        "openSUSE Tumbleweed",
        "opensuse-tumbleweed",
        None,
        replace(_SUSE_16, version="4.9"),
    ),
    Platform("Amazon Linux 2", "amzn", "2", _AMAZON_2),
    Platform("Amazon Linux 2023", "amzn", "2023", _AMAZON_2023),
    Platform("Azure Linux 2", "mariner", "2.0", replace(_AZURE_LINUX, version="4.1")),
    Platform("Azure Linux 3", "azurelinux", "3.0", _AZURE_LINUX),
    Platform(
        "Arch Linux",
        "arch",
        None,
        replace(
            _REDHAT_9,
            servers=(_pool("2.arch.pool.ntp.org"),),
            stock=(
                "driftfile /var/lib/chrony/drift",
                "ntsdumpdir /var/lib/chrony",
                "leapsectz right/UTC",
                "rtcsync",
            ),
            options="",
            sourcedirs=(),
        ),
    ),
    Platform("Flatcar", "flatcar", None, _FLATCAR),
)

# Names that are another's row: SUSE's other products, and words in ID_LIKE that are nobody's ID.
_SAME_AS = {"sles_sap": "sles", "suse": "sles", "opensuse": "opensuse-leap"}


def platform_of(distribution: Distribution) -> tuple[Platform, str]:
    """The row of a host and why it was taken. Raises UnknownPlatform."""
    told = words.plain(
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
        row = row or _nearest(rows, distribution)
        return row, f"{told} has no row in the table; it is treated as {row.name}."
    raise UnknownPlatform(
        f"{told} is a distribution that is not in the table, nor is one of its ID_LIKE"
        f" ({words.plain(' '.join(distribution.id_like)) or 'none'})."
    )


def _nearest(rows: Sequence[Platform], distribution: Distribution) -> Platform:
    """The newest row that is not newer; else the oldest, or the newest of another distribution."""
    version = _numbers(distribution.version_id)
    older = [row for row in rows if row.version and _numbers(row.version) <= version]
    if older:
        return older[-1]
    return rows[0] if rows[0].id == distribution.id else rows[-1]


def _numbers(version: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]{1,9}", version or "")[:4])
