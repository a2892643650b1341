# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one door to the managed host: a root folder, and what can be read and run below it.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import errno
import fnmatch
import grp
import hashlib
import os
import pwd
import re
import signal
import stat
import subprocess
import threading

# Files larger than this are no configuration of a time daemon.
MAX_BYTES = 1024 * 1024

_STEP_LIMIT = 400
# unicode in Python 2, str in 3
_TEXT = type(b"".decode("ascii"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ENVIRONMENT = {
    "LC_ALL": "C",
    "PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin",
    "SYSTEMD_COLORS": "0",
    "SYSTEMD_PAGER": "",
}


class HostError(Exception):
    """The host refused something; the message is a full sentence for the user."""


class Result:
    """What a program said: ``rc`` (int; 127 if it is not there), ``out`` and ``err`` (text)."""

    def __init__(self, rc, out, err):
        self.rc = rc
        self.out = out
        self.err = err

    @property
    def words(self):
        """The first lines that a person would read, error output first."""
        return (self.err.strip() or self.out.strip())[:2000]


class Host:
    """A host below ``root``: ``/`` is the running host, any other folder a recorded or mounted one.

    Paths are absolute as the host itself sees them, and symlinks are followed inside the root.
    """

    def __init__(self, root="/"):
        self.root = os.path.normpath("/" + root.strip("/"))

    @property
    def live(self):
        """True if programs can be asked: only the host's own root is alive."""
        return self.root == "/"

    @property
    def booted(self):
        """True if systemd runs here as PID 1 (the test of sd_booted(3))."""
        return self.live and os.path.isdir("/run/systemd/system")

    def real(self, path):
        """The path outside of the root that ``path`` stands for, its parent links followed.

        Raises OSError if these link in a circle, as open(2) does.
        """
        if self.live:
            return path
        folder, name = os.path.split(os.path.normpath(path))
        parent = self._follow(folder)
        if not parent:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        return os.path.join(parent, name)

    def _follow(self, path):
        """Resolve ``path`` as a chroot would: an absolute link starts at the root again.

        What links in a circle is the empty path, which never exists.
        """
        done = self.root
        rest = [part for part in path.split("/") if part]
        for _unused in range(_STEP_LIMIT):
            if not rest:
                return done
            part = rest.pop(0)
            if part == "..":
                done = os.path.dirname(done) if done != self.root else done
                continue
            step = os.path.join(done, part)
            if not os.path.islink(step):
                done = step
                continue
            target = os.readlink(step)
            if target.startswith("/"):
                done = self.root
            rest = [word for word in target.split("/") if word and word != "."] + rest
        return ""

    def target(self, path):
        """As real(), but if ``path`` itself is a link, where that leads; empty in a circle."""
        return path if self.live else self._follow(path)

    def resolved(self, path):
        """The path without any link in it, as the host sees it."""
        if self.live:
            return os.path.realpath(path)
        return self._follow(path)[len(self.root) :]

    def exists(self, path):
        return os.path.exists(self.target(path))

    def is_folder(self, path):
        return os.path.isdir(self.target(path))

    def is_file(self, path):
        """True for a regular file: anything else that bears the name could block a reader."""
        return os.path.isfile(self.target(path))

    def is_executable(self, path):
        return self.is_file(path) and os.access(self.target(path), os.X_OK)

    def link(self, path):
        """What the symlink ``path`` says, or None if it is not a symlink."""
        try:
            return os.readlink(self.real(path))
        except OSError:
            return None

    def glob(self, pattern):
        """Paths that match, sorted, as the host sees them; a wildcard never crosses a slash."""
        paths = [""]
        for part in pattern.strip("/").split("/"):
            found = []
            for path in paths:
                if "*" in part:
                    names = fnmatch.filter(self._names(path or "/"), part)
                else:
                    names = [part]
                found += [path + "/" + name for name in names]
            paths = found
        return sorted(path for path in paths if self.exists(path) or self.link(path))

    def _names(self, folder):
        try:
            names = os.listdir(self.target(folder))
        except OSError:
            return []
        return [name for name in names if _is_text(name) and not _CONTROL.search(name)]

    def read(self, path):
        """The bytes of a regular file, None if there is none or it can't be read.

        Anything else that bears the name (a pipe, a device) is never opened: it could block.
        """
        target = self.target(path)
        try:
            if not stat.S_ISREG(os.stat(target).st_mode):
                return None
            with open(target, "rb") as stream:
                return stream.read(MAX_BYTES)
        except (IOError, OSError):
            return None

    def text(self, path):
        """The file as text without the white space around it, None if there is none."""
        data = self.read(path)
        return None if data is None else to_text(data).strip()

    def line(self, path):
        """What a file of one line says, as a message can show it: at most 200 characters."""
        text = self.text(path)
        return None if text is None else one_line(text)

    def describe(self, path, secret=False):
        """A file as data: text, sha256 (hex), mode (octal text), owner, group, symlink, matches.

        Of a secret file neither text nor checksum is told: both would give its content away.
        What is not UTF-8, or too large, has no text: written back, it would not be what it was.
        Returns None if there is no such regular file.
        """
        data = self.read(path)
        if data is None:
            return None
        try:
            about = os.stat(self.target(path))
        except OSError:
            return None  # DHCP's files come and go
        # through a link a file of another kind could be told, as a key
        secret = secret or bool(self.link(path) and not about.st_mode & stat.S_IROTH)
        whole = len(data) < MAX_BYTES and _is_text(data)
        return {
            "text": to_text(data) if whole and not secret else None,
            "sha256": None if secret else sha256(data),
            "mode": "%04o" % stat.S_IMODE(about.st_mode),
            "owner": self._name_of(about.st_uid, pwd.getpwuid, "/etc/passwd"),
            "group": self._name_of(about.st_gid, grp.getgrgid, "/etc/group"),
            "symlink": self.link(path),
            "matches": None,
        }

    def _name_of(self, number, look_up, database):
        """The name of a user or group; another root has its own."""
        try:
            if self.live:
                return look_up(number)[0]
            return self._entry(database, 2, str(number))[0]
        except KeyError:
            return str(number)

    def group_id(self, name):
        """The number of a group. Raises HostError if the host has no such group."""
        try:
            if self.live:
                return grp.getgrnam(name)[2]
            return int(self._entry("/etc/group", 0, name)[2])
        except (KeyError, ValueError):
            raise HostError("There is no group %s on this host." % name)

    def _entry(self, database, column, value):
        for line in (self.text(database) or "").splitlines():
            entry = line.split(":")
            if len(entry) > 2 and entry[column] == value:
                return entry
        raise KeyError(value)

    def which(self, *paths):
        """The first of the given paths that is an executable file, or None."""
        for path in paths:
            if self.is_executable(path):
                return path
        return None

    def run(self, argv, timeout=30):
        """Run a program in the C locale; it is killed after ``timeout`` seconds (rc 124)."""
        if not self.live:
            return Result(
                127,
                "",
                "%s was not run: %s is not the running host's root."
                % (argv[0], self.root),
            )
        environment = dict(os.environ)
        environment.update(_ENVIRONMENT)
        try:
            process = subprocess.Popen(  # pylint: disable=ansible-bad-function
                argv,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                close_fds=True,
                cwd="/",
                preexec_fn=os.setsid,
            )
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.EACCES, errno.ENOEXEC):
                raise
            return Result(127, "", "%s: %s" % (argv[0], os.strerror(error.errno)))
        late = []

        def end():
            late.append(True)
            try:
                # its whole group: what it has started holds its output open
                os.killpg(process.pid, signal.SIGKILL)
            except OSError:
                pass  # it has just ended

        timer = threading.Timer(timeout, end)
        timer.start()
        try:
            out, err = process.communicate()
        finally:
            timer.cancel()
        if late:
            return Result(
                124,
                to_text(out),
                "%s did not end within %d s." % (" ".join(argv), timeout),
            )
        return Result(process.returncode, to_text(out), to_text(err))


def sentence(error):
    """What an exception says, as text; Python 2's str() fails on what is not ASCII."""
    if error.args and isinstance(error.args[0], (bytes, _TEXT)):
        return to_text(error.args[0])
    return to_text(str(error))


def one_line(text):
    """A text cut to 200 characters, with a question mark for each that is not printable ASCII."""
    return re.sub(r"[^ -~]", "?", text[:200])


def sync_folder(folder):
    """Put a folder's entries on disk: a rename in it counts only then."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def to_text(data):
    return data if not isinstance(data, bytes) else data.decode("utf-8", "replace")


def to_bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


def _is_text(data):
    """True for what can travel as UTF-8: bytes, or a name as os.listdir() gives it."""
    try:
        if isinstance(data, bytes):
            data.decode("utf-8")
        else:
            data.encode("utf-8")
    except ValueError:
        return False
    return True


def version_in(text, pattern):
    """The first version number that ``pattern`` (one group) finds in a program's words, or None."""
    found = re.search(pattern, text)
    return found.group(1) if found else None
