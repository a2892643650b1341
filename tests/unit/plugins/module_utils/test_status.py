# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._host import Result
from ansible_collections.vmtime.linux.plugins.module_utils._observe import (
    status as _status,
)

SAMPLES = os.path.join(
    os.path.dirname(__file__), "..", "..", "..", "fixtures", "status"
)


def sample(name):
    with open(os.path.join(SAMPLES, name)) as stream:
        return stream.read()


class RecordedHost:
    """Answers programs with samples; what has none is not there."""

    booted = True

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def run(self, argv, timeout=30):
        name = "_".join(argv).replace("-", "")
        self.asked.append(name)
        if name not in self.answers:
            return Result(127, "", "%s: No such file or directory" % argv[0])
        return Result(0, self.answers[name], "")


def brief(sources):
    return [
        (source["name"], source["kind"], source["state"], source["reach"])
        for source in sources
    ]


def test_one_chronyc_reports_names_addresses_and_states():
    host = RecordedHost(chronyc_c_N_m_sources_tracking_ntpdata=sample("chrony-all.csv"))
    status = _status.ask(host, "chrony", "4.6.1")
    assert brief(status["sources"]) == [
        ("SHM0", "refclock", "unusable", "0"),
        ("server", "server", "selected", "17"),
        ("127.0.0.99", "server", "unusable", "0"),
    ]
    assert status["sources"][1] == {
        "name": "server",
        "address": "127.0.0.2",
        "kind": "server",
        "state": "selected",
        "stratum": 8,
        "poll": 6,
        "reach": "17",
        "offset": -1.46e-7,
        "error": 6.277e-06,
    }
    assert status["sources"][0]["address"] is None
    assert (status["selected"], status["synchronised"]) == ("server", True)
    assert (status["stratum"], status["leap"], status["reason"]) == (9, "Normal", None)
    assert host.asked == ["chronyc_c_N_m_sources_tracking_ntpdata"]


class Unprivileged(RecordedHost):
    """chronyd gives the details of its servers to root alone."""

    def run(self, argv, timeout=30):
        said = RecordedHost.run(self, argv, timeout)
        return Result(1, said.out, said.err) if "ntpdata" in argv else said


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (sample("chrony-sources.csv"), [None, "10.89.0.12", "127.0.0.99"]),
        # a server that has come since: whose address is whose is not known
        (
            sample("chrony-sources.csv") + "^,?,10.0.0.1,0,6,0,9,0.0,0.0,0.0\n",
            [None, None, None],
        ),
        ("", [None, None, None]),
    ],
)
def test_who_is_not_root_gets_addresses_from_a_second_chronyc(addresses, expected):
    host = Unprivileged(
        chronyc_c_N_m_sources_tracking_ntpdata=sample("chrony-names.csv")
        + sample("chrony-tracking.csv")
        + "501 Not authorised\n",
        chronyc_c_n_sources=addresses,
    )
    status = _status.ask(host, "chrony", "4.3")
    assert [source["name"] for source in status["sources"]] == [
        "SHM0",
        "server",
        "127.0.0.99",
    ]
    assert [source["address"] for source in status["sources"]] == expected
    assert (status["stratum"], status["reason"]) == (9, None)


def test_refclocks_alone_have_no_addresses_to_ask_for():
    host = Unprivileged(
        chronyc_c_N_m_sources_tracking_ntpdata="#,*,PHC0,0,3,377,4,0.0,0.0,0.0\n"
        + sample("chrony-tracking.csv"),
    )
    assert _status.ask(host, "chrony", "4.3")["selected"] == "PHC0"
    assert len(host.asked) == 1


def test_before_4_0_chrony_knows_sources_by_address_alone():
    host = RecordedHost(
        chronyc_c_n_m_sources_tracking=sample("chrony-sources.csv")
        + sample("chrony-tracking.csv"),
    )
    status = _status.ask(host, "chrony", "3.5")
    assert (status["selected"], status["stratum"]) == ("10.89.0.12", 9)
    assert status["sources"][1]["address"] == "10.89.0.12"
    assert len(host.asked) == 1


def test_before_2_4_chrony_has_a_table_for_persons_alone():
    host = RecordedHost(chronyc_n_sources=sample("chrony-sources.txt"))
    status = _status.ask(host, "chrony", "2.1.1")
    assert brief(status["sources"]) == [
        ("SHM0", "refclock", "unusable", "0"),
        ("10.89.0.12", "server", "selected", "17"),
        ("127.0.0.99", "server", "unusable", "0"),
    ]
    source = status["sources"][1]
    assert source["offset"] == pytest.approx(-254e-9)
    assert source["error"] == pytest.approx(16e-6)


@pytest.mark.parametrize(
    ("line", "offset"),
    [
        ("#* PHC0   2   3   377     6  -28.0s[ -28.0s] +/-   14us", None),
        ("#* PHC0   2   3   377     6    -28s[   -28s] +/-   14us", -28.0),
        (
            "^+ 2001:db8::1:2:3:4:5 2   6   377    41   +101ms[ +101ms] +/- 2345us",
            0.101,
        ),
    ],
)
def test_offsets_of_the_table(line, offset):
    found = [source["offset"] for source in _status.parse_chrony_table(line)]
    assert found == ([] if offset is None else [pytest.approx(offset)])


def test_a_source_that_does_not_answer_is_not_followed():
    (source,) = _status.parse_chrony_sources("^,*,10.0.0.1,8,6,0,9,0.0,0.0,0.0")
    assert not _status.status("chrony", [source])["synchronised"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "506 Cannot talk to daemon\n",
        "a,b,c\n",
        "^,*,x,NaN?,6,7,2,0,0,0\n",
        "\x00,,,\n,,,,,,,,,",
    ],
)
def test_nonsense_is_no_source(text):
    assert _status.parse_chrony_sources(text) == []
    assert _status.parse_chrony_table(text) == []
    assert _status.parse_ntpq_peers(text) == []
    assert _status.parse_show_timesync(text) == []
    assert _status.parse_chrony_tracking(text) == (None, None)


def test_a_daemon_that_does_not_answer_is_told_in_its_own_words():
    class Silent(RecordedHost):
        def run(self, argv, timeout=30):
            return Result(1, "506 Cannot talk to daemon\n", "")

    status = _status.ask(Silent(), "chrony", "4.3")
    assert status["reason"] == "chronyc: 506 Cannot talk to daemon"
    assert not status["synchronised"]


def test_ntpq():
    host = RecordedHost(ntpq_pnw=sample("ntpq-peers.txt"))
    status = _status.ask(host, "ntpsec", "1.2.2")
    assert brief(status["sources"]) == [
        ("10.89.0.12", "server", "selected", "377"),
        ("2001:db8::12", "server", "combined", "377"),
        ("10.0.0.9", "server", "falseticker", "377"),
        ("127.0.0.99", "server", "unusable", "0"),
        ("127.127.28.0", "refclock", "unselected", "377"),
    ]
    source = status["sources"][0]
    assert (source["stratum"], source["poll"]) == (8, 6)
    assert source["offset"] == pytest.approx(0.024e-3)
    assert source["error"] == pytest.approx(0.1205e-3)


def test_timesyncd():
    host = RecordedHost(timedatectl_showtimesync_all=sample("show-timesync.txt"))
    status = _status.ask(host, "timesyncd", "252")
    assert brief(status["sources"]) == [("server", "server", "selected", None)]
    assert status["sources"][0]["address"] == "10.89.0.12"
    assert (status["sources"][0]["stratum"], status["sources"][0]["poll"]) == (8, 6)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Synchronized to time server 91.189.89.198:123 (ntp.ubuntu.com).",
            [("ntp.ubuntu.com", "server", "selected", None)],
        ),
        (
            "Connecting to time server [2001:db8::1]:123 (ntp.example.com).",
            [("ntp.example.com", "server", "unusable", None)],
        ),
        ("Idle.", []),
    ],
)
def test_timesyncd_before_239_tells_systemd_alone(text, told):
    class Old(RecordedHost):
        def run(self, argv, timeout=30):
            if argv[0] == "timedatectl":
                return Result(1, "", "Unknown operation show-timesync.")
            return Result(0, "StatusText=%s\n" % text, "")

    status = _status.ask(Old(), "timesyncd", "237")
    assert brief(status["sources"]) == told
    assert status["reason"] is None


def test_ntpq_before_4_2_8_has_no_wide_form():
    class Old(RecordedHost):
        def run(self, argv, timeout=30):
            if "w" in argv[1]:
                return Result(64, "", "ntpq: illegal option -- w")
            return Result(0, sample("ntpq-peers.txt"), "")

    assert _status.ask(Old(), "ntp", "4.2.6p5")["synchronised"]


def test_an_ntpd_that_does_not_answer_is_told_in_ntpqs_words():
    class Silent(RecordedHost):
        def run(self, argv, timeout=30):
            return Result(0, "", "ntpq: read: Connection refused\n")

    status = _status.ask(Silent(), "ntp", "4.2.8p15")
    assert status["reason"] == "ntpq: ntpq: read: Connection refused"


def test_a_long_address_has_a_line_of_its_own():
    text = (
        "     remote           refid      st t when poll reach   delay   offset   jitter\n"
        "===============================================================================\n"
        " 10.0.0.1        .INIT.          16 u    -   64    0   0.0000   0.0000   0.0001\n"
        "*2001:db8:1234:5678:9abc:def0:1234:5678\n"
        "                 127.127.1.1      8 u   10   64    1   0.0563   0.0164   0.0102\n"
    )
    assert brief(_status.parse_ntpq_peers(text)) == [
        ("10.0.0.1", "server", "unusable", "0"),
        ("2001:db8:1234:5678:9abc:def0:1234:5678", "server", "selected", "1"),
    ]


def test_no_daemon_is_a_reason():
    status = _status.observe(
        RecordedHost(), {"chrony": {"active": False, "version": "4.3"}}
    )
    assert (status["provider"], status["sources"]) == (None, [])
    assert status["reason"] == "No time daemon that can be asked is active."
