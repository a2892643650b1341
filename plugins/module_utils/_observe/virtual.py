# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host runs on: hypervisor, container, Azure.

Runs under Python 2.7 and 3.6+.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

# The chassis asset tag of every virtual machine in Azure (cloud-init, sources/azure/identity.py).
AZURE_ASSET_TAG = "7783-7084-3265-9085-8269-3286-77"

# DMI field, how its value starts, hypervisor. The order matters: clouds before what they run on.
_DMI = (
    ("sys_vendor", "Amazon EC2", "aws"),
    ("sys_vendor", "Google", "google"),
    ("product_name", "Google Compute Engine", "google"),
    ("product_name", "VMware", "vmware"),
    ("sys_vendor", "VMware", "vmware"),
    ("product_name", "VirtualBox", "virtualbox"),
    ("product_name", "KVM", "kvm"),
    ("sys_vendor", "QEMU", "qemu"),
    ("sys_vendor", "Xen", "xen"),
)


# What systemd-detect-virt says to what it is called here. Clouds on KVM with a DMI of their own are
# many, and it knows them by the processor.
_DETECTED = {
    "amazon": "aws",
    "google": "google",
    "kvm": "kvm",
    "microsoft": "hyperv",
    "oracle": "virtualbox",
    "qemu": "qemu",
    "vmware": "vmware",
    "xen": "xen",
}


def observe(host):
    """type (text or None), container (text or None), is_azure (bool), reason."""
    dmi = {
        field: host.line("/sys/class/dmi/id/" + field) or ""
        for field in ("sys_vendor", "product_name", "chassis_asset_tag")
    }
    container = host.line("/run/systemd/container")
    if container is None and host.exists("/run/.containerenv"):
        container = "podman"
    if container is None and host.exists("/.dockerenv"):
        container = "docker"
    kind = _hypervisor(host, dmi)
    if kind is None and container is None:
        kind = _DETECTED.get(host.run(["systemd-detect-virt", "--vm"]).out.strip())
    return {
        "type": kind,
        "container": container,
        "is_azure": dmi["chassis_asset_tag"] == AZURE_ASSET_TAG,
        "reason": None
        if kind
        else "Neither VMBus, DMI nor systemd-detect-virt tells of one.",
    }


def _hypervisor(host, dmi):
    # Microsoft's own computers bear the same vendor: only the bus tells a guest.
    if host.is_folder("/sys/bus/vmbus") and dmi["sys_vendor"] in (
        "",
        "Microsoft Corporation",
    ):
        return "hyperv"
    for field, start, kind in _DMI:
        if dmi[field].startswith(start):
            return kind
    return None
