# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The distributions and how each ships chrony: one row each, and nowhere else.

Sources of the rows: Debian's and Ubuntu's packages; the spec files of Fedora, RHEL, SUSE and Azure
Linux; AWS's package lists; voxpupuli/puppet-chrony, cloud-init and linux-system-roles/timesync.

Private to this collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ansible_collections.vmtime.linux.plugins.plugin_utils import words
from ansible_collections.vmtime.linux.plugins.plugin_utils.chrony_directives import (
    DIRECTIVES,
    Version,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils.observation import Distribution
from ansible_collections.vmtime.linux.plugins.plugin_utils.request import NtpServer


@dataclass(frozen=True)
class Chrony:
    """How a distribution ships chrony."""

    # the newest version of the release: for a host that does not have chrony yet
    version: str
    package: str = "chrony"
    unit: str = "chronyd.service"
    conf: str = "/etc/chrony.conf"
    # the variable that the unit's command line expands
    options_variable: str = "OPTIONS"
    # the servers of the stock file; empty where fragments or DHCP bring them
    servers: tuple[NtpServer, ...] = ()
    # the stock file's other directives, but for makestep
    stock: tuple[str, ...] = ()
    # folders of fragments (*.conf), the administrator's before the vendor's
    confdirs: tuple[str, ...] = ()
    # folders of sources (*.sources)
    sourcedirs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Version.parse(self.version)
        for line in self.stock:
            if words.directive(*line.split()) != line or line.split()[0] not in DIRECTIVES:
                raise ValueError(f"{line!r} is not a directive of chrony")
        for path in (self.conf, *self.confdirs, *self.sourcedirs):
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
    # what the package module takes where nothing may start, as when an image is built
    quiet_install: tuple[tuple[str, str | int], ...] = ()

    def covers(self, version_id: str | None) -> bool:
        if self.version is None:
            return True
        return version_id == self.version or (version_id or "").startswith(self.version + ".")


class UnknownPlatform(ValueError):
    """There is no row for a distribution, nor for one that it says it is like."""


def _pool(name: str, maxsources: int | None = None) -> NtpServer:
    return NtpServer(name, pool=True, maxsources=maxsources)


def _numbered(suffix: str) -> tuple[NtpServer, ...]:
    return tuple(NtpServer(f"{number}.{suffix}") for number in range(4))


# -- Debian and Ubuntu

_DEBIAN = Chrony(
    version="4.3",
    unit="chrony.service",
    conf="/etc/chrony/chrony.conf",
    options_variable="DAEMON_OPTS",
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
)


def _with_leapseclist(row: Chrony) -> Chrony:
    """The zones that leapsectz reads have left the tzdata package for tzdata-legacy."""
    leapseclist = "leapseclist /usr/share/zoneinfo/leap-seconds.list"
    stock = tuple(line for line in row.stock if not line.startswith("leapsectz"))
    return replace(row, stock=(*stock, leapseclist))


_DEBIAN_BEFORE_11 = replace(_DEBIAN, confdirs=(), sourcedirs=())
_UBUNTU = replace(
    _DEBIAN,
    servers=(
        _pool("ntp.ubuntu.com", 4),
        _pool("0.ubuntu.pool.ntp.org", 1),
        _pool("1.ubuntu.pool.ntp.org", 1),
        _pool("2.ubuntu.pool.ntp.org", 2),
    ),
)
_UBUNTU_BEFORE_22 = replace(
    _UBUNTU,
    stock=tuple(line for line in _DEBIAN.stock if not line.startswith("leapsectz")),
    confdirs=(),
    sourcedirs=(),
)
# the pools stand in /etc/chrony/sources.d, with NTS
_UBUNTU_FROM_25_10 = _with_leapseclist(replace(_UBUNTU, servers=()))

# A package of Debian starts its daemon, unless policy-rc.d forbids it.
_APT = (("use", "apt"), ("policy_rc_d", 101))

# -- Red Hat's

_REDHAT = Chrony(
    version="4.6.1",
    servers=(_pool("2.rhel.pool.ntp.org"),),
    stock=(
        "driftfile /var/lib/chrony/drift",
        "rtcsync",
        "keyfile /etc/chrony.keys",
        "ntsdumpdir /var/lib/chrony",
        "leapsectz right/UTC",
        "logdir /var/log/chrony",
    ),
    sourcedirs=("/run/chrony-dhcp",),
)
_REDHAT_7 = replace(_REDHAT, version="3.4", servers=_numbered("rhel.pool.ntp.org"), sourcedirs=())
_REDHAT_8 = replace(_REDHAT, version="4.5", sourcedirs=())


def _redhat(name: str, id: str, zone: str | None = None) -> tuple[Platform, ...]:
    """Red Hat's rows for one of those that rebuild it, with the vendor's zone of the pool."""
    rows = (("7", _REDHAT_7), ("8", _REDHAT_8), ("9", _REDHAT), ("10", _REDHAT))
    return tuple(
        Platform(
            f"{name} {version}",
            id,
            version,
            replace(
                row,
                servers=tuple(
                    replace(server, hostname=server.hostname.replace("rhel.pool", f"{zone}pool"))
                    for server in row.servers
                )
                if zone is not None
                else row.servers,
            ),
        )
        for version, row in rows
    )


# -- SUSE

_SUSE = replace(
    _REDHAT,
    version="4.1",
    servers=(),  # in /etc/chrony.d/pool.conf, of a package of its own
    stock=(
        "driftfile /var/lib/chrony/drift",
        "rtcsync",
        "keyfile /etc/chrony.keys",
        "ntsdumpdir /var/lib/chrony",
        "leapsectz right/UTC",
        "logdir /var/log/chrony",
    ),
    confdirs=("/etc/chrony.d",),
    sourcedirs=(),
)
_SUSE_USR_ETC = replace(
    _SUSE, version="4.9", confdirs=("/etc/chrony.d", "/usr/etc/chrony.d")
)

PLATFORMS: tuple[Platform, ...] = (
    Platform("Debian 9", "debian", "9", replace(_DEBIAN_BEFORE_11, version="3.0"), _APT),
    Platform("Debian 10", "debian", "10", replace(_DEBIAN_BEFORE_11, version="3.4"), _APT),
    Platform("Debian 11", "debian", "11", replace(_DEBIAN, version="4.0"), _APT),
    Platform("Debian 12", "debian", "12", _DEBIAN, _APT),
    Platform(
        "Debian 13", "debian", "13", _with_leapseclist(replace(_DEBIAN, version="4.6.1")), _APT
    ),
    # testing and unstable have no VERSION_ID
    Platform(
        "Debian sid", "debian", None, _with_leapseclist(replace(_DEBIAN, version="4.9")), _APT
    ),
    Platform("Ubuntu 16.04", "ubuntu", "16.04", replace(_UBUNTU_BEFORE_22, version="2.1.1"), _APT),
    Platform("Ubuntu 18.04", "ubuntu", "18.04", replace(_UBUNTU_BEFORE_22, version="3.2"), _APT),
    Platform("Ubuntu 20.04", "ubuntu", "20.04", replace(_UBUNTU_BEFORE_22, version="3.5"), _APT),
    Platform("Ubuntu 22.04", "ubuntu", "22.04", replace(_UBUNTU, version="4.2"), _APT),
    Platform("Ubuntu 24.04", "ubuntu", "24.04", replace(_UBUNTU, version="4.5"), _APT),
    Platform("Ubuntu 25.10", "ubuntu", "25.10", replace(_UBUNTU_FROM_25_10, version="4.7"), _APT),
    Platform("Ubuntu 26.04", "ubuntu", "26.04", replace(_UBUNTU_FROM_25_10, version="4.8"), _APT),
    *_redhat("RHEL", "rhel"),
    *_redhat("CentOS", "centos", "centos."),
    *_redhat("Rocky Linux", "rocky", "rocky.")[1:],
    *_redhat("AlmaLinux", "almalinux", "almalinux.")[1:],
    *_redhat("Oracle Linux", "ol", ""),
    Platform(
        "Fedora",
        "fedora",
        None,
        replace(_REDHAT, version="4.8", servers=(_pool("2.fedora.pool.ntp.org"),)),
    ),
    Platform("SLES 12", "sles", "12", replace(_SUSE, version="4.1")),
    Platform("SLES 15", "sles", "15", _SUSE),
    Platform("SLES 16", "sles", "16", _SUSE_USR_ETC),
    Platform("openSUSE Leap 15", "opensuse-leap", "15", _SUSE),
    Platform("openSUSE Leap 16", "opensuse-leap", "16", _SUSE_USR_ETC),
    Platform("openSUSE Tumbleweed", "opensuse-tumbleweed", None, _SUSE_USR_ETC),
)


def platform_of(distribution: Distribution) -> tuple[Platform, str]:
    """The row of a host and why it was taken. Raises UnknownPlatform."""
    told = distribution.name or distribution.id or "a host without os-release"
    for row in PLATFORMS:
        if row.id == distribution.id and row.covers(distribution.version_id):
            return row, f"{told} is in the table as {row.name}."
    for name in (distribution.id, *distribution.id_like):
        rows = [row for row in PLATFORMS if row.id == name]
        if rows:
            return rows[-1], (
                f"{told} has no row in the table; it is treated as {rows[-1].name}, the newest of"
                f" {name}."
            )
    raise UnknownPlatform(
        f"{told} is a distribution that is not in the table, nor is one of its ID_LIKE"
        f" ({' '.join(distribution.id_like) or 'none'})."
    )
