# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of a run: written before anything else, gone when the run has ended either way.

A journal that is there without its run means that the run was killed, or that the machine went
down. It holds all that is needed to put the host back.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os

from .._host import HostError, sync_folder
from .._tables.own import JOURNAL as PATH


def exists(host):
    return host.is_file(PATH)


def write(host, record):
    """Put the record on disk, for root alone: it holds whole files."""
    path = host.real(PATH)
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        if not os.path.isdir(os.path.dirname(folder)):
            os.makedirs(os.path.dirname(folder), 0o755)
        os.mkdir(folder, 0o700)
    handle = os.open(
        path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600
    )
    try:
        with os.fdopen(handle, "w") as stream:
            json.dump(record, stream)
            stream.flush()
            os.fsync(handle)
    except EnvironmentError as error:
        # of an open file the system does not tell the name
        raise OSError(error.errno, os.strerror(error.errno), path)
    os.rename(path + ".new", path)
    sync_folder(folder)
    sync_folder(os.path.dirname(folder))


def read(host):
    """The record, or None if there is no journal. Raises HostError if it is damaged."""
    if not exists(host):
        return None
    try:
        with open(host.target(PATH)) as stream:
            return json.load(stream)
    except ValueError:
        raise HostError(
            "%s can't be understood, so what an interrupted run did can't be undone. Move it away,"
            " and the next run goes on from the host as it is." % PATH
        )


def remove(host):
    """The run has ended; the folder goes too if there is nothing else in it."""
    path = host.real(PATH)
    for name in (path, path + ".new"):
        if os.path.lexists(name):
            os.unlink(name)
    folder = os.path.dirname(path)
    if os.path.isdir(folder):
        sync_folder(folder)
        if not os.listdir(folder):
            os.rmdir(folder)
