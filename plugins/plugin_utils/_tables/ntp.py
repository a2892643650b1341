# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How each distribution ships ntp.org's ntpd or ntpsec: one row each, by the name in platforms.py.

Those that are missing here ship neither, or this collection does not configure it there. The
facts of most come from the recorded files in tests/fixtures/stock; README.md names the others.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .._model.sources import NtpServer
from .._text.directive import directive


@dataclass(frozen=True)
class Ntp:
    """How a distribution ships ntpd."""

    daemon: t.Literal["ntp", "ntpsec"]
    # the newest version of the release: for a host that does not have it yet
    version: str
    unit: str = "ntpd.service"
    conf: str = "/etc/ntp.conf"
    # the servers of the stock file; empty where the administrator has to name them
    servers: tuple[NtpServer, ...] = ()
    # the stock file's other directives that this collection keeps
    stock: tuple[str, ...] = ("driftfile /var/lib/ntp/drift",)
    # what a hook of the DHCP client writes and the daemon then reads instead of its file
    dhcp_conf: str | None = None

    @property
    def package(self) -> str:
        return self.daemon

    def __post_init__(self) -> None:
        for line in self.stock:
            if directive(*line.split()) != line:
                raise ValueError(f"{line!r} is not a directive")


def _numbered(zone: str, *, pool: bool = True) -> tuple[NtpServer, ...]:
    return tuple(
        NtpServer(f"{number}.{zone}pool.ntp.org", pool=pool) for number in range(4)
    )


_LEAPFILE = "leapfile /usr/share/zoneinfo/leap-seconds.list"

_DEBIAN = Ntp(
    "ntp",
    "4.2.8p15",
    unit="ntp.service",
    servers=_numbered("debian."),
    stock=("driftfile /var/lib/ntp/ntp.drift", _LEAPFILE),
    dhcp_conf="/run/ntp.conf.dhcp",
)
# leapfile came with 4.2.8p10+dfsg-4
_DEBIAN_9 = replace(_DEBIAN, version="4.2.8p10", stock=_DEBIAN.stock[:1])
_DEBIAN_NTPSEC = Ntp(
    "ntpsec",
    "1.2.2",
    unit="ntpsec.service",
    conf="/etc/ntpsec/ntp.conf",
    servers=_numbered("debian."),
    stock=("driftfile /var/lib/ntpsec/ntp.drift", _LEAPFILE),
    dhcp_conf="/run/ntpsec/ntp.conf.dhcp",
)
_DEBIAN_SID = replace(_DEBIAN_NTPSEC, version="1.2.5")
_UBUNTU_SERVERS = (*_numbered("ubuntu."), NtpServer("ntp.ubuntu.com", pool=True))
_UBUNTU = replace(_DEBIAN, servers=_UBUNTU_SERVERS)
_UBUNTU_NTPSEC = replace(_DEBIAN_NTPSEC, servers=_UBUNTU_SERVERS)

# its "pool" is another one than that of later versions
_REDHAT_7 = Ntp("ntp", "4.2.6p5", servers=_numbered("rhel.", pool=False))

_SUSE = Ntp("ntp", "4.2.8p15", stock=("driftfile /var/lib/ntp/drift/ntp.drift",))

NTP: Mapping[str, Ntp] = {
    "Debian 9": _DEBIAN_9,
    "Debian 10": replace(_DEBIAN, version="4.2.8p12"),
    "Debian 11": _DEBIAN,
    "Debian 12": _DEBIAN_NTPSEC,
    "Debian 13": replace(_DEBIAN_NTPSEC, version="1.2.3"),
    "Debian sid": _DEBIAN_SID,
    "Kali Linux": _DEBIAN_SID,
    # before 4.2.8p9 the file of DHCP stood with the daemon's state
    "Ubuntu 16.04": replace(
        _DEBIAN_9,
        version="4.2.8p4",
        servers=_UBUNTU_SERVERS,
        dhcp_conf="/var/lib/ntp/ntp.conf.dhcp",
    ),
    "Ubuntu 18.04": replace(_UBUNTU, version="4.2.8p10"),
    "Ubuntu 20.04": replace(_UBUNTU, version="4.2.8p12"),
    "Ubuntu 22.04": _UBUNTU,
    "Ubuntu 24.04": _UBUNTU_NTPSEC,
    "Ubuntu 25.10": replace(_UBUNTU_NTPSEC, version="1.2.3"),
    "Ubuntu 26.04": replace(_UBUNTU_NTPSEC, version="1.2.3"),
    "Ubuntu 26.10": replace(_UBUNTU_NTPSEC, version="1.2.3"),
    "RHEL 7": _REDHAT_7,
    "CentOS 7": replace(_REDHAT_7, servers=_numbered("centos.", pool=False)),
    "Oracle Linux 7": replace(_REDHAT_7, servers=_numbered("rhel.", pool=False)),
    "Fedora": Ntp(
        "ntpsec",
        "1.2.3",
        servers=(NtpServer("2.fedora.pool.ntp.org", pool=True),),
        stock=("driftfile /var/lib/ntp/ntp.drift",),
    ),
    "SLES 12": _SUSE,
    "SLES 15": _SUSE,
    "openSUSE Leap 15": _SUSE,
    "openSUSE Tumbleweed": replace(_SUSE, version="4.2.8p18"),
    "Amazon Linux 2": Ntp("ntp", "4.2.8p15", servers=_numbered("amazon.", pool=False)),
    "Azure Linux 2": _SUSE,
    "Azure Linux 3": replace(_SUSE, version="4.2.8p17"),
    "Photon OS 5": replace(_SUSE, version="4.2.8p18"),
    "Arch Linux": Ntp(
        "ntp",
        "4.2.8p18",
        servers=_numbered("arch.", pool=False),
        stock=("driftfile /var/lib/ntp/ntp.drift",),
    ),
    "Flatcar": Ntp(
        "ntp",
        "4.2.8p18",
        servers=(
            NtpServer("169.254.169.123", prefer=True, minpoll=4, maxpoll=4),
            NtpServer("fd00:ec2::123", prefer=True, minpoll=4, maxpoll=4),
            NtpServer("metadata.google.internal", prefer=True),
            *(replace(s, iburst=False) for s in _numbered("flatcar.", pool=False)),
        ),
        stock=("driftfile /var/lib/ntp/ntp.drift",),
    ),
}
