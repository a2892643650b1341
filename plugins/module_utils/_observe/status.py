# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a time daemon follows now, in its own words, as one shape for all of them.

A status is a dict:

- ``provider``: which daemon was asked (chrony, timesyncd, ntp), or None
- ``synchronised``: True if a source is selected and answers
- ``selected``: the name of that source, or None
- ``sources``: list of dicts ``name`` (as configured), ``address``, ``kind`` (server, peer,
  refclock), ``state`` (selected, combined, unselected, falseticker, variable, unusable),
  ``stratum``, ``poll`` (log2 s), ``reach`` (octal text, as the daemons print it), ``offset`` (s,
  positive if the system clock is ahead of the source), ``error`` (s)
- ``stratum`` and ``leap`` of the host itself, None where the daemon does not tell
- ``reason``: why there is no status, or None

``chronyc tracking`` alone is no proof: 28 s behind after a pause, it still told of microseconds,
while ``chronyc sources`` showed -28 s. So the sources are what counts.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import re

_CHRONY_KINDS = {"^": "server", "=": "peer", "#": "refclock"}
_CHRONY_STATES = {
    "*": "selected",
    "+": "combined",
    "-": "unselected",
    "x": "falseticker",
    "~": "variable",
}
# 33 in chrony 4.0, and more in each of 4.1 to 4.6; no other row of ours has as many
_NTPDATA_FIELDS = 30
_NTP_STATES = dict(_CHRONY_STATES, o="selected")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
_SPAN = {"": 1.0, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}

# chronyc -n sources, as a person reads it: before 2.4 there is no -c
_CHRONY_ROW = re.compile(
    r"^([\^=#])([*+\-x~? ])\s?(\S+)\s+([0-9]{1,12})\s+(-?[0-9]{1,12})\s+([0-7]{1,12})\s+\S+\s+"
    r"([+-]?[0-9]{1,12})([num]?s)\[\s*[+-]?[0-9]{1,12}[num]?s\]\s+\+/-\s+([0-9]{1,12})([num]?s)"
)
# a name that is too long for its column stands on a line of its own
_NTP_LONG_NAME = re.compile(r"^(.\S+)\n {8,}", re.MULTILINE)
_NTP_ROW = re.compile(
    r"^(.)(\S+)\s+\S+\s+([0-9]{1,12})\s+\S\s+\S+\s+(\S+)\s+([0-7]{1,12})\s+(\S+)\s+(\S+)\s+(\S+)\s*$"
)


def parse_chrony_sources(text):
    """``chronyc -c -n sources`` to sources."""
    sources = []
    for line in text.splitlines():
        fields = line.split(",")
        if len(fields) != 10 or fields[0] not in _CHRONY_KINDS:
            continue
        try:
            sources.append(
                {
                    "name": fields[2],
                    "address": None if fields[0] == "#" else fields[2],
                    "kind": _CHRONY_KINDS[fields[0]],
                    "state": _CHRONY_STATES.get(fields[1], "unusable"),
                    "stratum": int(fields[3]),
                    "poll": int(fields[4]),
                    "reach": fields[5],
                    "offset": _finite(fields[7]),
                    "error": _finite(fields[9]),
                }
            )
        except ValueError:
            continue
    return sources


def parse_chrony_table(text):
    """``chronyc -n sources``, the table for persons, to sources."""
    sources = []
    for line in text.splitlines():
        found = _CHRONY_ROW.match(line)
        if not found:
            continue
        kind, state, name, stratum, poll, reach, offset, unit, error, error_unit = (
            found.groups()
        )
        sources.append(
            {
                "name": name,
                "address": None if kind == "#" else name,
                "kind": _CHRONY_KINDS[kind],
                "state": _CHRONY_STATES.get(state, "unusable"),
                "stratum": int(stratum),
                "poll": int(poll),
                "reach": reach,
                "offset": int(offset) * _SECONDS[unit],
                "error": int(error) * _SECONDS[error_unit],
            }
        )
    return sources


def parse_chrony_tracking(text):
    """``chronyc -c tracking`` to (stratum, leap status), (None, None) if there is no such row."""
    for line in text.splitlines():
        fields = line.split(",")
        if len(fields) == 14 and re.match(r"[0-9]{1,2}$", fields[2]):
            return int(fields[2]), fields[13]
    return None, None


def parse_chrony_addresses(text):
    """``chronyc -c ntpdata`` to the addresses of all servers and peers, in the order of sources."""
    rows = [line.split(",") for line in text.splitlines()]
    return [fields[0] for fields in rows if len(fields) >= _NTPDATA_FIELDS]


def parse_ntpq_peers(text):
    """``ntpq -pnw`` to sources. Shared-memory and other local refclocks are 127.127.x.y."""
    sources = []
    for line in _NTP_LONG_NAME.sub(r"\1 ", text).splitlines():
        found = _NTP_ROW.match(line)
        if not found or found.group(2) == "remote":
            continue
        tally, remote, stratum, poll, reach, delay, offset, jitter = found.groups()
        local = remote.startswith(("127.127.", "SHM("))
        try:
            sources.append(
                {
                    "name": remote,
                    "address": None if local else remote,
                    "kind": "refclock" if local else "server",
                    "state": _NTP_STATES.get(tally, "unusable"),
                    "stratum": int(stratum),
                    "poll": int(poll).bit_length() - 1,
                    "reach": reach,
                    # ntpq prints milliseconds, and how far the source is ahead of the clock
                    "offset": -_finite(offset) / 1000,
                    "error": (_finite(delay) / 2 + _finite(jitter)) / 1000,
                }
            )
        except ValueError:
            continue
    return sources


def parse_show_timesync(text):
    """``timedatectl show-timesync --all`` to sources: timesyncd knows one server at a time."""
    shown = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    name = shown.get("ServerName") or shown.get("ServerAddress")
    if not name:
        return []
    packets = re.search(r"PacketCount=([0-9]{1,12})", shown.get("NTPMessage", ""))
    stratum = re.search(r"Stratum=([0-9]{1,12})", shown.get("NTPMessage", ""))
    answered = bool(packets and int(packets.group(1)))
    return [
        {
            "name": name,
            "address": shown.get("ServerAddress") or None,
            "kind": "server",
            "state": "selected" if answered else "unusable",
            "stratum": int(stratum.group(1)) if stratum else None,
            "poll": _log2_seconds(shown.get("PollIntervalUSec", "")),
            "reach": None,
            "offset": None,
            "error": None,
        }
    ]


def parse_timesyncd_text(text):
    """``StatusText=Synchronized to time server ADDRESS:123 (NAME).`` to sources."""
    found = re.search(r"time server \[?([^\s\]]+?)\]?:[0-9]{1,5} \((\S+)\)\.", text)
    if not found:
        return []
    answered = re.search(r"=(Synchronized to|Contacted|Initial)", text)
    return [
        {
            "name": found.group(2),
            "address": found.group(1),
            "kind": "server",
            "state": "selected" if answered else "unusable",
            "stratum": None,
            "poll": None,
            "reach": None,
            "offset": None,
            "error": None,
        }
    ]


def _log2_seconds(text):
    """systemd's time span ("34min 8s") to log2 of its seconds, None if there is none."""
    spans = re.findall(r"([0-9]{1,12})(us|ms|min|s|h|)", text)
    seconds = sum(int(number) * _SPAN[unit] for number, unit in spans)
    return int(seconds).bit_length() - 1 if seconds >= 1 else None


def _finite(text):
    """A number as a daemon prints it; ValueError for what JSON has no word for."""
    value = float(text)
    if value - value != 0:
        raise ValueError(text)
    return value


def status(provider, sources, stratum=None, leap=None, reason=None):
    """The one shape that this file's head describes."""
    selected = [
        source["name"]
        for source in sources
        if source["state"] == "selected" and source["reach"] != "0"
    ]
    return {
        "provider": provider,
        "synchronised": bool(selected),
        "selected": selected[0] if selected else None,
        "sources": sources,
        "stratum": stratum,
        "leap": leap,
        "reason": reason,
    }


def _ask_chrony(host, version):
    """All in one run of chronyc, which goes through its commands until one of them fails."""
    numbers = [int(part) for part in (version or "4.0").split(".")]
    if numbers < [2, 4]:
        said = host.run(["chronyc", "-n", "sources"])
        if said.rc != 0:
            return status("chrony", [], reason="chronyc: " + said.words)
        return status("chrony", parse_chrony_table(said.out))
    if numbers < [4, 0]:
        said = host.run(["chronyc", "-c", "-n", "-m", "sources", "tracking"])
    else:
        said = host.run(["chronyc", "-c", "-N", "-m", "sources", "tracking", "ntpdata"])
    stratum, leap = parse_chrony_tracking(said.out)
    if said.rc != 0 and stratum is None:
        return status("chrony", [], reason="chronyc: " + said.words)
    sources = parse_chrony_sources(said.out)
    if numbers >= [4, 0]:
        _add_addresses(host, sources, parse_chrony_addresses(said.out))
    return status("chrony", sources, stratum, leap)


def _add_addresses(host, sources, addresses):
    """``chronyc -N`` names each source as the configuration does; ntpdata has the addresses."""
    servers = [source for source in sources if source["kind"] != "refclock"]
    if len(addresses) != len(servers):
        # to ntpdata chronyd answers root alone
        said = host.run(["chronyc", "-c", "-n", "sources"])
        found = [source["address"] for source in parse_chrony_sources(said.out)]
        addresses = [address for address in found if address]
    if len(addresses) != len(servers):
        addresses = [None] * len(servers)
    for source, address in zip(servers, addresses):
        source["address"] = address


def _ask_timesyncd(host, unused):
    said = host.run(["timedatectl", "show-timesync", "--all"])
    if said.rc == 0:
        return status("timesyncd", parse_show_timesync(said.out))
    # systemd before 239
    told = host.run(
        ["systemctl", "show", "--property=StatusText", "systemd-timesyncd.service"]
    )
    if told.rc != 0:
        return status("timesyncd", [], reason="timedatectl: " + said.words)
    return status("timesyncd", parse_timesyncd_text(told.out))


def _ask_ntp(host, unused):
    said = host.run(["ntpq", "-pnw"])
    if said.rc != 0:
        # 4.2.6 cuts long addresses off, and does not know -w
        said = host.run(["ntpq", "-pn"])
    sources = parse_ntpq_peers(said.out)
    # ntpq ends with 0 even where ntpd does not answer
    if said.rc != 0 or (not sources and said.words):
        return status("ntp", [], reason="ntpq: " + said.words)
    return status("ntp", sources)


_ASK = {
    "chrony": _ask_chrony,
    "timesyncd": _ask_timesyncd,
    "ntp": _ask_ntp,
    "ntpsec": _ask_ntp,
}


def observe(host, daemons):
    """The status of the daemon that is active, asked of itself; ``daemons`` as observed."""
    active = sorted(
        name for name in daemons if daemons[name]["active"] and name in _ASK
    )
    if active:
        return ask(host, active[0], daemons[active[0]]["version"])
    reason = "No time daemon that can be asked is active."
    if not host.booted:
        reason = "systemd does not run here, so no daemon does."
    return status(None, [], reason=reason)


def ask(host, provider, version):
    """The status of one daemon, whose version is text or None."""
    return _ASK[provider](host, version)
