# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The systems of tests/fixtures/stock: their files as shipped, each with its source.

A system is one text. Above its first file are ``runs: PROGRAM by UNIT`` for the daemon that is in
use, and notes. Each file has a heading ``==> PATH``, or ``==> PATH -> TARGET`` for a link, then
``source: WHERE: verified`` or ``inferred``, an empty line, and its lines without comments.
"""

from __future__ import annotations

import json
import posixpath
import re
import tempfile
import typing as t
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ansible_collections.vmtime.linux.plugins.module_utils._host import Host
from ansible_collections.vmtime.linux.plugins.module_utils._observe.distro import (
    parse_os_release,
)
from ansible_collections.vmtime.linux.plugins.module_utils._observe.observation import (
    observe,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Distribution,
    Observation,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.platforms import (
    Platform,
    platform_of,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    KVM,
    RECORDED,
)

STOCK = RECORDED.parent / "stock"
SYSTEMS = sorted(path.stem for path in STOCK.iterdir())
# What a cloud or cluster builder made of a distribution; the others are as its packages ship it.
IMAGES = [
    name
    for name in SYSTEMS
    if re.search(
        r"-(alibaba|aliyun|aks|aws|azure|bosh|capi|cloudinit|coreos|ec2|gce|marketplace|oci"
        r"|stackit)\b",
        name,
    )
]
PACKAGES = sorted(set(SYSTEMS) - set(IMAGES))
_AZURES = ("azure", "aks", "marketplace")
_UNITS = "/usr/lib/systemd/system/"


@dataclass(frozen=True)
class StockFile:
    source: str
    text: str
    target: str | None = None

    @property
    def is_verified(self) -> bool:
        """False if it was rebuilt, by the packaging's own edits or from one host's record."""
        return ": inferred" not in self.source


@dataclass(frozen=True)
class System:
    files: t.Mapping[str, StockFile]
    program: str | None
    unit: str | None

    def text_of(self, path: str) -> str | None:
        """What is in a file, also by a link to it."""
        file = self.files.get(path)
        if file and file.target:
            folder = posixpath.dirname(path)
            file = self.files.get(posixpath.normpath(f"{folder}/{file.target}"))
        return file.text if file else None


@cache
def system(name: str) -> System:
    head, *sections = (STOCK / f"{name}.txt").read_text().split("==> ")
    found = re.match(r"runs: (\S+) by (\S+)\n", head)
    program, unit = found.groups() if found else (None, None)
    return System(dict(_file(section) for section in sections), program, unit)


def _file(section: str) -> tuple[str, StockFile]:
    heading, source, *lines = section.splitlines()
    path, _arrow, target = heading.partition(" -> ")
    body = lines[1:]
    while body and not body[-1]:
        body.pop()
    text = "".join(f"{line}\n" for line in body)
    return path, StockFile(source.removeprefix("source: "), text, target or None)


# One for all systems: to remove its folders again and again would take longer than the tests.
_ROOT = tempfile.TemporaryDirectory()


@cache
def stock(name: str) -> Observation:
    """A look at a system: with Azure's clock if it is an image for Azure, else with KVM's."""
    root = Path(_ROOT.name).resolve()
    written = list(_write(name, root))
    seen = json.loads(json.dumps(observe(Host(str(root)))))
    for place in written:
        place.unlink()
    seen.update(privileged=True, root="/")
    return replace(
        Observation.from_module(seen),
        host_clock=HYPERV if any(word in name for word in _AZURES) else KVM,
        host_clock_reason="for a test",
    )


def _write(name: str, root: Path) -> Iterator[Path]:
    """Write a system's files below a folder; a line stands for the daemon's program."""
    shipped = system(name)
    files = dict(shipped.files)
    if shipped.program and shipped.unit:
        wants = f"/etc/systemd/system/multi-user.target.wants/{shipped.unit}"
        unit = _UNITS + shipped.unit
        files.setdefault(unit, StockFile("", "[Install]\n"))
        files[shipped.program] = StockFile("", "#!/bin/sh\n")
        files[wants] = StockFile("", "", unit)
    for path, file in files.items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.target:
            place.symlink_to(file.target)
        else:
            place.write_text(file.text)
            place.chmod(0o755 if file.text.startswith("#!") else 0o644)
        yield place


@cache
def platform(name: str) -> tuple[Platform, str]:
    """The row that a system gets, and why: it may be that of another release."""
    fields = parse_os_release(system(name).files["/etc/os-release"].text)
    likes = tuple(fields.get("ID_LIKE", "").split())
    codename = fields.get("UBUNTU_CODENAME") or fields.get("VERSION_CODENAME") or None
    return platform_of(
        Distribution(fields["ID"], likes, fields.get("VERSION_ID"), None, codename)
    )


def row_of(name: str) -> Platform:
    return platform(name)[0]


def attested(row: Platform, conf: str) -> str:
    """How the row's facts about a daemon are known, as README.md says it."""
    files = [
        (name in PACKAGES, file)
        for name in SYSTEMS
        if platform(name)[0] == row and "is in the table as" in platform(name)[1]
        for file in (
            system(name).files.get(f"{folder}{conf}") for folder in ("", "/usr")
        )
        if file
    ]
    of_packages = [file for is_package, file in files if is_package]
    counted = of_packages or [file for _is_package, file in files]
    if not counted:
        return "not seen"
    return "shipped" if all(file.is_verified for file in counted) else "rebuilt"
