# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, Result
from ansible_collections.vmtime.linux.plugins.module_utils._observe import (
    daemons,
    distro,
    ptp,
    units,
    virtual,
)
from ansible_collections.vmtime.linux.plugins.module_utils._observe.observation import (
    observe,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.module_utils.recorded import (
    copy_recorded,
)


@pytest.fixture
def recorded(tmpdir):
    def recorded(name):
        root = str(tmpdir.join(name))
        copy_recorded(name, root)
        # as it travels: what can't be JSON must not be in it
        return json.loads(json.dumps(observe(Host(root))))

    return recorded


@pytest.mark.parametrize(
    ("name", "device", "reason"),
    [
        (
            "azure-rocky-9",
            "/dev/ptp_hyperv",
            "/dev/ptp1 is named 'hyperv', the clock of hyperv.",
        ),
        (
            "kvm-debian-13",
            "/dev/ptp_kvm",
            "/dev/ptp0 is named 'KVM virtual PTP', the clock of kvm.",
        ),
        (
            "bare-fedora-nic",
            None,
            "No PTP clock is one of a hypervisor: /dev/ptp0 'igb: not a host clock'.",
        ),
        ("hyperv-ubuntu-16.04", None, "The host has no PTP clock."),
        ("empty", None, "The host has no PTP clock."),
    ],
)
def test_the_host_clock_is_known_by_its_name(recorded, name, device, reason):
    seen = recorded(name)
    assert (seen["host_clock"] or {}).get("device") == device
    assert seen["host_clock_reason"] == reason


def test_every_clock_is_told_with_driver_and_links(recorded):
    assert recorded("azure-rocky-9")["ptp_clocks"] == [
        {
            "name": "ptp0",
            "clock_name": "mlx5_ptp",
            "device": "/dev/ptp0",
            "symlinks": [],
            "driver": "mlx5_core",
        },
        {
            "name": "ptp1",
            "clock_name": "hyperv",
            "device": "/dev/ptp1",
            "symlinks": ["/dev/ptp_hyperv"],
            "driver": "hv_utils",
        },
    ]


# other clocks of the kernel, which become ptp0 on real machines
@pytest.mark.parametrize(
    "clock_name",
    [
        "mlx5_ptp",
        "mlx4 ptp",
        "gve clock",
        "001b21a1b2c3",
        "i40e",
        "ice-0000:01:00.0-clk",
        "ptp virtual clock",
        "Mock-up PTP clock",
        "PCH timer",
        "hyperv2",
        "xhyperv",
        "HYPERV",
        "",
        None,
    ],
)
def test_another_clock_is_never_the_host_clock(clock_name):
    assert (
        ptp.host_clock([{"device": "/dev/ptp0", "clock_name": clock_name}])[0] is None
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "azure-rocky-9",
            {"type": "hyperv", "container": None, "is_azure": True, "reason": None},
        ),
        (
            "hyperv-ubuntu-16.04",
            {"type": "hyperv", "container": None, "is_azure": False, "reason": None},
        ),
        (
            "kvm-debian-13",
            {"type": "qemu", "container": None, "is_azure": False, "reason": None},
        ),
    ],
)
def test_virtualization(recorded, name, expected):
    assert recorded(name)["virtualization"] == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [("kvm\n", "kvm"), ("amazon\n", "aws"), ("none\n", None), ("", None)],
)
def test_a_cloud_with_a_dmi_of_its_own_is_known_to_systemd(
    tmpdir, monkeypatch, said, expected
):
    vendor = tmpdir.join("sys", "class", "dmi", "id", "sys_vendor")
    vendor.write("OpenStack Foundation\n", ensure=True)
    monkeypatch.setattr(Host, "run", lambda self, argv, timeout=30: Result(0, said, ""))
    assert virtual.observe(Host(str(tmpdir)))["type"] == expected


def test_a_container_is_told_by_the_machine_that_it_runs_on_alone(tmpdir, monkeypatch):
    tmpdir.join("run", ".containerenv").write("", ensure=True)
    said = Result(0, "kvm\n", "")
    monkeypatch.setattr(Host, "run", lambda self, argv, timeout=30: said)
    assert virtual.observe(Host(str(tmpdir)))["type"] is None


@pytest.mark.parametrize(
    ("libraries", "expected"),
    [
        (["lib/systemd/libsystemd-shared-241.so"], "241"),
        (["usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-257.so"], "257"),
        (["usr/lib/systemd/libsystemd-shared-252-46.el9_5.3.so"], "252"),
        (["usr/lib/systemd/libsystemd-shared-256.6-1.fc41.so"], "256"),
        # an upgrade that is at work, or has left one behind
        (
            [
                "usr/lib/systemd/libsystemd-shared-256.6-1.fc41.so",
                "usr/lib/systemd/libsystemd-shared-257.3-7.fc42.so",
            ],
            None,
        ),
        (["usr/lib/systemd/libsystemd-shared-rest.so"], None),
        (["usr/lib/systemd/libsystemd-core-252.so"], None),
        ([], None),
    ],
)
def test_systemds_library_has_its_version(tmpdir, libraries, expected):
    for library in libraries:
        tmpdir.join(*library.split("/")).write("", ensure=True)
    assert daemons.systemd_version(Host(str(tmpdir))) == expected


def test_a_systemd_without_a_library_of_its_own_is_asked(tmpdir, monkeypatch):
    said = Result(0, "systemd 219\n+PAM +AUDIT\n", "")
    monkeypatch.setattr(Host, "run", lambda self, argv, timeout=30: said)
    assert daemons.systemd_version(Host(str(tmpdir))) == "219"


def test_hyperv_service_and_driver(recorded):
    assert recorded("azure-rocky-9")["hyperv"] == {
        "vmbus": True,
        "time_sync": {
            "device": "2dd1ce17-079e-403c-b352-a1921ee207ee",
            "driver": "hv_utils",
        },
        "hv_utils": True,
        "timesync_implicit": None,
        "reason": None,
    }


def test_daemon_unit_and_files(recorded):
    seen = recorded("azure-rocky-9")
    chrony = seen["daemons"]["chrony"]
    assert (chrony["installed"], chrony["unit"], chrony["enabled"]) == (
        True,
        "chronyd.service",
        True,
    )
    # nothing is run below a recorded root
    assert (chrony["version"], chrony["active"]) == (None, None)
    assert seen["units"]["chronyd.service"]["enabled"] == "enabled"
    assert "makestep 1.0 3" in seen["files"]["/etc/chrony.conf"]["text"]
    assert "/run/chrony-dhcp/eth0.sources" in seen["files"]


def test_a_key_never_leaves_the_host(recorded):
    seen = recorded("azure-rocky-9")
    assert seen["files"]["/etc/chrony.keys"]["text"] is None
    assert "feedface" not in json.dumps(seen)


def test_a_key_file_among_other_files_is_known_by_the_directive_that_names_it(tmpdir):
    folder = tmpdir.join("etc", "chrony", "conf.d").ensure(dir=True)
    folder.join("keys.conf").write("1 MD5 feedface\n")
    folder.join("more.conf").write(" KeyFile /etc/chrony/conf.d/keys.conf\n")
    files = daemons.observe_files(Host(str(tmpdir)))
    assert files["/etc/chrony/conf.d/keys.conf"]["text"] is None
    assert files["/etc/chrony/conf.d/keys.conf"]["sha256"] is None
    assert files["/etc/chrony/conf.d/more.conf"]["text"]


def test_a_host_that_tells_nothing_has_reasons_and_no_traceback(recorded):
    seen = recorded("empty")
    assert seen["distribution"]["id"] is None
    for part in (
        seen["distribution"],
        seen["hyperv"],
        seen["virtualization"],
        seen["status"],
    ):
        assert part["reason"].endswith(".")
    assert [daemon["reason"][-1] for daemon in seen["daemons"].values()] == ["."] * 5


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('ID=debian\nVERSION_ID="12"\n', {"ID": "debian", "VERSION_ID": "12"}),
        ("ID='sles'\n", {"ID": "sles"}),
        ('NAME="a \\"b\\" c"\n', {"NAME": 'a "b" c'}),
        ("# comment\n\nnonsense\nID=\n", {"ID": ""}),
    ],
)
def test_parse_os_release(text, fields):
    assert distro.parse_os_release(text) == fields


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        (
            b"[Service]\nExecStart=/a\n\n[Install]\nWantedBy=b.target\n",
            False,
            "disabled",
        ),
        (b"[Service]\nExecStart=/a\n\n[Install]\nWantedBy=b.target\n", True, "enabled"),
        # there is nothing to enable
        (b"[Service]\nExecStart=/a\n", False, "static"),
        (b"", False, "disabled"),
    ],
)
def test_a_unit_of_a_root_that_does_not_run(tmpdir, text, wanted, expected):
    folder = tmpdir.join("etc", "systemd", "system")
    folder.join("a.service").write_binary(text, ensure=True)
    if wanted:
        folder.join("b.target.wants", "a.service").write_binary(b"", ensure=True)
    seen = units.observe(Host(str(tmpdir)), ["a.service"])
    assert seen["a.service"]["enabled"] == expected


def test_an_instance_of_a_template_is_read_from_the_template(tmpdir):
    folder = tmpdir.join("etc", "systemd", "system")
    folder.join("a@.service").write_binary(b"[Install]\n", ensure=True)
    seen = units.observe(Host(str(tmpdir)), ["a@b.service"])
    assert seen["a@b.service"]["enabled"] == "disabled"
    folder.join("b.target.wants", "a@b.service").write_binary(b"", ensure=True)
    seen = units.observe(Host(str(tmpdir)), ["a@b.service"])
    assert seen["a@b.service"]["enabled"] == "enabled"
    folder.join("a@b.service").mksymlinkto("/dev/null")
    seen = units.observe(Host(str(tmpdir)), ["a@b.service"])
    assert seen["a@b.service"]["load"] == "masked"
