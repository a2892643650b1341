# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Put a new configuration into force, or leave the host as it was.

Private to this collection. Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

from . import _files, _services
from ._host import HostError, sha256
from ._lock import lock


class ApplyError(HostError):
    """The new configuration is not in force; the message is a full sentence for the user.

    ``restored`` lists what was put back as it was, ``status`` is what the daemon followed last.
    """

    def __init__(self, message, restored=(), status=None):
        super(ApplyError, self).__init__(message)
        self.restored = list(restored)
        self.status = status


def apply(host, wanted):
    """Carry out ``wanted``, the options of the module timesync_apply, as one transaction.

    Returns a dict of ``commands`` that ran, ``skipped`` steps with their reason, and ``status``.
    Raises HostError if nothing was touched, ApplyError if all that was touched is as it was.
    """
    with lock(host):
        _check_unchanged(host, wanted["files"])
        staged = _files.stage(host, wanted["files"])
        try:
            skipped = _validate(host, wanted, staged)
        except Exception:
            staged.discard()
            raise
        services = _services.Services(host, wanted)
        try:
            staged.swap()
            services.bring_up(staged.paths)
            status = services.verify()
        except Exception as error:
            restored = staged.restore() + services.restore(staged.paths)
            raise ApplyError(
                "%s. Put back as it was: %s."
                % (str(error).rstrip("."), ", ".join(restored)),
                restored,
                getattr(error, "status", None),
            )
        staged.finish()
        return {
            "commands": services.commands,
            "skipped": skipped + services.skipped,
            "status": status,
        }


def _check_unchanged(host, files):
    for wanted in files:
        data = host.read(wanted["path"])
        now = None if data is None else sha256(data)
        if now != wanted["sha256"]:
            raise HostError(
                "%s was changed by someone else since it was looked at. Nothing was done: run"
                " again." % wanted["path"]
            )


def _validate(host, wanted, staged):
    """Let the daemon itself read the candidates; a list of what could not be checked."""
    if wanted["checks"] and not host.live:
        return [
            "The daemon did not check its files: %s is not the running root."
            % host.root
        ]
    for check in wanted["checks"]:
        said = host.run(check["argv"] + [staged.candidate(check["path"])])
        if said.rc != 0:
            raise HostError(
                "%s refuses the new %s, so nothing was changed: %s"
                % (os.path.basename(check["argv"][0]), check["path"], said.words)
            )
    return []
