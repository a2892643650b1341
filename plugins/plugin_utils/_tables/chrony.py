# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How each distribution ships chrony: its package, unit, files and what stands in them.

Each row's facts come from the recorded files in tests/fixtures/stock, which name their sources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .._model.sources import NtpServer
from .._model.version import Version
from .._text.directive import directive
from .chrony_directives import DIRECTIVES


@dataclass(frozen=True)
class Chrony:
    """How a distribution ships chrony."""

    # the newest version of the release: for a host that does not have chrony yet
    version: str
    package: str = "chrony"
    unit: str = "chronyd.service"
    conf: str = "/etc/chrony.conf"
    # the variable that the unit's command line expands, None if it takes no options
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
    # True if its servers are in fragments, which its packages or the cloud bring
    has_source_files: bool = False
    # True if the unit runs chrony-helper, which gives the servers of DHCP to the daemon
    runs_helper: bool = False

    def stock_value(self, directive: str) -> str | None:
        """The value of a directive of the stock file, None if it has none."""
        values = [line.partition(" ") for line in self.stock]
        return next(
            (value for name, _space, value in values if name == directive), None
        )

    def __post_init__(self) -> None:
        Version(self.version)
        for line in self.stock:
            if directive(*line.split()) != line or line.split()[0] not in DIRECTIVES:
                raise ValueError(f"{line!r} is not a directive of chrony")
        paths = (self.conf, self.options_file, *self.confdirs, *self.sourcedirs)
        for path in paths:
            if directive(path) != path or not path.startswith("/"):
                raise ValueError(f"{path!r} is not an absolute path")


def pool(name: str, maxsources: int | None = None) -> NtpServer:
    return NtpServer(name, pool=True, maxsources=maxsources)


def _numbered(suffix: str) -> tuple[NtpServer, ...]:
    return tuple(NtpServer(f"{number}.{suffix}") for number in range(4))


# -- Debian and Ubuntu

DEBIAN = Chrony(
    version="4.3",
    unit="chrony.service",
    conf="/etc/chrony/chrony.conf",
    options_variable="DAEMON_OPTS",
    options_file="/etc/default/chrony",
    options="-F 1",
    group="_chrony",
    servers=(pool("2.debian.pool.ntp.org"),),
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


def with_leapseclist(row: Chrony) -> Chrony:
    """The zones that leapsectz reads have left the tzdata package for tzdata-legacy."""
    leapseclist = "leapseclist /usr/share/zoneinfo/leap-seconds.list"
    stock = tuple(line for line in row.stock if not line.startswith("leapsectz"))
    return replace(row, stock=(*stock, leapseclist))


DEBIAN_SID = with_leapseclist(replace(DEBIAN, version="4.9"))
# chrony 3 knew fewer of its system calls, so there the filter only forbids them
DEBIAN_BEFORE_11 = replace(
    DEBIAN,
    stock=tuple(
        line
        for line in DEBIAN.stock
        if not line.startswith(("leapsectz", "ntsdumpdir"))
    ),
    options="-F -1",
    confdirs=(),
    sourcedirs=(),
)
DEBIAN_10 = replace(DEBIAN_BEFORE_11, version="3.4", runs_helper=True)
# only its System V script reads /etc/default/chrony
DEBIAN_9 = replace(
    DEBIAN_BEFORE_11,
    version="3.0",
    options_variable=None,
    options="",
    stock=(*DEBIAN_BEFORE_11.stock, "hwclockfile /etc/adjtime"),
)
UBUNTU = replace(
    DEBIAN,
    servers=(
        pool("ntp.ubuntu.com", 4),
        pool("0.ubuntu.pool.ntp.org", 1),
        pool("1.ubuntu.pool.ntp.org", 1),
        pool("2.ubuntu.pool.ntp.org", 2),
    ),
)
UBUNTU_20_04 = replace(DEBIAN_10, version="3.5", servers=UBUNTU.servers)
UBUNTU_18_04 = replace(UBUNTU_20_04, version="3.2", options="")
# a script of System V starts it
UBUNTU_16_04 = replace(
    DEBIAN_9,
    version="2.1.1",
    stock=(
        *DEBIAN_9.stock,
        # without its key, chronyc of that time can change nothing
        "commandkey 1",
        "log tracking measurements statistics",
        "dumponexit",
        "dumpdir /var/lib/chrony",
        "logchange 0.5",
    ),
)
# the pools stand in /etc/chrony/sources.d, with NTS
UBUNTU_FROM_25_10 = with_leapseclist(replace(UBUNTU, servers=(), has_source_files=True))


# -- Red Hat, those who rebuild it, and Fedora

REDHAT_7 = Chrony(
    version="3.4",
    servers=_numbered("rhel.pool.ntp.org"),
    stock=("driftfile /var/lib/chrony/drift", "rtcsync", "logdir /var/log/chrony"),
    runs_helper=True,
)
REDHAT_8 = replace(
    REDHAT_7,
    version="4.5",
    servers=(pool("2.rhel.pool.ntp.org"),),
    stock=(*REDHAT_7.stock, "keyfile /etc/chrony.keys", "leapsectz right/UTC"),
)
REDHAT_9 = replace(
    REDHAT_8,
    version="4.8",
    stock=(*REDHAT_8.stock, "ntsdumpdir /var/lib/chrony"),
    options="-F 2",
    sourcedirs=("/run/chrony-dhcp",),
    runs_helper=False,
)
REDHAT_10 = replace(REDHAT_9, stock=(*REDHAT_7.stock, "ntsdumpdir /var/lib/chrony"))
REDHAT = {"7": REDHAT_7, "8": REDHAT_8, "9": REDHAT_9, "10": REDHAT_10}


def with_zone(row: Chrony, zone: str) -> Chrony:
    """The row with a vendor's zone of the NTP pool, such as "rocky."; "" is the whole pool."""
    servers = (
        replace(
            server,
            hostname=re.sub(r"(?<=\d\.).*(?=pool\.)", zone, server.hostname),
        )
        for server in row.servers
    )
    return replace(row, servers=tuple(servers))


FEDORA = with_leapseclist(with_zone(REDHAT_10, "fedora."))


# -- SUSE: the pool is in a fragment, which a package of its own brings from SLES 15 on

SUSE_12 = replace(REDHAT_7, version="4.1", servers=(), confdirs=("/etc/chrony.d",))
SUSE = replace(SUSE_12, has_source_files=True)
SUSE_16 = replace(
    SUSE,
    version="4.6.1",
    stock=(*SUSE.stock, "ntsdumpdir /var/lib/chrony"),
    confdirs=("/etc/chrony.d", "/usr/etc/chrony.d"),
    sourcedirs=("/run/chrony-dhcp",),
)
TUMBLEWEED = replace(SUSE_16, version="4.9", options="-s")


# -- clouds

# the servers are in /etc/chrony.d/*.sources; with chrony 4.0 they were in the file
AMAZON_2 = Chrony(
    version="4.2",
    has_source_files=True,
    stock=(
        "driftfile /var/lib/chrony/drift",
        "rtcsync",
        "keyfile /etc/chrony.keys",
        "logdir /var/log/chrony",
        "dumpdir /var/run/chrony",
    ),
    confdirs=("/etc/chrony.d",),
    sourcedirs=("/run/chrony-dhcp", "/etc/chrony.d"),
)
# a service of its own chooses the servers and writes them to /run/chrony.d
AMAZON_2023 = replace(
    AMAZON_2,
    version="4.3",
    stock=(*REDHAT_7.stock, "keyfile /etc/chrony.keys", "ntsdumpdir /var/lib/chrony"),
    sourcedirs=("/run/chrony.d", "/etc/chrony.d"),
)
# the package's file, and the folders that the marketplace images' own file reads beside it
AZURE_LINUX = Chrony(
    version="4.5",
    options="-u chrony",
    servers=(NtpServer("time.windows.com", iburst=False),),
    stock=(
        *REDHAT_8.stock,
        "ntsdumpdir /var/lib/chrony",
        # time.windows.com tells of a root dispersion above the default of 3 s
        "maxdistance 16.0",
        "cmdport 0",
    ),
    confdirs=("/etc/chrony.conf.d",),
    sourcedirs=("/run/chrony-dhcp",),
    runs_helper=True,
)
# Fedora's package, with a folder for the fragment that has the host clock
AZURE_LINUX_4 = replace(with_zone(FEDORA, "azurelinux."), confdirs=("/etc/chrony.d",))
# chrony's own example, with neither a zone of the pool nor a user of its own
PHOTON = Chrony(
    version="4.3",
    group="root",
    servers=(pool("pool.ntp.org"),),
    stock=(*REDHAT_7.stock, "ntsdumpdir /var/lib/chrony"),
)
# chrony is in the images for Azure and STACKIT, which follow the host's clock alone
FLATCAR = replace(
    DEBIAN,
    version="4.8",
    unit="chronyd.service",
    options_variable="OPTIONS",
    options_file="/etc/sysconfig/chronyd",
    options="",
    group="ntp",
    servers=(),
    stock=(
        "driftfile /var/lib/chrony/chrony.drift",
        "ntsdumpdir /var/lib/chrony",
        "maxupdateskew 100.0",
        "rtcsync",
        "leapsectz right/UTC",
    ),
)


# -- Arch

ARCH = with_leapseclist(
    Chrony(
        version="4.8",
        servers=(pool("2.arch.pool.ntp.org"),),
        stock=(
            "driftfile /var/lib/chrony/drift",
            "ntsdumpdir /var/lib/chrony",
            "rtcsync",
        ),
    )
)


# -- openEuler, OpenCloudOS and TencentOS

# Paths by cloud-init, the unit and 4.1 by openEuler's own tests and package lists. Its file was not
# found: these two directives are the least that chrony's examples have in common, and the servers
# are whatever ntp_servers names.
OPENEULER = Chrony(version="4.1", stock=("driftfile /var/lib/chrony/drift", "rtcsync"))
