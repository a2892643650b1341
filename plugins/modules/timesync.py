# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation alone: the action plugin of this name does the work on the controller.

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: timesync
short_description: Give a Linux virtual machine the time of its host, of NTP servers, or of both
version_added: 1.0.0
description:
  - Finds out the distribution and whether the hypervisor gives the host a clock, plans what the time daemon must follow, and changes
    only what differs. A host that is right already costs one read-only module.
  - All files and units change as one transaction. Afterwards a planned source must be selected by the daemon within
    O(verify_timeout), or everything is put back as it was and the module fails with the daemon's own words.
  - The daemon's main configuration file is owned as a whole. What stood there first is kept beside it as C(*.vmtime-original).
    Fragments in the distribution's include folder stay in force, except for sources that the mode forbids. Those are commented out.
  - A package that was installed stays installed. On Debian and Ubuntu the time daemons' packages replace each other. There, after a
    failure, the package of the daemon that was in use before is installed again.
author:
  - The vmtime.linux authors (@vmtime)
extends_documentation_fragment:
  - vmtime.linux._attributes
  - vmtime.linux._attributes.actiongroup
attributes:
  async:
    support: none
    details: A task keyword C(timeout) has to be longer than O(verify_timeout), or the host verifies on alone.
  check_mode:
    support: full
    details:
      - Nothing on the host is touched. If the daemon is not installed, it is planned with the version that the distribution ships,
        and RV(plan.reasons) says so.
  diff_mode:
    support: full
  idempotent:
    support: full
  safe_file_operations:
    support: full
options:
  state:
    description:
      - With V(absent) the files and units come back as they were before this module first changed the host, and what it has added
        goes. All other options but O(install) and O(root) are then ignored.
      - Packages that were installed stay, unless the daemon that was in use before takes their place.
    type: str
    choices: [present, absent]
    default: present
  mode:
    description:
      - V(default) follows NTP servers, with the host's clock as the one that corrects after a pause. Without O(ntp_servers) these are
        the distribution's own.
      - V(host_only) follows the host's clock alone. On Hyper-V without such a clock no daemon runs, and the kernel's hv_utils sets the
        time, by itself before Linux 4.11 and by its option C(timesync_implicit) where the kernel has that.
      - V(external) follows O(ntp_servers), with the host's clock beside them unless O(host_clock=ignore). V(default) with O(ntp_servers)
        plans the same.
      - In V(host_only), V(external) and wherever O(ntp_servers) are given, servers from DHCP are not read unless O(dhcp_ntp_servers=true), nor
        those in the distribution's folders of sources, and sources in its include folder are commented out.
    type: str
    choices: [default, host_only, external]
    default: default
  host_clock:
    description:
      - V(auto) uses the host's clock where there is one.
      - V(require) fails where there is none. As O(mode=host_only) does, it loads the kernel's module for it, C(ptp_kvm) on KVM and on
        Google's cloud or C(hv_utils) on Hyper-V, now and at each boot.
      - V(any) is for images. At each boot, whichever host clock is there gets the name C(/dev/ptp_host) and is used, and where there
        is none the daemon goes on without it. The machine on which the image is made needs no such clock.
      - V(ignore) never uses it. On Hyper-V the time-sync service loses its driver, now and at each boot, so that the host can't set
        the time. It gets it back when this option goes.
    type: str
    choices: [auto, require, any, ignore]
    default: auto
  host_clock_profile:
    description:
      - How closely the daemon follows the host's clock. It sets the values of O(refclock) that are not given.
      - V(documented) has what the clock's vendor documents, C(poll 3 dpoll -2 offset 0 stratum 2) on Hyper-V. See O(refclock).
      - V(fast) has C(poll -1 dpoll -3 maxsamples 4 maxdispersion 1) and C(maxjitter 0.1), and polls the O(ntp_servers) beside it every eight
        seconds, but not pools, nor those with O(ntp_servers[].minpoll) or O(ntp_servers[].maxpoll). The clock is right seconds after a pause.
      - With V(fast) beside NTP, unless O(refclock.trust=true), C(vmtime-recheck.service) looks every two seconds whether the host's clock is off
        by 0.1 s or more and chrony does not follow it. It then has chrony drop its samples and ask all sources anew, once until they agreed for
        half a minute. A host that is wrong is followed for some seconds then. With a chrony before 4.0, V(fast) goes without that service.
    type: str
    choices: [documented, fast]
    default: documented
  prefer:
    description:
      - Which side is preferred while both are right. V(ntp) unless given.
      - Servers with their own O(ntp_servers[].prefer) keep to that.
    type: str
    choices: [ntp, host, none]
  ntp_servers:
    description: NTP servers.
    type: list
    elements: dict
    default: []
    suboptions:
      hostname:
        description: Name or address.
        type: str
        required: true
      pool:
        description: Whether the name stands for a pool of servers.
        type: bool
        default: false
      iburst:
        description: Whether to send the first four requests in a burst.
        type: bool
        default: true
      prefer:
        description: Whether to prefer this server to others that agree with it.
        type: bool
        default: false
      trust:
        description: Whether to trust this server even if the majority disagrees. Needs chrony 2.3.
        type: bool
        default: false
      xleave:
        description: Whether to use the interleaved mode. Needs chrony 3.0.
        type: bool
        default: false
      minpoll:
        description: Shortest interval of requests in log2 seconds, V(-7) to V(24).
        type: int
      maxpoll:
        description:
          - Longest interval of requests in log2 seconds, V(-7) to V(24).
          - Beside a host clock it is V(6) unless given, or V(3) as O(host_clock_profile=fast) says. With older samples the servers
            would outvote the host's clock for up to 14 minutes after a pause.
        type: int
      filter:
        description: Number of samples of which the best is taken, V(1) to V(64). More than one needs chrony 3.4.
        type: int
      nts:
        description: Whether to authenticate the server by Network Time Security. Needs chrony 4.0.
        type: bool
        default: false
      key:
        description:
          - The symmetric key that authenticates the server, as a line of chrony's key file, C(ID [TYPE] KEY). C(TYPE) is C(MD5) unless given.
            C(AES128) and C(AES256) need chrony 4.0. Several servers may share a key.
          - It is written to a key file of the collection's own, for root and the daemon alone, and is never shown. Keep it in a vault.
          - An ID alone means a key that stands in the host's own key file, which is never touched.
        type: str
      smeared:
        description:
          - Whether the server smears leap seconds. Unless given, it does if its name is one of Google's, Amazon's or Meta's that do.
          - Smeared servers that are given here are never followed together with other sources. With smeared ones, directives that tell the daemon of leap
            seconds are left out.
        type: bool
  min_sources:
    description:
      - Number of sources that must agree before the clock is set, V(1) to V(64).
      - More than are planned is refused.
    type: int
    default: 1
  max_distance:
    description:
      - Greatest root distance in seconds of a source to follow, V(0) to V(1000). V(0) is what the distribution has.
      - Servers of Windows domains often tell of more than the daemon's own limit. V(16) lets it follow them. Needs chrony 2.2.
    type: float
    default: 0.0
  dhcp_ntp_servers:
    description:
      - Whether to follow servers that DHCP tells of, beside others.
      - Unless given, they are followed in O(mode=default) without O(ntp_servers).
      - Before chrony 4.0, and on EL 8, Azure Linux 2 and 3 and SUSE, no file can forbid them, because a hook of the DHCP client gives
        them to chrony while it runs. The hook's own setting forbids them, such as C(PEERNTP=no) in C(/etc/sysconfig/network) on EL 7
        and 8.
    type: bool
  ntp_ip_family:
    description:
      - The addresses to use for NTP, by an option of the daemon's command line. Others there, as that of the seccomp filter, stay.
      - Unless given, the command line stays as the distribution or the administrator has it.
    type: str
    choices: [all, IPv4, IPv6]
  ntp_hwts_interfaces:
    description: Network interfaces whose hardware timestamps are used, V(*) for all that have them. Needs chrony 3.0.
    type: list
    elements: str
    default: []
  leapsec_mode:
    description: How a leap second is applied, as the directive C(leapsecmode) of chrony has it. The daemon's own choice is V(system).
    type: str
    choices: [system, step, slew, ignore]
  ptp_domains:
    description: PTP over the network is not supported. A list that is not empty is refused, so that a playbook for another role does not lose it.
    type: list
    elements: dict
    default: []
  refclock:
    description:
      - Values of the host clock's line. Those that are not given follow O(host_clock_profile).
      - The defaults below are those of V(documented) for Hyper-V and of V(fast). In V(documented), a clock whose vendor tells of other values
        gets those, C(poll 2) on KVM, C(poll -1) on Google's cloud and C(poll 0 delay 0.00001) on AWS.
    type: dict
    default: {}
    suboptions:
      poll:
        description: Interval in which samples are processed in log2 seconds, V(3) or V(-1) unless given.
        type: int
      dpoll:
        description: Interval in which samples are taken in log2 seconds, V(-2) or V(-3) unless given.
        type: int
      offset:
        description: Seconds to add to the host's time, V(0) unless given.
        type: float
      stratum:
        description: Stratum to give the host, V(0) to V(15), V(2) unless given. Needs chrony 3.3, and is left out before that unless given.
        type: int
      delay:
        description: Seconds of assumed delay, V(0) to V(1000). Half of it counts as error.
        type: float
      maxsamples:
        description: Greatest number of samples to keep, V(1) to V(64). V(64) or V(4) unless given.
        type: int
      maxdispersion:
        description: Seconds of dispersion above which a sample is ignored, V(0) to V(1000). V(0) is no limit. No limit or V(1) unless given.
        type: float
      trust:
        description:
          - Whether to follow the host even if the servers outvote it. Needs chrony 2.3.
          - After a pause the clock is then right within seconds whatever the servers say. But a host that is wrong is followed too.
        type: bool
  step_threshold:
    description:
      - Offset in seconds above which the clock is stepped and not slewed.
      - V(-1) is V(1.0) with chrony and ntpd's own 0.128. timesyncd steps above 0.4 and can't be told otherwise. V(0) forbids every step.
    type: float
    default: -1.0
  step_limit:
    description:
      - Number of updates after the daemon's start in which the clock may be stepped. V(-1) is no limit. Only chrony has a limit.
      - A virtual machine can be paused at any time. With a limit it is left to slew for minutes after that.
    type: int
    default: -1
  provider:
    description:
      - The time daemon.
      - V(auto) keeps the one that is in use if it can do what is asked, and is V(chrony) otherwise. RV(plan.reasons) tells why.
      - V(timesyncd) is systemd-timesyncd. It follows one NTP server at a time and never the host's clock. Of the options that tune a daemon it
        takes those of O(ntp_servers), but not C(trust), C(xleave), C(filter), C(nts) and C(key).
      - V(ntp) is ntp.org's ntpd or ntpsec, whichever the distribution ships. It follows the host's clock through C(phc2sys) of linuxptp. Of
        O(ntp_servers) it does not take C(xleave), C(filter), C(nts) and C(key); of O(refclock) it takes C(poll), C(stratum) and C(trust).
      - An option that the daemon or its version does not know is an error, which names a daemon that does. With V(auto) it makes V(chrony)
        the provider.
    type: str
    choices: [auto, chrony, timesyncd, ntp]
    default: auto
  install:
    description: Whether to install the daemon's package, and linuxptp's where V(ntp) is to follow the host's clock, if missing.
    type: bool
    default: true
  verify_timeout:
    description: Seconds until a planned source must be selected, V(0) to V(3600). With V(0) the daemon must run, but no source need be selected.
    type: int
    default: 60
  chrony_custom_settings:
    description:
      - Further directives for C(chrony.conf), one each.
      - Sources, stepping and includes have options of their own and are refused here, as is what would run programs.
    type: list
    elements: str
    default: []
  ntp_custom_settings:
    description:
      - Further directives for C(ntp.conf), one each.
      - Sources, C(tinker) and includes are refused here, as is what lets others write files.
    type: list
    elements: str
    default: []
  root:
    description:
      - The folder that is the host's root. With another one than V(/), as for a mounted image, files are written and units enabled, but
        nothing is installed or started.
    type: str
    default: /
notes:
  - Where systemd does not run, as when an image is built, files are written and units enabled. Nothing is started and RV(skipped_steps) says so.
seealso:
  - module: vmtime.linux.timesync_info
  - name: Time sync for Linux VMs in Azure
    description: Microsoft's page on the subject.
    link: https://learn.microsoft.com/en-us/azure/virtual-machines/linux/time-sync
"""

EXAMPLES = r"""
- name: Follow NTP, with the host's clock to correct after a pause
  vmtime.linux.timesync:

- name: Follow the host's clock and nothing else
  vmtime.linux.timesync:
    mode: host_only

- name: Follow our own servers
  vmtime.linux.timesync:
    mode: external
    ntp_servers:
      - hostname: ntp1.example.com
      - hostname: ntp2.example.com
      - hostname: ntp3.example.com

- name: Follow servers that prove who they are
  vmtime.linux.timesync:
    mode: external
    ntp_servers:
      - hostname: nts.example.com
        nts: true
      - hostname: ntp4.example.com
        # "10 SHA256 HEX:..." from a vault
        key: "{{ vault_ntp_key }}"

- name: Make an image that follows NTP, and the host's clock wherever it runs
  vmtime.linux.timesync:
    host_clock: any

- name: Bring everything back as it was before the first run
  vmtime.linux.timesync:
    state: absent
"""

RETURN = r"""
plan:
  description: What was planned, and why.
  returned: always, unless the options are refused
  type: dict
  contains:
    mode: {description: The mode in effect., type: str, sample: host_only}
    provider:
      description: The time daemon. V(null) with O(state=absent), and where hv_utils keeps the time without one.
      type: str
      sample: chrony
    version: {description: "The daemon's version that was planned for, V(null) without a daemon.", type: str, sample: "4.3"}
    platform: {description: The row of the table of distributions., type: str, sample: Debian 12}
    host_clock:
      description: The host's clock, V(null) if none is used.
      type: dict
      sample: {clock_name: hyperv, hypervisor: hyperv, device: /dev/ptp_hyperv}
    sources:
      description: The planned sources. The name is the one by which the daemon tells of it.
      type: list
      elements: dict
      sample:
        - {kind: refclock, name: PHC0, line: refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2}
    files:
      description: The planned files, each with the reason for it.
      type: list
      elements: dict
      sample:
        - {path: /etc/chrony/chrony.conf, state: present, changed: true, reason: "what chrony follows, and how"}
    units:
      description: The planned units, each with the reason for its state.
      type: list
      elements: dict
      sample:
        - {name: systemd-timesyncd.service, state: inactive, changed: false, reason: only one client may steer the clock}
    kernel:
      description: The planned settings of the running kernel, each with the reason for it.
      type: list
      elements: dict
      sample:
        - {name: hyperv_time_sync, value: unbound, changed: true, reason: "host_clock is ignore, so the host must not set the time"}
    reasons:
      description: Why this mode, host clock, provider and row of the table.
      type: dict
      sample:
        host_clock: /dev/ptp1 is named 'hyperv', the clock of hyperv.
    skipped:
      description: What the plan leaves out, each with its reason.
      type: list
      elements: str
      sample: ["The refclock has no stratum: chrony 3.2 does not know it, 3.3 does."]
status:
  description: What the daemon follows after the run, as M(vmtime.linux.timesync_info) tells it. V(null) after a change where systemd does not run.
  returned: always, unless the options are refused
  type: dict
commands:
  description: The programs that were run to change the host, in this order.
  returned: always, unless the options are refused
  type: list
  elements: str
  sample: [systemctl enable chrony.service, systemctl restart chrony.service]
skipped_steps:
  description: The steps that were left out while the plan was applied, each with its reason.
  returned: always, unless the options are refused
  type: list
  elements: str
  sample: ["chrony.service was enabled but not started: systemd does not run here."]
restored:
  description: The files and units that were put back as they were.
  returned: always, unless the options are refused
  type: list
  elements: str
"""
