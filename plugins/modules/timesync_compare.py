#!/usr/bin/python

# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: timesync_compare
short_description: Tell in one row how a host keeps time, and how that differs from its plan
version_added: 1.0.0
description:
  - One read-only look at a host, M(vmtime.linux.timesync_info), which is compared on the controller with what M(vmtime.linux.timesync)
    would plan.
  - This is what the role P(vmtime.linux.report#role) asks of every host.
author:
  - The vmtime.linux authors (@vmtime)
extends_documentation_fragment:
  - vmtime.linux._attributes
  - vmtime.linux._attributes.actiongroup
attributes:
  async:
    support: none
  check_mode:
    support: full
    details: Nothing on the host is ever changed.
  diff_mode:
    support: none
    details: RV(row.differences) names what would change. M(vmtime.linux.timesync) shows how, in check mode with C(--diff).
  idempotent:
    support: full
  safe_file_operations:
    support: full
options:
  plan:
    description:
      - The options of M(vmtime.linux.timesync) for this host.
      - With options that are refused, the host is looked at all the same, and RV(row.message) has the refusal.
    type: dict
    default: {}
  rows:
    description:
      - A folder on the controller that keeps the row, also that of a host which could not be reached, for M(vmtime.linux.timesync_report).
      - It is RV(vmtime.linux.timesync_report#module:rows).
    type: path
seealso:
  - module: vmtime.linux.timesync_report
  - module: vmtime.linux.timesync
  - module: vmtime.linux.timesync_info
"""

EXAMPLES = r"""
- name: Compare the host with what it should follow
  vmtime.linux.timesync_compare:
    plan:
      mode: host_only
  register: compared

- name: Insist that nothing differs
  ansible.builtin.assert:
    that: compared.row.as_planned
    fail_msg: "{{ compared.row.differences | join(', ') }}"
"""

RETURN = r"""
row:
  description: The host in one row. Text is on one line and printable, whatever the host has answered.
  returned: when the host could be reached
  type: dict
  contains:
    host: {description: The name in the inventory., type: str, sample: web1}
    answer: {description: "V(ok), or V(failed) if there was no answer that can be used, V(unreachable) if there was none.", type: str, sample: ok}
    message: {description: "Why there is no answer, plan or status; else empty.", type: str, sample: ""}
    mode: {description: "The mode that was planned, V(null) if the options are refused.", type: str, sample: default}
    synchronised: {description: Whether a source is selected and answers., type: bool, sample: true}
    selected: {description: The name of that source., type: str, sample: PHC0}
    selected_kind: {description: "V(server), V(peer) or V(refclock).", type: str, sample: refclock}
    offset: {description: "Seconds by which the system clock is ahead of it.", type: float, sample: -0.000000312}
    error: {description: The bound in seconds that the daemon gives for the offset's error., type: float, sample: 0.000125}
    stratum: {description: The host's own stratum., type: int, sample: 3}
    sources: {description: The number of sources that the daemon knows., type: int, sample: 5}
    reachable_sources: {description: The number of those that have answered lately., type: int, sample: 4}
    as_planned: {description: "Whether a run would change nothing, V(null) if there is no plan.", type: bool, sample: true}
    differences:
      description: Files, settings of the kernel and units that a run would change, at most 20.
      type: list
      elements: str
      sample: [/etc/chrony/chrony.conf]
    has_plan: {description: Whether a plan could be made., type: bool, sample: true}
    host_clock: {description: "The name of the clock that the hypervisor gives, V(null) if there is none.", type: str, sample: hyperv}
    host_clock_used: {description: "Whether a refclock is among the daemon's sources, V(null) if there is no host clock.", type: bool, sample: true}
    host_clock_ignored: {description: "Whether the plan ignores the host's clock on purpose.", type: bool, sample: false}
    provider: {description: "The daemon that was asked, V(null) if none is active.", type: str, sample: chrony}
    version: {description: Its version., type: str, sample: "4.3"}
    distribution: {description: The distribution's name., type: str, sample: Debian GNU/Linux 12 (bookworm)}
    hypervisor: {description: What the host runs on., type: str, sample: hyperv}
"""
