#!/usr/bin/python

# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: timesync_report
short_description: Write what was seen of a fleet as a page, as data and as metrics
version_added: 1.0.0
description:
  - Runs on the controller. It writes the rows that M(vmtime.linux.timesync_compare) has kept as one HTML page that needs no other file
    and no network, and the same as JSON and CSV.
  - Each file is written as a whole or not at all.
  - The role P(vmtime.linux.report#role) does all that is needed.
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
    details: Nothing is written. It fails if something could not be written.
  diff_mode:
    support: none
  idempotent:
    support: none
    details: A report tells when it was made, so each is another.
  safe_file_operations:
    support: full
options:
  dest:
    description:
      - The page's path on the controller. The other files stand beside it, with V(.json) and V(.csv) in place of V(.html).
      - Folders that are missing are made. A relative path starts where Ansible was started.
    type: path
    required: true
  formats:
    description: What to write.
    type: list
    elements: str
    choices: [html, json, csv]
    default: [html, json, csv]
  metrics:
    description:
      - Path of a file to write for the textfile collector of Prometheus' node_exporter on the controller. It must end in V(.prom).
      - Not written unless given.
    type: path
  max_offset:
    description: The offset in seconds to the source that is followed, from which on a host counts as far off.
    type: float
    default: 0.1
  hosts:
    description:
      - The hosts to tell of. A host of which no row was kept is told of as one without an answer.
    type: list
    elements: str
seealso:
  - module: vmtime.linux.timesync_compare
"""

EXAMPLES = r"""
- name: See that the report can be written, before any host is asked
  vmtime.linux.timesync_report:
    dest: reports/timesync.html
  check_mode: true
  run_once: true
  delegate_to: localhost
  register: report

- name: Look at the hosts
  vmtime.linux.timesync_compare:
    rows: "{{ report.rows }}"
  ignore_errors: true
  ignore_unreachable: true

- name: Write the report
  vmtime.linux.timesync_report:
    dest: reports/timesync.html
    hosts: "{{ ansible_play_hosts_all }}"
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
files:
  description: The files that were written.
  returned: success
  type: list
  elements: str
  sample: [/srv/timesync.html, /srv/timesync.json, /srv/timesync.csv]
rows:
  description: The folder for O(vmtime.linux.timesync_compare#module:rows). Ansible removes it when it ends.
  returned: success
  type: str
summary:
  description: The numbers at the head of the page.
  returned: success, not in check mode
  type: dict
  contains:
    hosts: {description: All hosts., type: int, sample: 3}
    in_order: {description: Hosts without any concern., type: int, sample: 1}
    concerns:
      description: Hosts by what is wrong with them. A host may count more than once.
      type: dict
      sample: {unreachable: 1, failed: 0, unsynchronised: 1, far_off: 0, refused: 0, differs: 1, host_clock_unused: 0}
    synchronised: {description: Hosts by the answer., type: dict, sample: {"yes": 1, "no": 1, unknown: 1}}
    modes: {description: Hosts by the mode that was planned., type: dict, sample: {default: 3}}
    sources: {description: "Hosts by the source they follow, the eight most common.", type: dict, sample: {PHC0: 1, none: 1}}
    offsets: {description: Hosts by the size of their offset to that source., type: dict, sample: {under 1 µs: 1}}
"""
