# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._apply import (
    services as _services,
)
from ansible_collections.vmtime.linux.plugins.module_utils._apply.services import (
    ServiceError,
    Services,
)
from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, Result
from ansible_collections.vmtime.linux.plugins.module_utils._observe import (
    units as _units,
)
from ansible_collections.vmtime.linux.plugins.module_utils._tables.units import ABSENT


def test_units_start_in_their_order_and_end_in_the_other(tmpdir, monkeypatch):
    said = []

    def run(self, argv, timeout=30):
        said.append(" ".join(argv[:1] + argv[-1:]))
        return Result(1, "", "no")

    monkeypatch.setattr(Host, "run", run)
    services = Services(Host(str(tmpdir)), ["feeder.service", "daemon.service"], [])
    loaded = {"load": "loaded", "active": "active", "enabled": "disabled"}
    units = {"feeder.service": loaded, "daemon.service": loaded}
    monkeypatch.setattr(_units, "observe", lambda host, names: units)
    with pytest.raises(ServiceError, match="feeder"):
        services.bring_up()
    assert said == ["systemctl feeder.service"]
    problems = services.put_back({"units": units})[1]
    assert said[1:] == ["systemctl daemon.service", "systemctl feeder.service"]
    assert len(problems) == 2


def test_what_runs_on_of_a_unit_whose_file_is_gone_is_stopped(monkeypatch):
    said = []

    def run(self, argv, timeout=30):
        said.append(" ".join(argv))
        return Result(0, "", "")

    monkeypatch.setattr(Host, "run", run)
    monkeypatch.setattr(Host, "booted", True)
    monkeypatch.setattr(_units, "observe", lambda host, names: {})
    services = Services(Host(), ["vmtime-recheck.service"], [])
    del said[:]
    assert services.put_back({"units": {}}) == ([], [])
    assert said[-1] == "systemctl stop -- vmtime-recheck.service"


LOADED = {"load": "loaded", "active": "active", "enabled": "enabled", "condition": True}


def test_a_unit_that_does_not_come_back_is_told(monkeypatch):
    """As timesyncd of Debian 10, which does not start while chronyd is installed."""
    seen = dict(LOADED, active="inactive", condition=False)
    monkeypatch.setattr(Host, "run", lambda self, argv, timeout=30: Result(0, "", ""))
    monkeypatch.setattr(Host, "booted", True)
    monkeypatch.setattr(_units, "observe", lambda host, names: {"old.service": seen})
    services = Services(Host(), [], ["old.service"])
    restored, problems = services.put_back({"units": {"old.service": LOADED}})
    assert restored == []
    assert "another time daemon is installed" in problems[0]


def test_the_record_is_of_the_time_before_the_packages_of_the_run(monkeypatch):
    monkeypatch.setattr(
        _units, "observe", lambda host, names: dict.fromkeys(names, LOADED)
    )
    before = {
        # a package has brought and enabled it
        "chronyd.service": None,
        "ntpd.service": dict(LOADED, enabled="disabled"),
        # this run leaves it alone
        "sntp.service": None,
    }
    services = Services(
        Host("/tmp"), ["chronyd.service"], ["ntpd.service", "other.service"], before
    )
    units = services.record["units"]
    assert units["chronyd.service"] == ABSENT
    assert units["ntpd.service"]["enabled"] == "disabled"
    assert units["other.service"] == LOADED
    assert "sntp.service" not in units


@pytest.mark.parametrize(
    ("min_sources", "told"),
    [
        (1, "10.0.0.2 is unusable, reach 0"),
        (2, "10.0.0.2 is unusable, reach 0; min_sources is 2, and 1 answer"),
    ],
)
def test_an_unmet_min_sources_is_told(monkeypatch, min_sources, told):
    names = ["10.0.0.1", "10.0.0.2"]
    status = {
        "reason": None,
        "sources": [
            {"name": name, "address": name, "state": "unusable", "reach": reach}
            for name, reach in zip(names, ("17", "0"))
        ],
    }
    monkeypatch.setattr(Host, "booted", True)
    monkeypatch.setattr(_units, "observe", lambda host, units: {"d.service": LOADED})
    monkeypatch.setattr(_services, "SETTLE_SECONDS", 0)
    monkeypatch.setattr(_services, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(_services._status, "ask", lambda host, name, version: status)
    monkeypatch.setattr(Services, "_check_complaints", lambda self, *about: None)
    services = Services(Host(), ["d.service"], [])
    with pytest.raises(ServiceError) as caught:
        services.verify(
            {
                "provider": "chrony",
                "version": "4.3",
                "sources": names,
                "any_source": False,
                "min_sources": min_sources,
                "timeout": 0.02,
            }
        )
    assert str(caught.value).endswith(told)
