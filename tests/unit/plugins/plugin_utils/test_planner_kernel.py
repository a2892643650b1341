# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan changes in the kernel, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._tables import own
from ansible_collections.vmtime.linux.plugins.plugin_utils._apply.compare import compare
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.observation import (
    Observation,
    ObservedClock,
    ObservedFile,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._model.plan import (
    Plan,
    PlanError,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._planner.kernel import (
    MODULES,
    RULES,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._render.render import render
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.host_clocks import (
    HOST_CLOCKS,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    HYPERV,
    host_of,
    recorded,
    with_chrony,
    with_hv_utils,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.planning import (
    plan_for,
)

ONE = [{"hostname": "10.0.0.1"}]


def debian() -> Observation:
    return with_chrony(host_of("debian", "13"), "4.6.1")


def kvm(virtualization: str = "kvm") -> Observation:
    settings = {"ptp_kvm": "unloaded", "hv_utils": "unloaded"}
    return replace(
        debian(), virtualization=virtualization, kernel_settings=settings, kernel="6.12"
    )


def settings(plan: Plan) -> dict[str, str]:
    return {setting.name: setting.value for setting in plan.kernel}


def texts(plan: Plan) -> dict[str, str | None]:
    return {file.path: file.text for file in render(plan)}


def refclock(plan: Plan) -> str:
    return next(s.line for s in plan.sources if s.kind == "refclock")


def with_rules(observation: Observation, text: str) -> Observation:
    rules = {RULES: ObservedFile(f"{own.MARKER}\n{text}\n", "0")}
    return replace(observation, files={**observation.files, **rules})


def test_hv_utils_keeps_the_time_where_nothing_else_can() -> None:
    plan = plan_for(with_hv_utils(debian()), mode="host_only")
    assert settings(plan) == {"timesync_implicit": "on"}
    assert (plan.provider, plan.start) == (None, ())
    assert [unit.name for unit in plan.units] == ["chrony.service"]
    assert not plan.units[0].wanted
    assert "/parameters/timesync_implicit" in (texts(plan)[RULES] or "")
    assert "never back" in plan.warnings[0]


def test_a_kernel_before_4_11_does_it_by_itself() -> None:
    seen = with_hv_utils(debian(), "4.4.0-210-generic", timesync_implicit=None)
    plan = plan_for(seen, mode="host_only")
    assert (plan.provider, plan.kernel) == (None, ())
    assert RULES not in texts(plan)
    # the same from a recorded tree
    ubuntu = replace(recorded("hyperv-ubuntu-16.04"), booted=True)
    assert plan_for(ubuntu, mode="host_only").provider is None


@pytest.mark.parametrize("kernel", ["4.12.14", "6.1.0-18-amd64", "3.10.0-1160.el7"])
def test_a_kernel_that_can_do_neither_is_refused(kernel: str) -> None:
    seen = with_hv_utils(debian(), kernel, timesync_implicit=None)
    with pytest.raises(PlanError, match=r"timesync_implicit, as Linux 6\.8 does"):
        plan_for(seen, mode="host_only")
    # there is NTP in the other modes, and the host's corrections are left to hv_utils
    assert plan_for(seen).kernel == ()


@pytest.mark.parametrize("clock", [None, HYPERV])
def test_ignore_unbinds_the_time_sync_service(clock: ObservedClock | None) -> None:
    seen = replace(with_hv_utils(debian()), host_clock=clock)
    plan = plan_for(seen, mode="external", ntp_servers=ONE, host_clock="ignore")
    assert settings(plan) == {"hyperv_time_sync": "unbound"}
    assert "/driver/unbind" in (texts(plan)[RULES] or "")
    assert [source.kind for source in plan.sources] == ["server"]


def test_ignore_is_for_the_next_boot_where_hv_utils_is_not_loaded() -> None:
    seen = with_hv_utils(debian(), hyperv_time_sync=None, hv_utils="unloaded")
    plan = plan_for(seen, mode="external", ntp_servers=ONE, host_clock="ignore")
    assert plan.kernel == ()
    assert "/driver/unbind" in (texts(plan)[RULES] or "")


def test_binding_and_the_clock_come_back_when_the_option_goes() -> None:
    seen = with_hv_utils(debian(), hyperv_time_sync="unbound")
    plan = plan_for(with_rules(seen, "/unbind"), mode="external", ntp_servers=ONE)
    assert settings(plan) == {"hyperv_time_sync": "bound"}
    assert texts(plan)[RULES] is None
    assert "/dev/ptp_hyperv" in refclock(plan)
    # what the administrator has unbound is his
    assert plan_for(seen, mode="external", ntp_servers=ONE).kernel == ()


def test_timesync_implicit_goes_off_when_a_daemon_keeps_the_time_again() -> None:
    seen = with_hv_utils(debian(), timesync_implicit="on")
    plan = plan_for(with_rules(seen, "timesync_implicit"))
    assert settings(plan) == {"timesync_implicit": "off"}
    assert texts(plan)[RULES] is None
    assert plan_for(seen).kernel == ()


@pytest.mark.parametrize("options", [{"mode": "host_only"}, {"host_clock": "require"}])
@pytest.mark.parametrize("virtualization", ["kvm", "google", "qemu"])
def test_ptp_kvm_is_loaded_where_its_clock_is_asked_for(
    options: dict[str, str], virtualization: str
) -> None:
    plan = plan_for(kvm(virtualization), **options)
    assert settings(plan) == {"ptp_kvm": "loaded"}
    assert (texts(plan)[MODULES] or "").endswith("\nptp_kvm\n")
    assert refclock(plan).startswith("refclock PHC /dev/ptp_kvm ")


def test_no_module_is_loaded_unasked() -> None:
    plan = plan_for(kvm())
    assert (plan.kernel, plan.host_clock) == ((), None)
    assert "host_clock: require does that" in plan.reasons["host_clock"]


@pytest.mark.parametrize(
    ("virtualization", "told"), [("aws", "phc_enable=1"), ("vmware", "precision clock")]
)
def test_what_cannot_be_done_live_is_told(virtualization: str, told: str) -> None:
    seen = replace(kvm(), virtualization=virtualization)
    with pytest.raises(PlanError, match=told):
        plan_for(seen, mode="host_only")
    assert told in plan_for(seen).reasons["host_clock"]


def test_an_image_keeps_the_kernel_of_its_builder_untouched() -> None:
    image = replace(with_hv_utils(debian()), booted=False)
    assert plan_for(image, mode="external", ntp_servers=ONE).kernel == ()
    ignored = plan_for(image, mode="external", ntp_servers=ONE, host_clock="ignore")
    assert ignored.kernel == ()
    # yet the image is to do it at its own boot
    assert RULES in texts(ignored)


@pytest.mark.parametrize(
    ("clock_name", "virtualization", "line"),
    [
        ("hyperv", "hyperv", "ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2"),
        ("KVM virtual PTP", "kvm", "ptp_kvm poll 2"),
        ("KVM virtual PTP", "google", "ptp_kvm poll -1"),
        ("ptp_vmw", "vmware", "ptp_vmware poll 3 dpoll -2 offset 0 stratum 2"),
        ("ena-ptp-05", "aws", "ptp_ena poll 0 delay 0.00001"),
        (
            "Virtio PTP type 0/variant 0",
            "qemu",
            "ptp_virtio poll 3 dpoll -2 offset 0 stratum 2",
        ),
    ],
)
def test_each_clock_gets_its_vendors_line_and_users_values_win(
    clock_name: str, virtualization: str, line: str
) -> None:
    device = "/dev/" + line.split()[0]
    clock = ObservedClock(clock_name, "any", device)
    seen = replace(debian(), host_clock=clock, virtualization=virtualization)
    assert refclock(plan_for(seen, mode="host_only")) == f"refclock PHC /dev/{line}"
    given = plan_for(seen, mode="host_only", refclock={"poll": 4, "delay": 0.5})
    assert " poll 4 " in refclock(given)
    assert " delay 0.5" in refclock(given)


def test_no_clock_of_tai_is_in_the_table() -> None:
    assert not [row for row in HOST_CLOCKS if "vmclock" in row.clock_name]


def test_a_change_of_the_kernel_is_shown_and_a_right_one_is_none() -> None:
    seen = with_hv_utils(debian())
    plan = plan_for(seen, mode="host_only")
    changes = compare(plan, render(plan), seen)
    kernel = next(d for d in changes.diff() if d["before_header"] == "kernel")
    assert kernel["before"] == "timesync_implicit: off\n"
    assert kernel["after"] == "timesync_implicit: on\n"
    done = with_hv_utils(debian(), timesync_implicit="on")
    assert compare(plan, render(plan), done).kernel == ()
