# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files and folders that "chattr +i" has made immutable, on a disk of this machine.

The hosts of extensions/molecule can't have them: their capabilities lack CAP_LINUX_IMMUTABLE, and
an immutable file that an interrupted test left behind would keep podman from removing its host.
"""

from __future__ import annotations

import subprocess
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._apply import transaction
from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, sha256

MAIN = "etc/chrony/chrony.conf"
OTHER = "etc/default/chrony"


def chattr(sign: str, path: Path) -> bool:
    run = subprocess.run(["chattr", f"{sign}i", path], capture_output=True, check=False)
    return run.returncode == 0


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """A host's root, whose files and folders may become immutable."""
    for name in (MAIN, OTHER):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("old\n")
    unit = tmp_path / "usr/lib/systemd/system/chrony.service"
    unit.parent.mkdir(parents=True)
    unit.write_text("[Install]\nWantedBy=multi-user.target\n")
    for name in ("run", "var/lib"):
        (tmp_path / name).mkdir(parents=True)
    try:
        able = chattr("+", unit) and chattr("-", unit)
        enable = ["systemctl", f"--root={tmp_path}", "enable", "chrony.service"]
        subprocess.run(enable, capture_output=True, check=True)
    except FileNotFoundError as missing:
        pytest.skip(f"this machine has no {missing.filename}")
    if not able:
        pytest.skip(
            "chattr +i is not permitted here, or the file system has no such flag"
        )
    yield tmp_path
    for path in tmp_path.rglob("*"):
        chattr("-", path)


def run(root: Path) -> None:
    old = sha256(b"old\n")
    names = (OTHER, MAIN)
    change: dict[str, t.Any] = {"text": "new\n", "sha256": old, "mode": "0644"}
    wanted: dict[str, t.Any] = {
        "recover": False,
        "absent": False,
        "units_before": None,
        "kernel": [],
        "files": [
            {**change, "path": f"/{name}", "keep_original": True} for name in names
        ],
        "checks": [],
        "stop": [],
        "start": ["chrony.service"],
        "verify": {},
    }
    transaction.apply(Host(str(root)), wanted)


def state(root: Path) -> dict[Path, tuple[int, bytes]]:
    """Mode and content of every path, but for the lock's folder."""
    return {
        path: (path.lstat().st_mode, content(path))
        for path in root.rglob("*")
        if not path.is_relative_to(root / "run")
    }


def content(path: Path) -> bytes:
    if path.is_symlink():
        return bytes(path.readlink())
    return path.read_bytes() if path.is_file() else b""


@pytest.mark.parametrize(
    ("immutable", "restored"),
    [
        pytest.param(MAIN, [f"/{OTHER}", "chrony.service"], id="the second file"),
        pytest.param(OTHER, ["chrony.service"], id="the first file"),
        pytest.param("etc/chrony", [], id="a folder"),
        pytest.param("etc/default", [], id="another folder"),
        pytest.param("var/lib", [], id="the journal's folder"),
    ],
)
def test_what_is_immutable_is_told_and_all_is_as_it_was(
    tree: Path, immutable: str, restored: list[str]
) -> None:
    before = state(tree)
    assert chattr("+", tree / immutable)
    with pytest.raises(transaction.ApplyError) as caught:
        run(tree)
    assert str(tree / immutable) in str(caught.value)
    assert "Operation not permitted" in str(caught.value)
    assert "could not be put back" not in str(caught.value)
    assert caught.value.restored == restored
    assert state(tree) == before

    assert chattr("-", tree / immutable)
    run(tree)
    assert [(tree / name).read_text() for name in (OTHER, MAIN)] == ["new\n", "new\n"]
