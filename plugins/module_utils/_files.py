# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that change together: staged, swapped in, and put back if need be.

A candidate is staged beside its target, where the daemon's AppArmor or SELinux policy lets it be
read, and named so that no include pattern of a daemon matches it.

Private to this collection. Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import stat

from ._host import to_bytes

CANDIDATE = ".vmtime-new"
ORIGINAL = ".vmtime-original"


def stage(host, files):
    """Write the candidates; ``files`` as the module timesync_apply documents them."""
    staged = Staged(host)
    try:
        for wanted in files:
            staged.add(wanted)
    except Exception:
        staged.discard()
        raise
    return staged


class Staged:
    """Candidates beside their targets, and what the targets were before."""

    def __init__(self, host):
        self._host = host
        self._changes = []
        self._folders = []
        self._originals = []

    @property
    def paths(self):
        """The paths that change, as the host sees them."""
        return [change["path"] for change in self._changes]

    def candidate(self, path):
        """Where the text that shall become ``path`` can be read now."""
        for change in self._changes:
            if change["path"] == path and change["candidate"]:
                return change["candidate"]
        return self._host.real(path)

    def add(self, wanted):
        target = self._host.real(wanted["path"])
        change = {
            "path": wanted["path"],
            "target": target,
            "before": _remember(target),
            "candidate": None,
            "keep_original": wanted["keep_original"],
        }
        self._changes.append(change)
        if wanted["text"] is None:
            return
        self._make_folder(os.path.dirname(target))
        mode = int(wanted["mode"], 8)
        change["candidate"] = target + CANDIDATE
        _write(
            change["candidate"],
            to_bytes(wanted["text"]),
            _look_of(change["before"], mode),
        )

    def swap(self):
        """Every candidate takes its target's place; each step is atomic and on disk after it."""
        for change in self._changes:
            if change["keep_original"] and change["before"]:
                self._keep_original(change)
            if change["candidate"]:
                os.rename(change["candidate"], change["target"])
            elif change["before"]:
                os.unlink(change["target"])
            _sync_folder(os.path.dirname(change["target"]))
        self._label()

    def restore(self):
        """Every target as it was, byte for byte; the list of paths that were put back."""
        restored = []
        for change in reversed(self._changes):
            if _remember(change["target"]) != change["before"]:
                _put_back(change["target"], change["before"])
                restored.append(change["path"])
        for path in self._originals:
            os.unlink(path)
        self.discard()
        self._label()
        return sorted(restored)

    def discard(self):
        """Remove the candidates and the folders that were made for them."""
        for change in self._changes:
            if change["candidate"] and os.path.lexists(change["candidate"]):
                os.unlink(change["candidate"])
        for folder in reversed(self._folders):
            if os.path.isdir(folder) and not os.listdir(folder):
                os.rmdir(folder)

    def finish(self):
        """Remove the folders that the removal of their last file has left empty."""
        for change in self._changes:
            folder = os.path.dirname(change["target"])
            if (
                not change["candidate"]
                and folder.endswith(".d")
                and not os.listdir(folder)
            ):
                os.rmdir(folder)

    def _keep_original(self, change):
        original = change["target"] + ORIGINAL
        if not os.path.lexists(original):
            _put_back(original, change["before"])
            self._originals.append(original)

    def _make_folder(self, folder):
        if not os.path.isdir(folder):
            self._make_folder(os.path.dirname(folder))
            os.mkdir(folder, 0o755)
            self._folders.append(folder)

    def _label(self):
        # a file renamed into place keeps the label of its old name, which chronyd may not read
        if self._host.exists("/sys/fs/selinux/enforce"):
            present = [path for path in self.paths if self._host.exists(path)]
            self._host.run(["restorecon"] + present)


def _remember(target):
    """What is at a path now: None, or its link target, or its bytes, mode, owner, group, label."""
    try:
        about = os.lstat(target)
    except OSError:
        return None
    if stat.S_ISLNK(about.st_mode):
        return {"link": os.readlink(target)}
    with open(target, "rb") as stream:
        data = stream.read()
    return {
        "data": data,
        "mode": stat.S_IMODE(about.st_mode),
        "owner": about.st_uid,
        "group": about.st_gid,
    }


def _look_of(before, mode):
    """Owner and mode of what was there; root's and ``mode`` for what is new."""
    if before is None or "link" in before:
        return {"mode": mode, "owner": 0, "group": 0}
    return before


def _write(path, data, look):
    # a candidate of a run that was killed may be left
    if os.path.lexists(path):
        os.unlink(path)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as stream:
        if os.geteuid() == 0:
            os.fchown(handle, look["owner"], look["group"])
        os.fchmod(handle, look["mode"])
        stream.write(data)
        stream.flush()
        os.fsync(handle)


def _put_back(target, before):
    if before is None:
        os.unlink(target)
    elif "link" in before:
        if os.path.lexists(target + CANDIDATE):
            os.unlink(target + CANDIDATE)
        os.symlink(before["link"], target + CANDIDATE)
        os.rename(target + CANDIDATE, target)
    else:
        _write(target + CANDIDATE, before["data"], before)
        os.rename(target + CANDIDATE, target)
    _sync_folder(os.path.dirname(target))


def _sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
