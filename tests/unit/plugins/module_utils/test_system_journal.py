# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import io
import json
import os

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._apply.services import (
    ServiceError,
    Services,
)
from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, Result
from ansible_collections.vmtime.linux.plugins.module_utils._observe import units
from ansible_collections.vmtime.linux.plugins.module_utils._observe.system_journal import (
    SystemJournal,
    told_by,
    told_of,
)

SAMPLES = os.path.join(
    os.path.dirname(__file__), "..", "..", "..", "fixtures", "journal"
)
LOADED = {"load": "loaded", "active": "failed", "enabled": "enabled", "condition": True}


def died_at_once():
    """chronyd 4.3 on a busy host: what it told by syslog has no unit, journald came too late."""
    path = os.path.join(SAMPLES, "died-at-once.jsonl")
    with io.open(path, encoding="utf-8") as stream:
        return stream.read()


@pytest.fixture
def journal(monkeypatch):
    """A function that fills the host's journal after the moment that counts."""
    entries = []

    def run(self, argv, timeout=30):
        if "--show-cursor" in argv:
            return Result(0, "-- cursor: s=48;i=395\n", "")
        if argv[0] == "journalctl":
            return Result(0, "".join(entries), "")
        return Result(1 if "restart" in argv else 0, "", "Job for a unit failed.")

    monkeypatch.setattr(Host, "run", run)
    monkeypatch.setattr(Host, "booted", True)
    monkeypatch.setattr(
        units, "observe", lambda host, names: dict.fromkeys(names, LOADED)
    )
    return entries.append


WORDS = (
    "Disabled control of system clock;"
    " Could not open /dev/ptp_hyperv : No such file or directory;"
    " Fatal error : Could not open PHC; Could not open PHC"
)


def test_why_a_daemon_died_at_its_start_is_told(journal):
    journal(died_at_once())
    with pytest.raises(ServiceError) as caught:
        Services(Host(), ["chrony.service"], []).bring_up()
    assert str(caught.value) == "'systemctl restart chrony.service' failed: " + WORDS


def test_why_a_daemon_died_after_its_start_is_told_with_what_systemd_saw(journal):
    journal(died_at_once())
    services = Services(Host(), ["chrony.service"], [])
    with pytest.raises(ServiceError) as caught:
        services.verify({"provider": "chrony", "timeout": 0})
    assert str(caught.value) == (
        "chrony.service started and ended again: "
        + WORDS
        + "; chrony.service: Control process exited, code=exited, status=1/FAILURE;"
        " chrony.service: Failed with result 'exit-code'.;"
        " Failed to start chrony.service - chrony, an NTP client/server."
    )


def test_of_a_daemon_that_said_nothing_systemctl_is_quoted(journal):
    with pytest.raises(ServiceError, match="Job for a unit failed"):
        Services(Host(), ["chrony.service"], []).bring_up()


OWN = {"_SYSTEMD_UNIT": "ntp.service", "SYSLOG_IDENTIFIER": "ntpd"}


@pytest.mark.parametrize(
    ("entry", "lines"),
    [
        (dict(OWN, MESSAGE="a word"), ["a word"]),
        ({"SYSLOG_IDENTIFIER": "ntpd", "MESSAGE": "a word"}, ["a word"]),
        # what is not UTF-8, what is too long, what was sent twice
        (dict(OWN, MESSAGE=[97, 255]), [b"a\xef\xbf\xbd".decode("utf-8")]),
        (dict(OWN, MESSAGE=None), [""]),
        (dict(OWN, MESSAGE=["a", "b"]), [""]),
        (dict(OWN, _SYSTEMD_UNIT="other.service", MESSAGE="a word"), []),
        ({"SYSLOG_IDENTIFIER": "chronyd", "MESSAGE": "a word"}, []),
        ({"SYSLOG_IDENTIFIER": ["ntpd", "ntpd"], "MESSAGE": "a word"}, []),
        ({"MESSAGE": "a word"}, []),
    ],
)
def test_a_unit_told_what_its_own_processes_told(journal, entry, lines):
    journal(json.dumps(entry) + "\n")
    assert told_by("ntp.service", SystemJournal(Host()).entries()) == lines


def test_a_message_with_a_line_separator_of_unicode_is_one_entry(journal):
    """journalctl writes it as it is, and it ends no line of JSON."""
    message = b"a\xe2\x80\xa8b".decode("utf-8")
    journal(json.dumps(dict(OWN, MESSAGE=message), ensure_ascii=False) + "\n")
    assert told_by("ntp.service", SystemJournal(Host()).entries()) == [message]


@pytest.mark.parametrize(
    ("priority", "lines"),
    [("5", ["Failed."]), ("3", ["Failed."]), ("6", []), (["3", "3"], []), (None, [])],
)
def test_of_systemds_own_words_only_those_that_matter_are_told(
    journal, priority, lines
):
    entry = {"UNIT": "ntp.service", "PRIORITY": priority, "MESSAGE": "Failed."}
    journal(json.dumps(entry) + "\n")
    assert told_of("ntp.service", SystemJournal(Host()).entries()) == lines


def test_where_systemd_does_not_run_there_is_nothing_to_tell(monkeypatch):
    monkeypatch.setattr(Host, "booted", False)
    assert told_by("ntp.service", SystemJournal(Host()).entries()) == []
