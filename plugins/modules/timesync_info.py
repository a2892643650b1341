#!/usr/bin/python

# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: timesync_info
short_description: Tell all that decides how a virtual machine gets its time
version_added: 1.0.0
description:
  - One read-only look at a host. It finds the distribution, the hypervisor, every PTP clock and which of them the hypervisor
    serves, Hyper-V's time-sync service, each time daemon with its version, units and files, and what the running daemon follows.
  - What is absent is V(null) or an empty list, with a reason beside it.
  - Of a key file only owner and mode are told, never its text nor a checksum of it.
author:
  - The vmtime.linux authors (@vmtime)
extends_documentation_fragment:
  - vmtime.linux._attributes
attributes:
  check_mode:
    support: full
    details: Nothing is ever changed.
  diff_mode:
    support: none
    details: Nothing is ever changed.
  idempotent:
    support: full
  safe_file_operations:
    support: full
    details: Files are only read. What is not a regular file is never opened.
options:
  root:
    description:
      - The folder that is the host's root.
      - With another root than V(/), a mounted image or a recorded tree, files are read and no program is run. Versions and status are
        then V(null).
    type: path
    default: /
seealso:
  - module: vmtime.linux.timesync
"""

EXAMPLES = r"""
- name: Look at the host
  vmtime.linux.timesync_info:
  register: time_sync

- name: Say which clock the hypervisor gives, and why
  ansible.builtin.debug:
    msg: "{{ time_sync.host_clock_reason }}"

- name: Insist that the clock follows something
  ansible.builtin.assert:
    that: time_sync.status.synchronised
    fail_msg: "{{ time_sync.status.reason or 'No source is selected.' }}"
"""

RETURN = r"""
root:
  description: The root folder that was looked at.
  returned: success
  type: str
  sample: /
distribution:
  description: What C(/etc/os-release) tells.
  returned: success
  type: dict
  sample:
    id: rocky
    id_like: [rhel, centos, fedora]
    version_id: "9.4"
    name: Rocky Linux 9.4 (Blue Onyx)
    family: redhat
    reason: null
kernel:
  description: Release of the running kernel, V(null) with another root.
  returned: success
  type: str
  sample: 6.1.0-18-cloud-amd64
systemd:
  description: Whether systemd runs as PID 1, and its version.
  returned: success
  type: dict
  sample: {booted: true, version: "252"}
virtualization:
  description:
    - Hypervisor (V(aws), V(google), V(hyperv), V(kvm), V(qemu), V(virtualbox), V(vmware), V(xen)) and container engine, each V(null)
      if there is none, and whether the host is a virtual machine in Azure.
  returned: success
  type: dict
  sample: {type: hyperv, container: null, is_azure: true, reason: null}
ptp_clocks:
  description: Every PTP clock, with its name, device, the symlinks to it and its driver.
  returned: success
  type: list
  elements: dict
  sample:
    - {name: ptp0, clock_name: mlx5_ptp, device: /dev/ptp0, symlinks: [], driver: mlx5_core}
    - {name: ptp1, clock_name: hyperv, device: /dev/ptp1, symlinks: [/dev/ptp_hyperv], driver: hv_utils}
host_clock:
  description:
    - The PTP clock that the hypervisor serves, V(null) if there is none.
    - RV(host_clock.device) is the stable symlink by which it is to be configured, whether that exists yet or not.
  returned: success
  type: dict
  sample: {name: ptp1, clock_name: hyperv, hypervisor: hyperv, device: /dev/ptp_hyperv}
host_clock_reason:
  description: Why this clock was chosen, or why none was.
  returned: success
  type: str
  sample: /dev/ptp1 is named 'hyperv', the clock of hyperv.
hyperv:
  description:
    - Hyper-V's time-sync service on VMBus and the driver bound to it, whether C(hv_utils) is loaded, and its option
      C(timesync_implicit), V(null) where the kernel does not have it.
  returned: success
  type: dict
  sample:
    vmbus: true
    time_sync: {device: 2dd1ce17-079e-403c-b352-a1921ee207ee, driver: hv_utils}
    hv_utils: true
    timesync_implicit: null
    reason: null
daemons:
  description:
    - The time daemons C(chrony), C(timesyncd), C(ntp), C(ntpsec) and C(openntpd). RV(daemons.*.active) is V(null) where systemd does not run.
  returned: success
  type: dict
  sample:
    chrony:
      installed: true
      binary: /usr/sbin/chronyd
      version: "4.3"
      unit: chrony.service
      active: true
      enabled: true
      reason: null
units:
  description: State of every unit that can steer the system clock, by its real name. Units that do not exist are left out.
  returned: success
  type: dict
  sample:
    chrony.service: {load: loaded, active: active, enabled: enabled, condition: true}
files:
  description: Every configuration file of these daemons by its path. Text and checksum of key files are V(null).
  returned: success
  type: dict
  sample:
    /etc/chrony/chrony.keys: {text: null, sha256: null, mode: "0640", owner: root, group: root, symlink: null}
status:
  description:
    - What the active daemon follows now, in its own words.
    - RV(status.sources[].state) is one of V(selected), V(combined), V(unselected), V(falseticker), V(variable), V(unusable).
    - RV(status.sources[].offset) and RV(status.sources[].error) are in seconds. The offset is positive if the system clock is ahead.
    - RV(status.sources[].reach) is the octal register of the last eight polls, RV(status.sources[].poll) the interval in log2 seconds.
  returned: success
  type: dict
  sample:
    provider: chrony
    synchronised: true
    selected: PHC0
    stratum: 3
    leap: Normal
    reason: null
    sources:
      - name: PHC0
        address: null
        kind: refclock
        state: selected
        stratum: 2
        poll: 3
        reach: "377"
        offset: 0.000001
        error: 0.000021
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, HostError
from ansible_collections.vmtime.linux.plugins.module_utils._observation import observe


def main():
    module = AnsibleModule(
        argument_spec={"root": {"type": "path", "default": "/"}},
        supports_check_mode=True,
    )
    host = Host(module.params["root"])
    if not host.is_folder("/"):
        module.fail_json(msg="root: %s is no folder on this host." % module.params["root"])
    try:
        observation = observe(host)
    except HostError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**observation)


if __name__ == "__main__":
    main()
