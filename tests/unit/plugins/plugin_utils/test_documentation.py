# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is documented is what is done: module, option table, role and observation agree."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

import yaml

from ansible_collections.vmtime.linux.plugins.module_utils._observe.status import (
    parse_chrony_sources,
)
from ansible_collections.vmtime.linux.plugins.modules import timesync, timesync_info
from ansible_collections.vmtime.linux.plugins.plugin_utils._request.options import (
    OPTIONS,
    Option,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._tables.platforms import (
    PLATFORMS,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._text.directive import number
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.hosts import (
    observed,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.readme import (
    ROOT,
    systems_table,
)
from ansible_collections.vmtime.linux.tests.unit.plugins.plugin_utils.stock import (
    attested,
)

# Their ranges are those of the daemon's arithmetic, no help to a reader.
UNBOUND = ("offset", "poll", "dpoll")


def documented(options: Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {
        name: {
            "type": option["type"],
            "default": option.get("default"),
            "choices": option.get("choices"),
            "required": option.get("required", False),
            "elements": option.get("elements"),
            "options": documented(option.get("suboptions", {})),
        }
        for name, option in options.items()
    }


def checked(options: Mapping[str, Option]) -> dict[str, t.Any]:
    return {
        name: {
            "type": option.type,
            "default": [] if option.default == () else option.default,
            "choices": list(option.choices) or None,
            "required": option.required,
            "elements": option.elements,
            "options": checked(option.options or {}),
        }
        for name, option in options.items()
    }


def test_the_module_documents_the_options_that_are_checked() -> None:
    assert documented(yaml.safe_load(timesync.DOCUMENTATION)["options"]) == checked(
        OPTIONS
    )


def test_the_range_of_an_option_is_documented() -> None:
    options = yaml.safe_load(timesync.DOCUMENTATION)["options"]
    for name, option in OPTIONS.items():
        for inner, table in (option.options or {}).items():
            if table.low is None or table.high is None or inner in UNBOUND:
                continue
            text = str(options[name]["suboptions"][inner]["description"])
            low, high = number(table.low), number(table.high)
            assert f"V({low}) to V({high})" in text, f"{name}.{inner}"


def test_the_info_module_documents_every_key() -> None:
    returned = yaml.safe_load(timesync_info.RETURN)
    seen = observed("azure-rocky-9")
    assert set(returned) == {*seen, "before_first_run"}
    for name in (
        "distribution",
        "systemd",
        "virtualization",
        "host_clock",
        "hyperv",
        "status",
    ):
        assert set(returned[name]["contains"]) == set(seen[name]), name
    assert set(returned["ptp_clocks"]["contains"]) == set(seen["ptp_clocks"][0])
    for name in ("daemons", "units", "files"):
        (sample,) = returned[name]["sample"].values()
        for value in seen[name].values():
            assert set(sample) == set(value), name
    (source,) = parse_chrony_sources("#,*,PHC0,2,3,377,4,0.1,0.1,0.1")
    assert set(returned["status"]["contains"]["sources"]["contains"]) == set(source)


def test_the_readme_tells_the_providers_of_every_row() -> None:
    told = systems_table("Providers")
    assert set(told) == {row.name for row in PLATFORMS}
    kinds = {"ntp": "ntp.org's", "ntpsec": "ntpsec"}
    for row in PLATFORMS:
        timesyncd = "yes" if row.timesyncd_package else "if it is there"
        ntp = kinds[row.ntp.daemon] if row.ntp else "no"
        assert told[row.name] == ("yes", timesyncd, ntp), row.name


def test_the_readme_tells_how_the_facts_of_every_row_are_known() -> None:
    told = {name: cells[:2] for name, cells in systems_table("Systems").items()}
    assert told == {
        row.name: (
            attested(row, row.chrony.conf),
            attested(row, row.ntp.conf) if row.ntp else "none",
        )
        for row in PLATFORMS
    }


# Where a variable of linux-system-roles' role timesync has the same meaning, it has the same name.
VARIABLES = {
    "timesync_chrony_custom_settings",
    "timesync_dhcp_ntp_servers",
    "timesync_max_distance",
    "timesync_min_sources",
    "timesync_ntp_hwts_interfaces",
    "timesync_ntp_ip_family",
    "timesync_ntp_provider",
    "timesync_ntp_servers",
    "timesync_ptp_domains",
    "timesync_step_threshold",
}


def test_the_role_has_the_options_of_the_module() -> None:
    role = ROOT / "roles" / "timesync"
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text())
    specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())
    options = specs["argument_specs"]["main"]["options"]
    (task,) = yaml.safe_load((role / "tasks" / "main.yml").read_text())
    passed = task["vmtime.linux.timesync"]
    assert set(passed) == set(OPTIONS)
    for name, template in passed.items():
        variable = "timesync_ntp_provider" if name == "provider" else f"timesync_{name}"
        assert template.startswith(("{{ " + variable, "{{ omit if " + variable)), name
        assert variable in defaults
        assert options[variable]["type"] == OPTIONS[name].type
        choices = [choice for choice in options[variable].get("choices", []) if choice]
        assert choices == list(OPTIONS[name].choices), name
    assert set(defaults) >= VARIABLES
