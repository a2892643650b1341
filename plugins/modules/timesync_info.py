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
  - vmtime.linux._attributes.actiongroup
attributes:
  async:
    support: full
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
      - With another root than V(/), a mounted image or a recorded tree, files are read and no program is run. The status
        and all versions but systemd's are then V(null).
    type: path
    default: /
  before_first_run:
    description: Whether to tell how the host was before the first run of M(vmtime.linux.timesync) that changed it.
    type: bool
    default: false
  keys:
    description:
      - The text that the collection's own key file should have. RV(files) then tells whether it has.
      - M(vmtime.linux.timesync) gives it. A key is never told, not even a checksum of it.
    type: str
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
privileged:
  description: Whether the look was taken as root. Others may not see all files and units.
  returned: success
  type: bool
  sample: true
distribution:
  description: What C(/etc/os-release) tells. Each is V(null) or empty where it is not told.
  returned: success
  type: dict
  contains:
    id: {description: The distribution's own name., type: str, sample: rocky}
    id_like: {description: The distributions that it is like., type: list, elements: str, sample: [rhel, centos, fedora]}
    version_id: {description: Its version., type: str, sample: "9.4"}
    name: {description: The name for people., type: str, sample: Rocky Linux 9.4 (Blue Onyx)}
    codename: {description: "The codename of its release, or of the one that it is made from.", type: str, sample: bookworm}
    reason: {description: Why nothing is told., type: str}
kernel:
  description: Release of the running kernel, V(null) where it is not to be seen.
  returned: success
  type: str
  sample: 6.1.0-18-cloud-amd64
kernel_settings:
  description:
    - What M(vmtime.linux.timesync) may change in the running kernel. C(hyperv_time_sync) is V(bound) or V(unbound), C(timesync_implicit)
      V(on) or V(off), and the modules C(hv_utils) and C(ptp_kvm) V(loaded) or V(unloaded). V(null) is what the kernel does not have.
  returned: success
  type: dict
  sample: {hyperv_time_sync: bound, timesync_implicit: "off", hv_utils: loaded, ptp_kvm: unloaded}
systemd:
  description: The init system.
  returned: success
  type: dict
  contains:
    booted: {description: Whether systemd runs as PID 1., type: bool, sample: true}
    version: {description: "Its version, V(null) where it is not known.", type: str, sample: "252"}
virtualization:
  description: What the host runs on.
  returned: success
  type: dict
  contains:
    type:
      description: V(aws), V(google), V(hyperv), V(kvm), V(qemu), V(virtualbox), V(vmware) or V(xen), V(null) if none is seen.
      type: str
      sample: hyperv
    container: {description: "The container engine, V(null) if there is none.", type: str}
    is_azure: {description: Whether this is a virtual machine in Azure., type: bool, sample: true}
    reason: {description: Why there is no type., type: str}
ptp_clocks:
  description: Every PTP clock, by its number.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: The kernel's name., type: str, sample: ptp1}
    clock_name: {description: The name that the clock's driver gives it., type: str, sample: hyperv}
    device: {description: The device., type: str, sample: /dev/ptp1}
    symlinks: {description: The symlinks to the device., type: list, elements: str, sample: [/dev/ptp_hyperv]}
    driver: {description: The driver that is bound to the clock's device., type: str, sample: hv_utils}
host_clock:
  description: The PTP clock that the hypervisor serves, V(null) if there is none.
  returned: success
  type: dict
  contains:
    name: {description: The kernel's name., type: str, sample: ptp1}
    clock_name: {description: The name by which it was chosen., type: str, sample: hyperv}
    hypervisor: {description: Who serves it., type: str, sample: hyperv}
    device: {description: "The stable symlink by which it is configured, whether that exists yet or not.", type: str, sample: /dev/ptp_hyperv}
host_clock_reason:
  description: Why this clock was chosen, or why none was.
  returned: success
  type: str
  sample: /dev/ptp1 is named 'hyperv', the clock of hyperv.
hyperv:
  description: Hyper-V's time-sync service.
  returned: success
  type: dict
  contains:
    vmbus: {description: Whether this is a guest of Hyper-V., type: bool, sample: true}
    time_sync:
      description: The service's C(device) on VMBus and the C(driver) bound to it, V(null) if the service is not offered.
      type: dict
      sample: {device: 2dd1ce17-079e-403c-b352-a1921ee207ee, driver: hv_utils}
    hv_utils: {description: Whether the kernel module is loaded., type: bool, sample: true}
    timesync_implicit: {description: "The module's option, V(null) where the kernel does not have it.", type: bool}
    reason: {description: Why the service can't be used., type: str}
daemons:
  description:
    - The time daemons C(chrony), C(timesyncd), C(ntp), C(ntpsec) and C(openntpd). Each tells whether it is C(installed), its C(binary),
      C(version) and C(unit), whether that is C(active), V(null) where systemd does not run, and C(enabled), and the C(reason) for what
      is V(null).
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
phc2sys:
  description: linuxptp's program that hands a host's clock to C(ntpd), V(null) where it is not installed.
  returned: success
  type: str
  sample: /usr/sbin/phc2sys
units:
  description:
    - Every unit that can steer the system clock, by its real name. Each tells C(load) (V(loaded) or V(masked)), systemd's words for
      C(active), V(null) where systemd does not run, and C(enabled). C(condition) is V(false) if it was not started yet or one of its
      conditions was not met.
    - Units that do not exist are left out.
  returned: success
  type: dict
  sample:
    chrony.service: {load: loaded, active: active, enabled: enabled, condition: true}
files:
  description:
    - Every configuration file of these daemons by its path, with C(text), C(sha256), C(mode), C(owner), C(group) and, if it is one,
      the target of the C(symlink).
    - C(matches) tells of the collection's own key file whether it is as O(keys) asks. For all others it is V(null).
    - Text and checksum of a key file are V(null).
  returned: success
  type: dict
  sample:
    /etc/chrony/chrony.keys: {text: null, sha256: null, mode: "0640", owner: root, group: root, symlink: null, matches: null}
status:
  description: What the active daemon follows now, in its own words.
  returned: success
  type: dict
  contains:
    provider: {description: "The daemon that was asked, V(null) if none is active.", type: str, sample: chrony}
    synchronised: {description: Whether a source is selected and answers., type: bool, sample: true}
    selected: {description: The name of that source., type: str, sample: PHC0}
    stratum: {description: The host's own stratum., type: int, sample: 3}
    leap: {description: The leap status., type: str, sample: Normal}
    reason: {description: Why there is no status., type: str}
    sources:
      description: Every source that the daemon knows.
      type: list
      elements: dict
      contains:
        name: {description: The name in the configuration., type: str, sample: PHC0}
        address: {description: "The address, V(null) for a refclock.", type: str}
        kind: {description: "V(server), V(peer) or V(refclock).", type: str, sample: refclock}
        state:
          description: V(selected), V(combined), V(unselected), V(falseticker), V(variable) or V(unusable).
          type: str
          sample: selected
        stratum: {description: The source's stratum., type: int, sample: 2}
        poll: {description: The interval of polls in log2 seconds., type: int, sample: 3}
        reach: {description: The register of the last eight polls in octal digits., type: str, sample: "377"}
        offset: {description: Seconds that the system clock is ahead of the source., type: float, sample: 0.000001}
        error: {description: Seconds that the offset may be wrong by., type: float, sample: 0.000021}
before_first_run:
  description:
    - What O(before_first_run) asks for, V(null) if no run of M(vmtime.linux.timesync) has changed this host.
  returned: if asked for
  type: dict
  contains:
    sha256: {description: The checksum of the record., type: str}
    files:
      description: What stood at each path, by path. V(null) where there was no file.
      type: dict
    units:
      description: How each unit was, by name, with the keys of RV(units). V(null) where there was none.
      type: dict
    kernel:
      description: What RV(kernel_settings) was, as a list of C(name) and C(value), for those that have been changed.
      type: list
      elements: dict
unfinished_run:
  description:
    - Whether a run of M(vmtime.linux.timesync) has begun to change this host and not ended. It is at work, or it was killed and the next
      one will undo what it did.
  returned: success
  type: bool
  sample: false
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._host import Host, HostError, sentence
from ..module_utils._observe.observation import observe
from ..module_utils._record import first_run


def main():
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "default": "/"},
            "before_first_run": {"type": "bool", "default": False},
            "keys": {"type": "str", "no_log": True},
        },
        supports_check_mode=True,
    )
    host = Host(module.params["root"])
    if not host.is_folder("/"):
        module.fail_json(
            msg="root: %s is no folder on this host." % module.params["root"]
        )
    try:
        observation = observe(host, module.params["keys"])
        if module.params["before_first_run"]:
            observation["before_first_run"] = first_run.observe(host)
    except (HostError, EnvironmentError) as error:
        module.fail_json(msg=sentence(error))
    module.exit_json(**observation)


if __name__ == "__main__":
    main()
