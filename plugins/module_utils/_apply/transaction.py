# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Put a new configuration into force, or leave the host as it was.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import collections
import os
import signal

from .._host import HostError, sentence, sha256
from .._record import first_run, journal
from .._record.lock import lock
from .._tables.own import CANDIDATE
from . import files as _files
from . import kernel
from .services import Services


class ApplyError(HostError):
    """The new configuration is not in force; the message is a full sentence for the user.

    ``restored`` lists what was put back as it was, ``status`` is what the daemon followed last,
    ``commands`` are the programs that ran before it was put back.
    """

    def __init__(self, message, restored, status=None, commands=()):
        super(ApplyError, self).__init__(message)
        self.restored = restored
        self.status = status
        self.commands = list(commands)


# restored: the files, settings and units that are as they were
# left:     the files that somebody else has changed since, and that stay so
# problems: a sentence for each thing that could not be put back
# journal:  whether that is still there, for it holds the text of a file that could not
Undone = collections.namedtuple("Undone", "restored left problems journal")


class Interrupted(HostError):
    """A signal asks this process to end."""


def undo_on_signals():
    """Let the first signal that asks this process to end undo what it is about to do."""
    signals = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)

    def interrupt(number, _frame):
        for each in signals:
            # not SIG_IGN, which the programs that put things back would inherit
            signal.signal(each, lambda _number, _frame: None)
        raise Interrupted("Signal %d interrupted the run." % number)

    for number in signals:
        signal.signal(number, interrupt)


def apply(host, wanted):
    """Carry out ``wanted``, the options of the module timesync_apply, as one transaction.

    Returns a dict of ``commands`` that ran, ``skipped_steps`` with their reasons, ``restored`` and
    ``status``. Raises HostError if nothing was touched, ApplyError if all is as it was.
    """
    # folders are made with the mode that is given here, whatever that of root's session
    os.umask(0o022)
    with lock(host):
        recovered = _recover(host)
        if wanted["recover"]:
            return recovered
        if recovered["restored"]:
            raise HostError("An interrupted run was undone first. Run again.")
        bring = _bring_back if wanted["absent"] else _configure
        return bring(host, wanted)


def _configure(host, wanted):
    _check_unchanged(host, wanted["files"])
    services = Services(host, wanted["start"], wanted["stop"], wanted["units_before"])
    seen = _files.remember(host, wanted["files"])
    files = wanted["files"] + first_run.additions(
        host,
        seen,
        services.known,
        wanted["units_before"] or {},
        kernel.remember(host, wanted["kernel"]),
    )

    def put_into_force():
        services.bring_up()
        return services.verify(wanted["verify"])

    return _transact(host, files, wanted, services, put_into_force)


def _bring_back(host, wanted):
    """Everything as it was before the first run; nothing if there was none."""
    record = first_run.read(host)
    if record is None:
        return {"commands": [], "skipped_steps": [], "restored": [], "status": None}
    files = first_run.restoration(host, record)
    units = first_run.units(record)
    services = Services(host, start=[], stop=sorted(units))
    return _transact(host, files, wanted, services, lambda: services.bring_back(units))


def _transact(host, files, wanted, services, put_into_force):
    """Journal, stage, check, swap and put_into_force(), or everything as it was."""
    record = {
        "files": _files.remember(host, files),
        "services": services.record,
        "kernel": kernel.remember(host, wanted["kernel"]),
        "touched": False,
    }
    try:
        journal.write(host, record)
        _files.stage(host, files, record["files"])
        skipped = _validate(host, files, wanted["checks"])
        record["touched"] = True
        journal.write(host, record)
        _files.swap(host, files, record["files"])
        services.reload(files)
        services.commands += kernel.change(host, wanted["kernel"])
        status = put_into_force()
        _files.forget(host, files)
        _files.tidy(host, files)
    except Exception as error:
        undone = _undo(host, record)
        told = _tell(sentence(error), undone)
        status = getattr(error, "status", None)
        raise ApplyError(told, undone.restored, status, services.commands)
    # without the journal the new state stands, whatever becomes of this process
    journal.remove(host)
    return {
        "commands": services.commands,
        "skipped_steps": skipped + services.skipped,
        "restored": [],
        "status": status,
    }


def _recover(host):
    """Undo what the journal of a killed run tells; what was put back, as apply() returns it."""
    record = journal.read(host)
    done = {"commands": [], "skipped_steps": [], "restored": [], "status": None}
    if record is None:
        # a run that was killed before its journal was complete has done nothing else
        journal.remove(host)
        return done
    undone = _undo(host, record)
    told = _tell("An interrupted run was undone", undone)
    if undone.problems:
        raise ApplyError(told, undone.restored)
    done["restored"] = undone.restored
    done["skipped_steps"].append(told)
    return done


def _undo(host, record):
    """Put everything back that the record of a run tells of.

    What becomes of units and settings the next run sees by itself; only for files it needs the
    journal. So a daemon that does not start any more does not keep all later runs from their work.
    """
    restored, left, problems = _files.put_back(host, record["files"])
    needs_journal = bool(problems)
    if record["touched"]:
        services = Services(
            host, record["services"]["start"], record["services"]["stop"]
        )
        # as on the way there: udev's rules, the clocks of the kernel, the daemons
        try:
            services.reload(record["files"])
        except HostError as error:
            problems.append(sentence(error))
        done, failed = kernel.put_back(host, record.get("kernel", []))
        restored, problems = restored + done, problems + failed
        done, failed = services.put_back(record["services"])
        restored, problems = restored + done, problems + failed
    if not needs_journal:
        journal.remove(host)
    # that one is nobody's but ours
    restored = [name for name in restored if name != first_run.PATH]
    return Undone(restored, left, problems, needs_journal)


def _tell(what, undone):
    told = what.rstrip(".") + "."
    if undone.restored:
        told += " Put back as it was: %s." % ", ".join(undone.restored)
    if undone.left:
        told += " Left as somebody else has changed it: %s." % ", ".join(undone.left)
    if undone.problems:
        problems = [problem.rstrip(".") for problem in undone.problems]
        told += " This could not be put back: %s." % "; ".join(problems)
    if undone.journal:
        told += " What was there is in %s, and the next run tries again." % journal.PATH
    return told


def _check_unchanged(host, files):
    for wanted in files:
        if wanted.get("is_secret"):
            continue  # ours alone, and no checksum of it was told
        data = host.read(wanted["path"])
        now = None if data is None else sha256(data)
        if now != wanted["sha256"]:
            raise HostError(
                "%s was changed by someone else since it was looked at. Nothing was done: run"
                " again." % wanted["path"]
            )


def _validate(host, files, checks):
    """Let the daemon itself read the candidates; a list of what could not be checked."""
    if checks and not host.live:
        return [
            "The daemon did not check its files: %s is not the running root."
            % host.root
        ]
    staged = [file["path"] for file in files if file.get("text") is not None]
    for check in checks:
        suffix = CANDIDATE if check["path"] in staged else ""
        said = host.run(check["argv"] + [check["path"] + suffix])
        if said.rc != 0:
            raise HostError(
                "%s refuses the new %s, so nothing was changed: %s"
                % (os.path.basename(check["argv"][0]), check["path"], said.words)
            )
    return []
