# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Units that change together: others stopped, the planned ones started and proven, or all put back.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import re
import time

from .._host import Host, HostError, sentence
from .._observe import status as _status
from .._observe import units as _units
from .._observe.system_journal import SystemJournal, told_by, told_of
from .._record.lock import monotonic
from .._tables.own import UNITS
from .._tables.units import ABSENT

# A daemon that dies of its configuration does so at once, but systemd calls it active before.
SETTLE_SECONDS = 4
POLL_SECONDS = 0.25

# What a daemon tells of a line that it passes over, by provider: it would be lost in silence.
COMPLAINTS = {"ntp": re.compile(r"syntax error in .*")}


class ServiceError(HostError):
    """A unit did not do what it should; the message is a full sentence for the user.

    ``status`` is what the daemon followed last, or None.
    """

    def __init__(self, message, status=None):
        super(ServiceError, self).__init__(message)
        self.status = status


class Services:
    """The units of one transaction: those to start, in order, and others to stop.

    The last one to start is the daemon that follows the sources. There may be none.
    ``before`` are the units that a package of this run has changed, as they were before that; None
    for one that was not there.
    """

    def __init__(self, host, start, stop, before=None):
        self._host = host
        self._start = start
        self._stop = stop
        self._before = before or {}
        self._journal = SystemJournal(host)
        self.commands = []
        self.skipped = []

    @property
    def record(self):
        """All that put_back() must know, fit for JSON."""
        units = self._observe()
        for name in set(units) & set(self._before):
            units[name] = self._before[name] or ABSENT
        return {"start": self._start, "stop": self._stop, "units": units}

    @property
    def known(self):
        """Each unit's state; None for one of this collection's own that is not there yet."""
        own = [unit for unit in self._start if unit in UNITS]
        return dict(dict.fromkeys(own), **self._observe())

    def _observe(self):
        return _units.observe(self._host, self._stop + self._start)

    def bring_up(self):
        """Stop others, start ours."""
        before = self._observe()
        for unit in self._stop:
            if self._host.booted:
                self._systemctl("stop", unit)
            # a masked one is as good as disabled, and of one that is gone only its process was left
            if before.get(unit, {}).get("load") == "loaded":
                self._systemctl("disable", unit)
        for unit in self._start:
            # Debian's "systemctl enable" takes two seconds, even if there is nothing to do
            if before.get(unit, {}).get("enabled") != "enabled":
                self._systemctl("enable", unit)
            if self._host.booted:
                self._restart(unit)
            else:
                self.skipped.append(
                    "%s was enabled but not started: systemd does not run here." % unit
                )

    def verify(self, wanted):
        """Wait until a planned source is selected; the status then, None where nothing runs."""
        if not self._host.booted or not self._start:
            return None
        daemon = self._start[-1]
        began = monotonic()
        has_settled = False
        while True:
            for unit in self._start:
                self._check_active(unit)
            elapsed = monotonic() - began
            if elapsed >= SETTLE_SECONDS:
                if not has_settled:
                    self._check_complaints(daemon, wanted["provider"])
                    has_settled = True
                status = _status.ask(self._host, wanted["provider"], wanted["version"])
                if wanted["timeout"] == 0:
                    self.skipped.append(
                        "The sources were not verified: verify_timeout is 0."
                    )
                    return status
                if _follows(status, wanted):
                    return status
                if elapsed > wanted["timeout"]:
                    raise ServiceError(
                        "%s follows none of the planned sources (%s) after %d s: %s"
                        % (
                            daemon,
                            ", ".join(wanted["sources"]) or "the distribution's",
                            wanted["timeout"],
                            _tell(status, wanted["min_sources"]),
                        ),
                        status,
                    )
            time.sleep(POLL_SECONDS)

    def put_back(self, record):
        """Every unit as it was: those that were put back, and a sentence per problem."""
        restored, problems = [], []
        # ours first: they must not run beside those that come back
        units = self._start[::-1] + self._stop
        there = _units.observe(self._host, units)
        for unit in units:
            before = record["units"].get(unit)
            try:
                if unit not in there:
                    self._end(unit)
                elif before is not None:
                    self._bring_to(unit, before)
                    restored.append(unit)
            except HostError as error:
                problems.append(sentence(error))
        return restored, problems

    def bring_back(self, units):
        """Bring each unit to the state that it is given here; those that run are restarted."""
        there = _units.observe(self._host, sorted(units))
        for unit, state in sorted(units.items()):
            if unit not in there and _runs(state):
                raise ServiceError(
                    "%s was in use before the first run, and is not there any more. Install its"
                    " package first." % unit
                )
        problems = self.put_back({"units": units})[1]
        if problems:
            raise ServiceError("; ".join(problems))

    def _bring_to(self, unit, before):
        if before["enabled"] in ("enabled", "generated"):
            self._systemctl("enable", unit)
        elif before["enabled"] == "disabled":
            self._systemctl("disable", unit)
        if not self._host.booted:
            return
        if _is_active(before):
            self._restart(unit)
            # systemctl is content with a unit that a condition keeps from starting
            self._check_active(unit)
        else:
            self._systemctl("stop", unit)

    def _end(self, unit):
        """Stop what runs on of a unit whose file is gone."""
        asked = ["systemctl", "is-active", "--quiet", "--", unit]
        if self._host.booted and self._host.run(asked).rc == 0:
            self._systemctl("stop", unit)

    def _restart(self, unit):
        # a daemon that died again and again has used up the starts that systemd allows
        self._run(["systemctl", "reset-failed", "--", unit])
        self._systemctl("restart", unit)

    def reload(self, files):
        """Let systemd and udev read the changed files that are theirs."""
        if not self._host.booted:
            return
        paths = [file["path"] for file in files]
        if any(path.startswith("/etc/systemd/system/") for path in paths):
            said = self._run(["systemctl", "daemon-reload"])
            if said.rc != 0:
                raise ServiceError("'systemctl daemon-reload' failed: %s" % said.words)
        if any(path.startswith("/etc/udev/rules.d/") for path in paths):
            self._run(["udevadm", "control", "--reload"])
            # the default action, change, makes systemd's rules before 257 drop the symlink
            self._run(["udevadm", "trigger", "--subsystem-match=ptp", "--action=add"])
            self._run(["udevadm", "settle", "--timeout=5"])

    def _systemctl(self, verb, unit):
        root = [] if self._host.live else ["--root=" + self._host.root]
        said = self._run(["systemctl"] + root + [verb, "--", unit])
        if said.rc == 127 and not self._host.booted:
            self.skipped.append("There is no systemctl to %s %s." % (verb, unit))
        elif said.rc != 0:
            words = ""
            if unit in self._start:
                words = _last(told_by(unit, self._journal.entries()))
            raise ServiceError(
                "'systemctl %s %s' failed: %s" % (verb, unit, words or said.words)
            )

    def _run(self, argv):
        # systemctl --root is a program of this host that changes another root
        said = Host().run(argv, timeout=120)
        self.commands.append(" ".join(argv))
        return said

    def _check_active(self, unit):
        seen = _units.observe(self._host, [unit]).get(unit)
        if seen is None:
            raise ServiceError("There is no unit %s." % unit)
        if not seen["condition"]:
            raise ServiceError(
                "%s did not start because a condition of its unit is not met, as in a container"
                " that may not set the clock, or while another time daemon is installed."
                % unit
            )
        if not _is_active(seen):
            entries = self._journal.entries()
            words = [told_by(unit, entries), told_of(unit, entries)]
            raise ServiceError(
                "%s started and ended again: %s"
                % (unit, "; ".join(_last(lines) for lines in words if lines))
            )

    def _check_complaints(self, unit, provider):
        if provider not in COMPLAINTS:
            return
        for line in told_by(unit, self._journal.entries()):
            found = COMPLAINTS[provider].search(line)
            if found:
                raise ServiceError(
                    "%s does not understand its file: %s" % (unit, found.group())
                )


def _last(lines):
    """The last lines of a journal as one: of more, the first tell of versions and features."""
    return "; ".join(lines[-4:])


def _is_active(state):
    return state["active"] in ("active", "activating", "reloading")


def _runs(state):
    return _is_active(state) or state["enabled"] == "enabled"


def _follows(status, wanted):
    """True if a selected source that answers is one of the planned."""
    for source in status["sources"]:
        if source["state"] == "selected" and source["reach"] != "0":
            names = {source["name"], source["address"]}
            if wanted["any_source"] or names & set(wanted["sources"]):
                return True
    return False


def _tell(status, min_sources):
    """What keeps the daemon from following a source, for the error of a host that follows none."""
    if status["reason"]:
        return status["reason"]
    if not status["sources"]:
        return "the daemon has no source."
    told = "; ".join(
        "%s is %s, reach %s" % (source["name"], source["state"], source["reach"])
        for source in status["sources"]
    )
    if min_sources > 1:
        answer = sum(source["reach"] != "0" for source in status["sources"])
        told += "; min_sources is %d, and %d answer" % (min_sources, answer)
    return told
