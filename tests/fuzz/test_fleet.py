# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a host answers: it is a row of the report, and the report can be written."""

from __future__ import annotations

import copy
import csv
import io
import json
import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.fleet import Fleet
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.formats import (
    as_csv,
    as_json,
    as_metrics,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.observed import (
    observed_row,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.page import as_html
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.request import (
    Request,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    observed,
)

SEEN = observed("azure-rocky-9")
SEEN["status"] = {
    "provider": "chrony",
    "synchronised": True,
    "selected": "PHC0",
    "sources": [{"name": "PHC0", "kind": "refclock", "offset": 1e-6, "reach": "1"}],
    "stratum": 3,
    "leap": "Normal",
    "reason": None,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def lies(draw: st.DrawFn) -> dict[str, t.Any]:
    """What timesync_info tells of a host, with another value in one to three places."""
    data = copy.deepcopy(SEEN)
    for _number in range(draw(st.integers(1, 3))):
        place: t.Any = data
        for depth in range(draw(st.integers(1, 4))):
            if not isinstance(place, dict | list) or not place:
                break
            keys = [*place] if isinstance(place, dict) else [*range(len(place))]
            # the status is what a report is about
            wanted = (
                "status"
                if depth == 0 and draw(st.booleans())
                else draw(st.sampled_from(keys))
            )
            key: t.Any = wanted if wanted in keys else keys[0]
            if draw(st.booleans()):
                place[key] = draw(JSON)
                break
            place = place[key]
    return data


@given(st.one_of(lies(), st.dictionaries(st.text(), JSON)), st.text(min_size=1))
def test_every_answer_is_a_row(data: dict[str, t.Any], host: str) -> None:
    row = observed_row(host, data, Request())
    texts = [
        value
        for name, value in vars(row).items()
        if isinstance(value, str) and name != "host"
    ]
    assert all(text.isprintable() and len(text) <= 300 for text in texts)
    fleet = Fleet.of([row], "2026-11-22T21:30:00Z", 0.1)
    assert json.loads(as_json(fleet))["hosts"][0]["host"] == host
    assert len(list(csv.reader(io.StringIO(as_csv(fleet), newline="")))) == 2
    assert as_html(fleet).count("<script") == 3
    assert all(
        line.startswith(("#", "vmtime_"))
        for line in as_metrics(fleet, 1).split("\n")[:-1]
    )
