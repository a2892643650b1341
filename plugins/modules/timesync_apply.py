#!/usr/bin/python

# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: timesync_apply
short_description: Put a rendered time-sync configuration into force, or leave the host as it was
version_added: 1.0.0
description:
  - The target half of M(vmtime.linux.timesync), which calls it with the texts that it has rendered. It is not meant for playbooks and its
    options may change in any release.
  - All files and units change together. If the daemon refuses its file, does not start, or follows none of the planned sources in
    time, every file and unit is put back as it was and the module fails.
author:
  - The vmtime.linux authors (@vmtime)
extends_documentation_fragment:
  - vmtime.linux._attributes
attributes:
  async:
    support: none
  check_mode:
    support: none
    details: M(vmtime.linux.timesync) never calls it in check mode.
  diff_mode:
    support: none
    details: M(vmtime.linux.timesync) makes the diff.
  idempotent:
    support: none
    details: It is called only if something differs.
  safe_file_operations:
    support: full
options:
  root:
    description: The folder that is the host's root.
    type: path
    default: /
  recover:
    description: Whether to undo what an interrupted run has left, and nothing else. All other options but O(root) are then ignored.
    type: bool
    default: false
  absent:
    description:
      - Whether to bring back the files and units as they were before the first run on this host, and nothing else. All other options
        but O(root) and O(kernel) are then ignored.
    type: bool
    default: false
  units_before:
    description: The units that a package of this run has changed, by name, as M(vmtime.linux.timesync_info) told of them before.
    type: dict
  files:
    description: The files that change.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: Where the file stands.
        type: path
        required: true
      text:
        description: Its whole text. Without it the file is removed.
        type: str
      sha256:
        description: Checksum of what must stand there now. Without it there must be no file.
        type: str
      mode:
        description: Mode of a file that is new or secret. Another that exists keeps its mode and owner.
        type: str
        default: "0644"
      group:
        description: Group of a file that is new or secret, root's unless given.
        type: str
      is_secret:
        description: Whether the text is one of O(secrets), and what stands there now was not looked at.
        type: bool
        default: false
      keep_original:
        description: Whether to keep a copy of what stands there now beside it, unless there is one.
        type: bool
        default: false
  secrets:
    description: The texts of secret files by their paths.
    type: dict
    default: {}
  checks:
    description: Programs that read a candidate before it is put in place.
    type: list
    elements: dict
    default: []
    suboptions:
      argv:
        description: Program and arguments. The candidate's path is added as the last one.
        type: list
        elements: str
        required: true
      path:
        description: The file whose candidate is read.
        type: path
        required: true
  stop:
    description: Units to stop and disable before the planned one starts.
    type: list
    elements: str
    default: []
  start:
    description: The units to enable and restart, in this order. The last one is the daemon that is verified.
    type: list
    elements: str
    default: []
  kernel:
    description: Settings of the running kernel to change, after the files and before the units.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The setting.
        type: str
        choices: [hyperv_time_sync, timesync_implicit, hv_utils, ptp_kvm]
        required: true
      value:
        description: What it is to be.
        type: str
        choices: [bound, unbound, 'on', 'off', loaded]
        required: true
  verify:
    description: What the daemon must follow afterwards. Required if there is one in O(start).
    type: dict
    suboptions:
      provider:
        description: The daemon to ask.
        type: str
        choices: [chrony, timesyncd, ntp]
        required: true
      version:
        description: The daemon's version.
        type: str
      sources:
        description: Names or addresses of the planned sources. One of them must be selected.
        type: list
        elements: str
        required: true
      any_source:
        description: Whether any selected source will do.
        type: bool
        default: false
      min_sources:
        description: How many sources the daemon needs to select one, for the error where it selects none.
        type: int
        default: 1
      timeout:
        description: Seconds to wait for that. With V(0) no source need be selected.
        type: int
        required: true
seealso:
  - module: vmtime.linux.timesync
"""

EXAMPLES = r"""
- name: Remove one file and restart chrony
  vmtime.linux.timesync_apply:
    files:
      - path: /etc/chrony/conf.d/site.conf
        sha256: 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
    start: [chrony.service]
    verify: {provider: chrony, sources: [ntp.example.com], timeout: 60}
"""

RETURN = r"""
commands:
  description: The programs that ran, in this order.
  returned: always
  type: list
  elements: str
  sample: [systemctl enable chrony.service, systemctl restart chrony.service]
skipped_steps:
  description: The steps that were left out, each with its reason.
  returned: success
  type: list
  elements: str
status:
  description: What the daemon follows, as M(vmtime.linux.timesync_info) tells it. V(null) where systemd does not run.
  returned: always
  type: dict
restored:
  description: The files and units that were put back as they were.
  returned: always
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._apply.transaction import apply, undo_on_signals
from ..module_utils._host import Host, HostError, sentence

ARGUMENT_SPEC = {
    "root": {"type": "path", "default": "/"},
    "recover": {"type": "bool", "default": False},
    "absent": {"type": "bool", "default": False},
    "units_before": {"type": "dict"},
    "files": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "path": {"type": "path", "required": True},
            "text": {"type": "str"},
            "sha256": {"type": "str"},
            "mode": {"type": "str", "default": "0644"},
            "group": {"type": "str"},
            "is_secret": {"type": "bool", "default": False},
            "keep_original": {"type": "bool", "default": False},
        },
    },
    # an option of its own: in the log of the system a list of files is one string
    "secrets": {"type": "dict", "default": {}, "no_log": True},
    "checks": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "argv": {"type": "list", "elements": "str", "required": True},
            "path": {"type": "path", "required": True},
        },
    },
    "stop": {"type": "list", "elements": "str", "default": []},
    "start": {"type": "list", "elements": "str", "default": []},
    "kernel": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {
                "type": "str",
                "choices": [
                    "hyperv_time_sync",
                    "timesync_implicit",
                    "hv_utils",
                    "ptp_kvm",
                ],
                "required": True,
            },
            "value": {
                "type": "str",
                "choices": ["bound", "unbound", "on", "off", "loaded"],
                "required": True,
            },
        },
    },
    "verify": {
        "type": "dict",
        "options": {
            "provider": {
                "type": "str",
                "choices": ["chrony", "timesyncd", "ntp"],
                "required": True,
            },
            "version": {"type": "str"},
            "sources": {"type": "list", "elements": "str", "required": True},
            "any_source": {"type": "bool", "default": False},
            "min_sources": {"type": "int", "default": 1},
            "timeout": {"type": "int", "required": True},
        },
    },
}


def main():
    module = AnsibleModule(
        argument_spec=ARGUMENT_SPEC,
    )
    undo_on_signals()
    for file in module.params["files"]:
        file["text"] = module.params["secrets"].get(file["path"], file["text"])
    try:
        done = apply(Host(module.params["root"]), module.params)
    except (HostError, EnvironmentError) as error:
        module.fail_json(
            msg=sentence(error),
            restored=getattr(error, "restored", []),
            status=getattr(error, "status", None),
            commands=getattr(error, "commands", []),
        )
    module.exit_json(
        changed=bool(done["restored"] or not module.params["recover"]), **done
    )


if __name__ == "__main__":
    main()
