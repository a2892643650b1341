# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Units that change together: others stopped, the planned one started and proven, or all put back.

Private to this collection. Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import time

from . import _status, _units
from ._host import Host, HostError
from ._lock import monotonic

# A daemon that dies of its configuration does so at once, but systemd calls it active before.
SETTLE_SECONDS = 1
POLL_SECONDS = 0.25


class ServiceError(HostError):
    """A unit did not do what it should; the message is a full sentence for the user.

    ``status`` is what the daemon followed last, or None.
    """

    def __init__(self, message, status=None):
        super(ServiceError, self).__init__(message)
        self.status = status


class Services:
    """The units of one transaction; ``wanted`` is the options of the module timesync_apply."""

    def __init__(self, host, wanted):
        self._host = host
        self._start = wanted["start"]
        self._stop = wanted["stop"]
        self._verify = wanted["verify"]
        self._before = _units.observe(host, self._stop + [self._start])
        self._cursor = self._journal_cursor()
        self.commands = []
        self.skipped = []

    def bring_up(self, paths):
        """Make the units that the changed ``paths`` concern known, stop others, start ours."""
        self._reload(paths)
        for unit in self._stop:
            if self._host.booted:
                self._systemctl("stop", unit)
            self._systemctl("disable", unit)
        self._systemctl("enable", self._start)
        if not self._host.booted:
            self.skipped.append(
                "%s was enabled but not started: systemd does not run here."
                % self._start
            )
            return
        self._systemctl("restart", self._start)

    def verify(self):
        """Wait until a planned source is selected; the status then, None where nothing runs."""
        if not self._host.booted:
            return None
        began = monotonic()
        while True:
            self._check_active()
            elapsed = monotonic() - began
            status = _status.ask(
                self._host, self._verify["provider"], self._verify["version"]
            )
            if elapsed >= SETTLE_SECONDS:
                if self._verify["timeout"] == 0:
                    self.skipped.append(
                        "The sources were not verified: verify_timeout is 0."
                    )
                    return status
                if self._follows_plan(status):
                    return status
            if elapsed > self._verify["timeout"]:
                raise ServiceError(
                    "%s follows none of the planned sources (%s) after %d s: %s"
                    % (
                        self._start,
                        ", ".join(self._verify["sources"]),
                        self._verify["timeout"],
                        _tell(status),
                    ),
                    status,
                )
            time.sleep(POLL_SECONDS)

    def restore(self, paths):
        """Every unit as it was; the list of those that were put back."""
        self._reload(paths)
        restored = []
        # ours first: it must not run beside those that come back
        for unit in [self._start] + self._stop:
            before = self._before.get(unit)
            if before is None:
                continue
            if before["enabled"] == "enabled":
                self._systemctl("enable", unit, tolerant=True)
            elif before["enabled"] == "disabled":
                self._systemctl("disable", unit, tolerant=True)
            if self._host.booted:
                was_active = before["active"] in ("active", "activating")
                self._systemctl(
                    "restart" if was_active else "stop", unit, tolerant=True
                )
            restored.append(unit)
        return restored

    def _reload(self, paths):
        if not self._host.booted:
            return
        if any(path.startswith("/etc/systemd/system/") for path in paths):
            self._run(["systemctl", "daemon-reload"])
        if any(path.startswith("/etc/udev/rules.d/") for path in paths):
            self._run(["udevadm", "control", "--reload"], tolerant=True)
            # the default action, change, makes systemd's rules before 257 drop the symlink
            trigger = ["udevadm", "trigger", "--subsystem-match=ptp", "--action=add"]
            self._run(trigger, tolerant=True)
            self._run(["udevadm", "settle", "--timeout=5"], tolerant=True)

    def _systemctl(self, verb, unit, tolerant=False):
        root = [] if self._host.live else ["--root=" + self._host.root]
        self._run(["systemctl"] + root + [verb, unit], tolerant)

    def _run(self, argv, tolerant=False):
        # systemctl --root is a program of this host that changes another root
        said = Host().run(argv, timeout=120)
        self.commands.append(" ".join(argv))
        if said.rc != 0 and not tolerant:
            raise ServiceError(
                "'%s' failed: %s" % (" ".join(argv), self._last_words() or said.words)
            )

    def _check_active(self):
        unit = _units.observe(self._host, [self._start]).get(self._start)
        if unit is None:
            raise ServiceError("There is no unit %s." % self._start)
        if not unit["condition"]:
            raise ServiceError(
                "%s did not start because a condition of its unit is not met, as in a container"
                " that may not set the clock." % self._start
            )
        if unit["active"] not in ("active", "activating", "reloading"):
            raise ServiceError(
                "%s started and ended again: %s" % (self._start, self._last_words())
            )

    def _follows_plan(self, status):
        for source in status["sources"]:
            if source["state"] != "selected" or source["reach"] == "0":
                continue
            if self._verify["any_source"]:
                return True
            if {source["name"], source["address"]} & set(self._verify["sources"]):
                return True
        return False

    def _journal_cursor(self):
        if not self._host.booted:
            return None
        said = self._host.run(["journalctl", "--lines=0", "--show-cursor", "--quiet"])
        return said.out.partition("-- cursor: ")[2].strip() or None

    def _last_words(self):
        """What the unit's own processes told the journal since this transaction began."""
        if self._cursor is None:
            return ""
        said = self._host.run(
            [
                "journalctl",
                "_SYSTEMD_UNIT=" + self._start,
                "--after-cursor=" + self._cursor,
                "--lines=5",
                "--output=cat",
                "--no-pager",
                "--quiet",
            ]
        )
        return "; ".join(said.out.strip().splitlines())


def _tell(status):
    """The sources in one sentence, for the error of a host that follows none."""
    if status["reason"]:
        return status["reason"]
    if not status["sources"]:
        return "the daemon has no source."
    return "; ".join(
        "%s is %s, reach %s" % (source["name"], source["state"], source["reach"])
        for source in status["sources"]
    )
