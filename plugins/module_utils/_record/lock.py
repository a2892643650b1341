# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One lock per host: two runs never change it at the same time.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import contextlib
import errno
import fcntl
import os
import time

from .._host import HostError
from .._tables.own import LOCK as PATH

# a run that verifies holds the lock for as long as the default verify_timeout, and a little more
WAIT_SECONDS = 90


def monotonic():
    """Seconds of a clock that nobody sets: a time daemon may step the other one meanwhile.

    Python 2.7 has no time.monotonic().
    """
    return os.times()[4]


@contextlib.contextmanager
def lock(host, wait=WAIT_SECONDS):
    """Hold the host's lock, which the kernel releases whatever becomes of this process.

    Raises HostError with the holder's process id if it is not free within ``wait`` seconds.
    """
    path = host.real(PATH)
    if not os.path.isdir(os.path.dirname(path)):
        os.makedirs(os.path.dirname(path), 0o755)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise HostError(
            "The lock %s can't be taken (%s). Only root can change a host: use become."
            % (path, error.strerror)
        )
    try:
        end = monotonic() + wait
        while not _taken(handle):
            if monotonic() > end:
                raise HostError(
                    "Another run (process %s) has been changing this host for more than %d s."
                    % (
                        os.read(handle, 20).decode("ascii", "replace") or "unknown",
                        wait,
                    )
                )
            time.sleep(0.2)
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode("ascii"))
        yield
    finally:
        os.close(handle)


def _taken(handle):
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (IOError, OSError) as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        return False
    return True
