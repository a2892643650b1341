# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trees of files that a hostile host might show."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import strategies as st

from ansible_collections.vmtime.linux.tests.fuzz import strategies
from ansible_collections.vmtime.linux.tests.unit.plugins.module_utils.recorded import (
    copy_recorded,
)

MEGABYTE = 1 << 20


# a node of /dev/zero is read for ever, one of /dev/null not at all
DEVICES = {"null": 3, "zero": 5}


_CONFIGURATION = (
    *("/etc/chrony.conf", "/etc/chrony/chrony.conf", "/etc/chrony/conf.d/azure.conf"),
    *("/etc/chrony/conf.d/z.conf", "/etc/chrony.d/a.conf", "/etc/chrony/chrony.keys"),
    *("/etc/default/chrony", "/run/chrony.d/x", "/etc/systemd/timesyncd.conf"),
    *(
        "/etc/ntp.conf",
        "/etc/udev/rules.d/70-vmtime-ptp.rules",
        "/etc/udev/rules.d/90-vmtime-hyperv.rules",
        "/etc/modules-load.d/vmtime.conf",
        "/etc/chrony/sources.d/a.sources",
    ),
    "/etc/systemd/system/chrony.service.d/vmtime.conf",
)


_FACTS = (
    *("/etc/os-release", "/usr/lib/os-release", "/sys/class/ptp/ptp0/clock_name"),
    *(
        "/sys/class/ptp/ptp9/clock_name",
        "/sys/class/dmi/id/sys_vendor",
        "/dev/ptp_hyperv",
    ),
    *(
        "/sys/bus/vmbus/devices/x/class_id",
        "/sys/bus/vmbus/drivers/hv_utils/unbind",
        "/sys/module/hv_utils/parameters/timesync_implicit",
        "/proc/sys/kernel/osrelease",
        "/usr/sbin/chronyd",
        "/run/systemd/container",
    ),
    *("/etc/systemd/system/ntp.service", "/usr/lib/systemd/system/chrony.service"),
    *("/etc/chrony/conf.d", "/etc/chrony", "/sys/class/ptp", "/etc/systemd/system"),
)


_names = st.sampled_from(
    [
        b"\xff.conf",
        b"a\nb.conf",
        b"-x.conf",
        b"$(id).conf",
        b"\x1b[2J.conf",
        b"{{ 1 }}.conf",
    ]
)


_bytes = st.one_of(
    st.binary(max_size=60),
    strategies.texts.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.builds(
        lambda name, value: f'{name}="{value}"\n'.encode("utf-8", "surrogatepass"),
        st.sampled_from(["ID", "ID_LIKE", "VERSION_ID", "PRETTY_NAME"]),
        strategies.texts,
    ),
    st.sampled_from(
        [
            *(
                b"ID=debian\nVERSION_ID=12\n",
                b"ID=amzn\nVERSION_ID=2023\n",
                b"ID=ubuntu\n",
            ),
            *(
                b"hyperv",
                b"ena-ptp-00",
                b'ena-ptp-", RUN+="/bin/id',
                b"ena-ptp-\nRUN+=id",
            ),
            *(
                b"# Managed by vmtime.linux\n",
                b"server a\rpool b\x0cpeer c\n",
                b"\r\nserver x",
            ),
        ]
    ),
)


_kinds = st.one_of(
    st.tuples(st.just("file"), _bytes),
    st.tuples(st.just("file"), _bytes),
    st.tuples(
        st.just("large"),
        st.sampled_from([b"a", b"\xff", b"hyperv\0", b"# a\nserver b\n", b"\x1b[2J\n"]),
    ),
    st.tuples(
        st.sampled_from(["pipe", "folder", "loop", "zero", "socket", "gone", "locked"]),
        st.just(b""),
    ),
    st.tuples(
        st.just("link"),
        st.sampled_from(
            [
                *(
                    b"/etc/chrony/chrony.keys",
                    b"/dev/zero",
                    b"/",
                    b"..",
                    b"\xff\n",
                    b"/dev/null",
                ),
                *(
                    b"-Hroot@evil.service",
                    b"--help.service",
                    b"*.service",
                    b"../" * 99 + b"etc",
                ),
            ]
        ),
    ),
)


_places = st.one_of(
    st.sampled_from([*_CONFIGURATION, *_FACTS]).map(str.encode),
    _names.map(lambda name: b"/etc/chrony/conf.d/" + name),
    _names.map(lambda name: b"/sys/class/ptp/ptp" + name),
)


trees = st.tuples(
    st.sampled_from(
        [
            "azure-debian-12-fragment",
            "azure-rocky-9",
            "bare-leap-15.6",
            "hyperv-ubuntu-16.04",
        ]
    ),
    st.lists(st.tuples(_places, _kinds), min_size=1, max_size=6),
)


Tree = tuple[str, list[tuple[bytes, tuple[str, bytes]]]]


def put(root: Path, place: bytes, kind: str, data: bytes) -> None:
    """One thing in place of what stands there."""
    path = Path(os.fsdecode(os.fsencode(root) + place))
    for parent in (path.parent.parent, path.parent):
        if not parent.is_dir():
            parent.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if kind == "file":
        path.write_bytes(data)
    elif kind == "large":
        # of a megabyte or two; written so, it can be shown when a test fails
        path.write_bytes(data * (MEGABYTE // len(data) + 1))
    elif kind == "locked":
        path.touch(0)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        os.mknod(path, stat.S_IFSOCK | 0o600)
    elif kind in DEVICES and os.geteuid() == 0:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, DEVICES[kind]))
    elif kind == "link":
        path.symlink_to(os.fsdecode(data))
    elif kind == "loop":
        path.symlink_to(path.name)


@contextmanager
def grown(tree: Tree) -> Iterator[Path]:
    name, changes = tree
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        copy_recorded(name, str(root))
        for place, (kind, data) in changes:
            put(root, place, kind, data)
        yield root
