# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

import pytest

from ansible_collections.vmtime.linux.plugins.module_utils._apply import kernel
from ansible_collections.vmtime.linux.plugins.module_utils._host import (
    Host,
    HostError,
    Result,
)
from ansible_collections.vmtime.linux.plugins.module_utils._observe import hyperv
from ansible_collections.vmtime.linux.plugins.module_utils._observe.kernel import (
    observe,
)

DEVICE = "2dd1ce17-079e-403c-b352-a1921ee207ee"


@pytest.fixture(params=["hv_util", "hv_utils"])
def tree(tmpdir, request):
    """Hyper-V's part of sysfs; kernels spell the driver's name differently."""
    bus = tmpdir.join("sys", "bus", "vmbus")
    driver = bus.join("drivers", request.param)
    for name in ("bind", "unbind"):
        driver.join(name).write("", ensure=True)
    device = bus.join("devices", DEVICE)
    device.join("class_id").write(hyperv.TIME_SYNC_CLASS + "\n", ensure=True)
    os.symlink("../../drivers/" + request.param, str(device.join("driver")))
    option = tmpdir.join("sys", "module", "hv_utils", "parameters", "timesync_implicit")
    option.write("N\n", ensure=True)
    return tmpdir


def kernel_of(tree, monkeypatch):
    """Let a write to bind or unbind do what the kernel does."""
    write = kernel._write
    device = tree.join("sys", "bus", "vmbus", "devices", DEVICE, "driver")

    def obey(host, path, word):
        write(host, path, word)
        if path.endswith("/unbind"):
            os.unlink(str(device))
        elif path.endswith("/bind"):
            folder = os.path.basename(os.path.dirname(path))
            os.symlink("../../drivers/" + folder, str(device))

    monkeypatch.setattr(kernel, "_write", obey)


def change(name, value):
    return [{"name": name, "value": value}]


def test_what_there_is_is_observed(tree):
    assert observe(Host(str(tree))) == {
        "hyperv_time_sync": "bound",
        "timesync_implicit": "off",
        "hv_utils": "loaded",
        "ptp_kvm": "unloaded",
    }


def test_a_host_of_another_kind_has_none(tmpdir):
    seen = observe(Host(str(tmpdir)))
    assert seen["hyperv_time_sync"] is None
    assert seen["timesync_implicit"] is None


def test_the_service_loses_its_driver_and_gets_it_back(tree, monkeypatch):
    kernel_of(tree, monkeypatch)
    host = Host(str(tree))
    settings = change("hyperv_time_sync", "unbound")
    before = kernel.remember(host, settings)
    (done,) = kernel.change(host, settings)
    assert done.startswith("echo %s > /sys/bus/vmbus/drivers/hv_util" % DEVICE)
    assert observe(host)["hyperv_time_sync"] == "unbound"
    assert kernel.change(host, settings) == []
    assert kernel.put_back(host, before) == (["hyperv_time_sync"], [])
    assert observe(host)["hyperv_time_sync"] == "bound"
    assert kernel.put_back(host, before) == ([], [])


def test_timesync_implicit_goes_on_and_off(tree):
    host = Host(str(tree))
    settings = change("timesync_implicit", "on")
    before = kernel.remember(host, settings)
    assert kernel.change(host, settings) == ["echo 1 > " + hyperv.TIMESYNC_IMPLICIT]
    assert observe(host)["timesync_implicit"] == "on"
    assert kernel.put_back(host, before) == (["timesync_implicit"], [])
    assert observe(host)["timesync_implicit"] == "off"


def test_what_the_kernel_takes_without_effect_is_an_error(tree):
    with pytest.raises(HostError, match="without effect"):
        kernel.change(Host(str(tree)), change("hyperv_time_sync", "unbound"))


def test_what_the_kernel_does_not_have_is_not_made(tree):
    os.unlink(str(tree.join(hyperv.TIMESYNC_IMPLICIT)))
    with pytest.raises(HostError, match="The kernel refuses '1' for /sys/module"):
        kernel.change(Host(str(tree)), change("timesync_implicit", "on"))
    assert not tree.join(hyperv.TIMESYNC_IMPLICIT).check()


def test_a_setting_that_is_a_link_is_not_followed(tree):
    # below another root it could lead anywhere
    victim = tree.join("victim")
    victim.write("victim")
    os.unlink(str(tree.join(hyperv.TIMESYNC_IMPLICIT)))
    os.symlink(str(victim), str(tree.join(hyperv.TIMESYNC_IMPLICIT)))
    with pytest.raises(HostError, match="The kernel refuses '1' for /sys/module"):
        kernel.change(Host(str(tree)), change("timesync_implicit", "on"))
    assert victim.read() == "victim"


def test_a_module_is_loaded_by_modprobe_and_taken_out_again(tree, monkeypatch):
    said = []
    folder = tree.join("sys", "module", "ptp_kvm")

    def run(self, argv, timeout=30):
        said.append(argv)
        if "--remove" in argv:
            folder.remove()
        else:
            folder.ensure(dir=True)
        return Result(0, "", "")

    monkeypatch.setattr(Host, "run", run)
    host = Host(str(tree))
    before = kernel.remember(host, change("ptp_kvm", "loaded"))
    assert kernel.change(host, change("ptp_kvm", "loaded")) == ["modprobe ptp_kvm"]
    assert kernel.put_back(host, before) == (["ptp_kvm"], [])
    assert said == [["modprobe", "ptp_kvm"], ["modprobe", "--remove", "ptp_kvm"]]


def test_a_module_that_does_not_load_ends_the_run(tree, monkeypatch):
    refusal = Result(1, "", "could not insert 'ptp_kvm': No such device")
    monkeypatch.setattr(Host, "run", lambda self, argv, timeout=30: refusal)
    with pytest.raises(HostError, match="'modprobe ptp_kvm' failed: could not insert"):
        kernel.change(Host(str(tree)), change("ptp_kvm", "loaded"))


@pytest.mark.parametrize("name", ["../../etc/passwd", "modprobe", "hv_vmbus"])
def test_nothing_else_can_be_set(tree, name):
    with pytest.raises(KeyError):
        kernel.change(Host(str(tree)), change(name, "on"))
    with pytest.raises(HostError, match="can't be"):
        kernel.change(Host(str(tree)), change("timesync_implicit", "; rm -rf /"))
