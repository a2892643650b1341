# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what hosts have answered to the rows, the numbers and the files of a report."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.fleet import (
    CONCERNS,
    Fleet,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.folder import Folder
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.formats import (
    as_csv,
    as_json,
    as_metrics,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.observed import (
    observed_row,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.output import (
    Output,
    OutputError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.page import as_html
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.row import (
    HostRow,
    without_answer,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.options import (
    RequestError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    observed,
)

DEFAULT = Request()
CHARTIST_1_5_0 = "944597015852d8a65defe451a37202e8232938e98ac2215f08bd42a55d573e9d"
PHC = {
    "name": "PHC0",
    "address": None,
    "kind": "refclock",
    "state": "selected",
    "stratum": 2,
    "poll": 3,
    "reach": "377",
    "offset": -3.1e-7,
    "error": 1.2e-4,
}
NTP = {
    **PHC,
    "name": "ntp1.example.com",
    "kind": "server",
    "state": "unusable",
    "reach": "0",
}


def answer(*sources: dict[str, t.Any], **status: t.Any) -> dict[str, t.Any]:
    """A guest of Azure whose chrony tells of these sources and follows the first."""
    data = observed("azure-rocky-9")
    data["status"] = {
        "provider": "chrony",
        "synchronised": bool(sources),
        "selected": sources[0]["name"] if sources else None,
        "sources": [*sources],
        "stratum": 3,
        "leap": "Normal",
        "reason": None,
        **status,
    }
    return data


def fleet(*rows: HostRow) -> Fleet:
    return Fleet.of(rows, "2026-11-22T21:30:00Z", 0.1)


OK = HostRow("web1", "ok", mode="default", synchronised=True, offset=1e-6)


def test_a_row_tells_what_the_host_follows() -> None:
    row = observed_row("web1", answer(PHC, NTP), DEFAULT)
    assert (row.answer, row.message, row.mode) == ("ok", "", "default")
    assert (row.synchronised, row.selected, row.selected_kind) == (
        True,
        "PHC0",
        "refclock",
    )
    assert (row.offset, row.error, row.stratum) == (-3.1e-7, 1.2e-4, 3)
    assert (row.sources, row.reachable_sources) == (2, 1)
    assert (row.host_clock, row.host_clock_used) == ("hyperv", True)
    assert row.distribution == "Rocky Linux 9.4 (Blue Onyx)"


def test_the_offset_is_that_of_the_pool_s_member_that_is_followed() -> None:
    member = {**NTP, "name": "pool.example.com", "offset": 9.0}
    followed = {**member, "state": "selected", "reach": "377", "offset": 0.25}
    data = answer(member, followed)
    assert observed_row("web1", data, DEFAULT).offset == 0.25


def test_a_row_tells_what_a_run_would_change() -> None:
    row = observed_row("web1", answer(PHC), DEFAULT)
    assert row.as_planned is False
    assert "/etc/chrony.conf" in row.differences


def test_a_module_that_a_run_would_load_is_a_difference() -> None:
    data = answer(PHC)
    data["systemd"]["booted"] = True
    data["kernel_settings"]["ptp_kvm"] = "unloaded"
    data["ptp_clocks"], data["host_clock"] = [], None
    data["hyperv"]["time_sync"] = None
    data["virtualization"]["type"] = "kvm"
    row = observed_row("web1", data, Request(host_clock="require"))
    assert "ptp_kvm: unloaded" in row.differences


def test_a_host_clock_counts_as_unused_unless_it_is_ignored_on_purpose() -> None:
    unused = observed_row("web1", answer(NTP), DEFAULT)
    ignored = observed_row("web1", answer(NTP), Request(host_clock="ignore"))
    assert fleet(unused).concerns["host_clock_unused"] == 1
    assert fleet(ignored).concerns["host_clock_unused"] == 0


def test_refused_options_are_told_of_beside_what_was_seen() -> None:
    refusal = RequestError("mode: 'x' is none of default, host_only, external.")
    row = observed_row("web1", answer(PHC), refusal)
    assert (row.has_plan, row.as_planned, row.mode) == (False, None, None)
    assert row.message == str(refusal)
    assert row.selected == "PHC0"


def test_a_plan_that_can_not_be_made_is_told_of() -> None:
    data = observed("bare-leap-15.6")
    row = observed_row("web1", data, Request(mode="host_only"))
    assert row.has_plan is False
    assert row.message


@pytest.mark.parametrize(
    "status",
    [
        "<script>",
        None,
        [],
        {},
        {"synchronised": True, "selected": "a", "sources": 5},
        {"synchronised": True, "selected": ["a"], "sources": [], "stratum": "x"},
    ],
)
def test_nonsense_is_a_row_that_says_so(status: object) -> None:
    row = observed_row("web1", {**observed("azure-rocky-9"), "status": status}, DEFAULT)
    assert row.answer == "failed"
    assert "is not what timesync_info documents" in row.message


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("a\nb\x1b[31m", "'a b\\x1b[31m'"),
        ("x" * 400, None),
        (["a"], None),
        (float("nan"), None),
    ],
)
def test_text_of_a_host_is_one_printable_line(told: object, shown: str | None) -> None:
    source = {**PHC, "name": "PHC0", "kind": told, "offset": told, "error": True}
    row = observed_row("web1", answer(source), DEFAULT)
    assert row.selected_kind is not None
    assert row.selected_kind.isprintable()
    assert len(row.selected_kind) <= 300
    assert shown is None or row.selected_kind == shown
    assert (row.offset, row.error) == (None, None)


CONCERNED: dict[str, HostRow] = {
    "unreachable": without_answer("a", "unreachable", "no route"),
    "failed": without_answer("b", "failed", "no Python"),
    "unsynchronised": replace(OK, host="c", synchronised=False, offset=None),
    "far_off": replace(OK, host="d", offset=-28.0),
    "refused": replace(OK, host="e", has_plan=False),
    "differs": replace(OK, host="f", as_planned=False),
    "host_clock_unused": replace(OK, host="g", host_clock_used=False),
}


def test_each_concern_is_counted_and_the_worst_comes_first() -> None:
    assert list(CONCERNED) == list(CONCERNS)
    seen = fleet(OK, *reversed(CONCERNED.values()))
    assert seen.concerns == dict.fromkeys(CONCERNS, 1)
    assert [row.host for row in seen.rows] == [*"abcdefg", "web1"]
    assert seen.in_order == 1
    assert seen.synchronised == {"yes": 5, "no": 1, "unknown": 2}


def test_within_a_concern_the_greatest_offset_comes_first() -> None:
    rows = [
        replace(OK, host=str(offset), offset=offset) for offset in (0.2, -28.0, 3.0)
    ]
    assert [row.host for row in fleet(*rows).rows] == ["-28.0", "3.0", "0.2"]


def test_the_most_common_sources_are_named() -> None:
    rows = [
        replace(OK, host=f"{source}-{number}", selected=f"ntp{source}")
        for source in range(12)
        for number in range(20 - source)
    ]
    rows.append(replace(OK, host="alone", selected=None))
    counted = fleet(*rows).sources
    assert list(counted) == [*(f"ntp{n}" for n in range(8)), "all others", "none"]
    assert sum(counted.values()) == len(rows)


def test_offsets_are_counted_by_size() -> None:
    sizes = (0.0, -1e-6, 5e-4, 28.0, -1.0)
    rows = [replace(OK, host=str(size), offset=size) for size in sizes]
    counted = fleet(*rows).offsets
    assert {label: number for label, number in counted.items() if number} == {
        "under 1 µs": 1,
        "1 to 10 µs": 1,
        "0.1 to 1 ms": 1,
        "over 1 s": 2,
    }


def test_a_folder_keeps_the_row_of_any_name(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for host in ("web1", "../../etc/passwd", "a" * 500, "<b>\n\x00", "\udcff"):
        row = replace(OK, host=host, differences=("/etc/a", "b"))
        folder.put(row)
        assert folder.get(host) == row
    assert folder.get("never seen").answer == "failed"
    assert len(list(tmp_path.iterdir())) == 5


HOSTILE = replace(
    OK,
    host="</script><script>alert(1)</script>",
    selected='=HYPERLINK("x")',
    message="\u2028<!--<img src=x onerror=alert(1)>",
)


def test_no_host_can_write_markup() -> None:
    page = as_html(fleet(HOSTILE))
    assert page.count("<script") == page.count("</script>") == 3
    assert "<img" not in page
    assert "<!--" not in page
    data = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert data
    assert HOSTILE.host in json.loads(data[1])["rows"][0]


def test_no_host_can_write_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(fleet(HOSTILE, OK)), newline="")))
    assert rows[0]["selected"] == '\'=HYPERLINK("x")'
    assert rows[1]["offset"] == "1e-06"
    assert rows[1]["concerns"] == ""


def test_no_host_can_write_a_metric() -> None:
    host = 'a"} 1\nvmtime_synchronised{host="b'
    metrics = as_metrics(fleet(replace(OK, host=host)), 1.0)
    assert 'host="a\\"} 1\\nvmtime_synchronised{host=\\"b"' in metrics
    assert metrics.count("\nvmtime_synchronised{") == 1


def test_json_has_every_row_and_the_numbers() -> None:
    told = json.loads(as_json(fleet(*CONCERNED.values(), OK)))
    assert told["summary"]["concerns"] == dict.fromkeys(CONCERNS, 1)
    assert told["hosts"][0]["message"] == "no route"
    assert told["hosts"][-1]["concerns"] == []


def test_the_chart_library_is_the_one_that_was_published() -> None:
    library = (
        Path(__file__).parents[4] / "plugins/plugin_utils/_fleet/assets/chartist.js"
    )
    assert hashlib.sha256(library.read_bytes()).hexdigest() == CHARTIST_1_5_0


def test_an_empty_fleet_has_a_page() -> None:
    assert "0 of 0 hosts are in order" in re.sub(r"</?strong>", "", as_html(fleet()))


def test_files_stand_beside_each_other(tmp_path: Path) -> None:
    output = Output.at(str(tmp_path / "new/report.html"), ["html", "json", "csv"], None)
    output.check()
    assert not (tmp_path / "new").exists()
    output.write(fleet(OK), 0)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "report.html",
        "report.json",
        "report.csv",
    }


@pytest.mark.parametrize(
    ("dest", "sentence"),
    [
        ("/proc/a.html", "/proc takes no file"),
        ("{tmp}/file/a.html", "file takes no file (Not a directory)."),
        ("{tmp}", "is a folder"),
        ("{tmp}/folder", "folder.html can't be written: it is a folder."),
    ],
)
def test_where_nothing_can_be_written_a_sentence_says_why(
    tmp_path: Path, dest: str, sentence: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(OutputError) as refusal:
        Output.at(dest.format(tmp=tmp_path), ["html"], None).check()
    assert sentence in str(refusal.value)


def test_a_failed_write_leaves_the_former_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "report.html"
    page.write_text("former")

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fchmod", full)
    with pytest.raises(OutputError, match="No space left on device"):
        Output.at(str(page), ["html"], None).write(fleet(OK), 0)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert page.read_text() == "former"
