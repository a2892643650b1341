# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that change together: staged, swapped in, and put back from a record of how they were.

A candidate is staged beside its target, where the daemon's AppArmor or SELinux policy lets it be
read, and named so that no include pattern of a daemon matches it. Every step is atomic, and on disk
when it returns.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import base64
import os
import stat

from .._host import HostError, sentence, sync_folder, to_bytes
from .._tables.own import CANDIDATE, ORIGINAL, PREVIOUS

# Others, as the checksums of IMA, belong to the content and not to the file.
_ATTRIBUTES = ("system.posix_acl_access", "security.selinux", "user.")

# systemd's folders of drop-ins, which no package ships in /etc
DROP_IN_FOLDERS = (".service.d", ".device.d", "/timesyncd.conf.d")


def remember(host, files):
    """A record, fit for JSON, of all that must be known to put ``files`` back.

    ``files`` is as the module timesync_apply documents it; instead of ``text`` an entry may have
    ``look``, which is what ``before`` is here. Nothing is written. Each entry has ``path``,
    ``before`` (None, or a link's target, or data in base64 with mode, owner, group and extended
    attributes), ``after`` (the same of what shall stand there), ``original`` (True if a copy will
    be kept) and ``folders`` (those that will be made).
    """
    return [_remember_one(host, wanted) for wanted in files]


def _remember_one(host, wanted):
    target = host.real(wanted["path"])
    before = _look(target)
    after = _wanted_look(host, wanted, before)
    keep = wanted["keep_original"] and before is not None
    return {
        "path": wanted["path"],
        "before": before,
        "after": after,
        "original": keep and not os.path.lexists(target + ORIGINAL),
        "folders": [] if after is None else _missing(host, wanted["path"]),
    }


def _wanted_look(host, wanted, before):
    """What shall stand there; a new text has the owner, mode and attributes of the old one.

    A secret one has its own whatever stands there.
    """
    if "look" in wanted:
        return wanted["look"]
    if wanted["text"] is None:
        return None
    look = before
    if look is None or "link" in look or wanted.get("is_secret"):
        group = wanted.get("group")
        look = {
            "mode": int(wanted["mode"], 8),
            "owner": 0,
            "group": host.group_id(group) if group else 0,
            "attributes": {},
        }
    data = base64.b64encode(to_bytes(wanted["text"])).decode("ascii")
    return dict(look, data=data)


def stage(host, files, record):
    """Write the candidates and their folders; no target is touched."""
    for wanted, entry in zip(files, record):
        for folder in entry["folders"]:
            if not host.is_folder(folder):
                os.mkdir(host.real(folder), 0o755)
        if entry["after"] is not None:
            _make(host.real(wanted["path"]) + CANDIDATE, entry["after"])
        if entry["before"] is not None:
            target = host.real(wanted["path"])
            _remove(target + PREVIOUS)
            try:
                os.link(target, target + PREVIOUS)
            except OSError:
                pass  # not every file system can; then it is written anew


def swap(host, files, record):
    """Every candidate takes its target's place, and what is to go is removed."""
    for wanted, entry in zip(files, record):
        target = host.real(wanted["path"])
        if entry["original"]:
            _put(target + ORIGINAL, entry["before"])
        if entry["after"] is not None:
            os.rename(target + CANDIDATE, target)
        elif entry["before"] is not None:
            os.unlink(target)
        else:
            continue  # nor need its folder be there
        sync_folder(os.path.dirname(target))
    _label(host, record)


def put_back(host, record):
    """Every target as it was, byte for byte.

    Returns the paths put back, those left because somebody has changed them since, and a sentence
    per problem.
    """
    restored, left, problems = [], [], []
    for entry in reversed(record):
        try:
            target = host.real(entry["path"])
            now = _look(target)
            if now != entry["before"]:
                if _is_ours(now, entry["after"]):
                    _put_where_it_was(target, entry["before"])
                    restored.append(entry["path"])
                else:
                    left.append(entry["path"])
            _remove(target + PREVIOUS)
            _remove(target + CANDIDATE)
            if entry["original"]:
                _remove(target + ORIGINAL + CANDIDATE)
                _remove(target + ORIGINAL)
            for folder in reversed(entry["folders"]):
                _remove_if_empty(host.real(folder))
        except (HostError, IOError, OSError) as error:
            problems.append("%s (%s)" % (entry["path"], sentence(error)))
    _label(host, record)
    return sorted(restored), sorted(left), problems


def _is_ours(now, after):
    """True if what is there now is what the run put there; its mode may have changed since."""
    if now is None or after is None:
        return now is None and after is None
    return (now.get("link"), now.get("data")) == (after.get("link"), after.get("data"))


def _put_where_it_was(target, look):
    if not os.path.isdir(os.path.dirname(target)):
        os.mkdir(os.path.dirname(target), 0o755)  # tidy() has removed it
    if look is not None and _look(target + PREVIOUS) == look:
        os.rename(target + PREVIOUS, target)
        sync_folder(os.path.dirname(target))
    else:
        _put(target, look)


def forget(host, files):
    """Give up the second names of what stood there."""
    for wanted in files:
        _remove(host.real(wanted["path"]) + PREVIOUS)


def tidy(host, files):
    """Remove the drop-in folders that the removal of their last file has left empty."""
    for wanted in files:
        target = host.real(wanted["path"])
        folder = os.path.dirname(target)
        gone = not os.path.lexists(target)
        if gone and folder.endswith(DROP_IN_FOLDERS):
            try:
                _remove_if_empty(folder)
            except OSError:
                pass  # an empty folder does no harm


def _missing(host, path):
    """The folders that must be made for a file to be there, the outermost first."""
    folder = host.resolved(os.path.dirname(path))
    missing = []
    while not host.is_folder(folder):
        missing.insert(0, folder)
        folder = os.path.dirname(folder)
    return missing


def _look(target):
    """What is at a path now, as remember() tells it."""
    try:
        about = os.lstat(target)
    except OSError:
        return None
    if stat.S_ISLNK(about.st_mode):
        return {"link": os.readlink(target)}
    if not stat.S_ISREG(about.st_mode):
        raise HostError("%s is neither a file nor a link." % target)
    with open(target, "rb") as stream:
        data = stream.read()
    return {
        "data": base64.b64encode(data).decode("ascii"),
        "mode": stat.S_IMODE(about.st_mode),
        "owner": about.st_uid,
        "group": about.st_gid,
        "attributes": _attributes(target),
    }


def _attributes(target):
    """What the user, an access list or SELinux has added to a file, in base64 by name.

    ``target`` is a path or an open file. Python 2.7 can't ask: there a new file gets the policy's
    label, and its folder's access list.
    """
    if not hasattr(os, "listxattr"):
        return {}
    try:
        names = os.listxattr(target)
    except OSError:
        return {}  # a file system that has none
    return {
        name: base64.b64encode(os.getxattr(target, name)).decode("ascii")
        for name in names
        if name.startswith(_ATTRIBUTES)
    }


def _put(target, look):
    """Make a path what _look() saw."""
    if look is None:
        os.unlink(target)
    else:
        _make(target + CANDIDATE, look)
        os.rename(target + CANDIDATE, target)
    sync_folder(os.path.dirname(target))


def _make(path, look):
    # a link that somebody laid here must not be followed
    _remove(path)
    if "link" in look:
        os.symlink(look["link"], path)
    else:
        _write(path, base64.b64decode(look["data"]), look)


def _write(path, data, look):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            if os.geteuid() == 0:
                os.fchown(handle, look["owner"], look["group"])
            os.fchmod(handle, look["mode"])
            present = _attributes(handle)
            for name, value in sorted(look["attributes"].items()):
                # a label that the mount gives, as in a container, can't be set
                if present.get(name) != value:
                    os.setxattr(handle, name, base64.b64decode(value))
            stream.write(data)
            stream.flush()
            os.fsync(handle)
    except EnvironmentError as error:
        # of an open file the system does not tell the name
        raise OSError(error.errno, os.strerror(error.errno), path)


def _remove(path):
    if os.path.lexists(path):
        os.unlink(path)


def _remove_if_empty(folder):
    if os.path.isdir(folder) and not os.listdir(folder):
        os.rmdir(folder)


def _label(host, record):
    # a file renamed into place keeps the label of its old name, which chronyd may not read
    if host.exists("/sys/fs/selinux/enforce"):
        present = [entry["path"] for entry in record if host.exists(entry["path"])]
        host.run(["restorecon"] + present)
