# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module timesync: what each may be, as one table, and the check of it."""

from __future__ import annotations

import difflib
import re
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ansible.module_utils.common import validation

from .._text import messages
from .._text.directive import number


class RequestError(ValueError):
    """An option that can't be honoured: one sentence with option, value and what is allowed."""


@dataclass(frozen=True)
class Option:
    """What modules/timesync.py documents of an option (a test compares the two), and its range."""

    type: str
    default: t.Any = None
    choices: tuple[str, ...] = ()
    required: bool = False
    low: float | None = None
    high: float | None = None
    elements: str | None = None
    options: Mapping[str, Option] | None = None
    # no message shows the value
    secret: bool = False

    @property
    def may_hold_secrets(self) -> bool:
        """Also where a secret stands in a list or a dictionary, and is then given otherwise."""
        inner = (self.options or {}).values()
        return self.secret or any(option.secret for option in inner)


# The ranges are those that chronyd takes (ntp_core.c, refclock.c, conf.c). To check them here
# gives the better sentence, and chronyd before 4.7 takes nonsense without a word.
OPTIONS: Mapping[str, Option] = {
    "mode": Option("str", "default", choices=("default", "host_only", "external")),
    "host_clock": Option("str", "auto", choices=("auto", "require", "any", "ignore")),
    "host_clock_profile": Option("str", "documented", choices=("documented", "fast")),
    "prefer": Option("str", choices=("ntp", "host", "none")),
    "ntp_servers": Option(
        "list",
        (),
        elements="dict",
        options={
            "hostname": Option("str", required=True),
            "pool": Option("bool", False),
            "iburst": Option("bool", True),
            "prefer": Option("bool", False),
            "trust": Option("bool", False),
            "xleave": Option("bool", False),
            "minpoll": Option("int", low=-7, high=24),
            "maxpoll": Option("int", low=-7, high=24),
            "filter": Option("int", low=1, high=64),
            "nts": Option("bool", False),
            "key": Option("str", secret=True),
            "smeared": Option("bool"),
        },
    ),
    "min_sources": Option("int", 1, low=1, high=64),
    "max_distance": Option("float", 0.0, low=0, high=1000),
    "dhcp_ntp_servers": Option("bool"),
    "ntp_ip_family": Option("str", choices=("all", "IPv4", "IPv6")),
    "ntp_hwts_interfaces": Option("list", (), elements="str"),
    "leapsec_mode": Option("str", choices=("system", "step", "slew", "ignore")),
    "ptp_domains": Option("list", (), elements="dict"),
    "refclock": Option(
        "dict",
        {},
        options={
            "poll": Option("int", low=-7, high=24),
            "dpoll": Option("int", low=-7, high=24),
            "offset": Option("float", low=-1e6, high=1e6),
            "stratum": Option("int", low=0, high=15),
            "delay": Option("float", low=0, high=1000),
            "maxsamples": Option("int", low=1, high=64),
            "maxdispersion": Option("float", low=0, high=1000),
            "trust": Option("bool"),
        },
    ),
    "step_threshold": Option("float", -1.0, low=-1, high=1e6),
    "step_limit": Option("int", -1, low=-1, high=2**31 - 1),
    "provider": Option("str", "auto", choices=("auto", "chrony", "timesyncd", "ntp")),
    "install": Option("bool", True),
    "verify_timeout": Option("int", 60, low=0, high=3600),
    "chrony_custom_settings": Option("list", (), elements="str"),
    "ntp_custom_settings": Option("list", (), elements="str"),
    "state": Option("str", "present", choices=("present", "absent")),
    "root": Option("str", "/"),
}

_DIGITS = "[0-9]{1,20}"
_NUMBERS = {
    "int": re.compile(rf"[+-]?{_DIGITS}"),
    "float": re.compile(
        rf"[+-]?({_DIGITS}\.?|({_DIGITS})?\.{_DIGITS})(e[+-]?[0-9]{{1,3}})?", re.I
    ),
}
# longer than anything that is honest
_MAX_LENGTH = 1000

# Type to what converts it and what to call it.
_TYPES: Mapping[str, tuple[Callable[[t.Any], t.Any], str]] = {
    "bool": (validation.check_type_bool, "true or false"),
    "dict": (validation.check_type_dict, "a dictionary"),
    "float": (validation.check_type_float, "a number"),
    "int": (validation.check_type_int, "a whole number"),
    "list": (validation.check_type_list, "a list"),
    "str": (validation.check_type_str, "a string"),
}


def check(given: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Every option with its value, converted, or its default. Raises RequestError."""
    return _check_all(given, OPTIONS, "")


def _check_all(
    given: Mapping[t.Any, t.Any], table: Mapping[str, Option], prefix: str
) -> dict[str, t.Any]:
    for name in given:
        if name not in table:
            called = (
                messages.plain(name) if isinstance(name, str) else messages.show(name)
            )
            near = difflib.get_close_matches(called[:50], table, n=1)
            allowed = ", ".join(table)
            if not near and any(option.secret for option in table.values()):
                called = "what is given here, and not shown,"
            hint = f"did you mean {near[0]}?" if near else f"allowed are {allowed}."
            raise RequestError(f"{prefix}{called} is not an option: {hint}")
    return {
        name: _check_one(prefix + name, option, given.get(name))
        for name, option in table.items()
    }


def _check_one(name: str, option: Option, value: t.Any) -> t.Any:
    if value is None:
        if option.required:
            raise RequestError(f"{name}: is required.")
        value = option.default
        if value is None:
            return None
    value = _convert(name, option.type, value, hide=option.may_hold_secrets)
    if option.choices and value not in option.choices:
        raise RequestError(
            f"{name}: {messages.show(value)} is not one of {', '.join(option.choices)}."
        )
    # written so that nan is refused too
    low, high = option.low, option.high
    if low is not None and high is not None and not low <= value <= high:
        raise RequestError(
            f"{name}: {messages.show(value)} is out of range, allowed is {number(low)} to"
            f" {number(high)}."
        )
    if option.type == "dict" and option.options:
        return _check_all(value, option.options, f"{name}.")
    if option.type == "list":
        return tuple(
            _check_element(f"{name}[{index}]", option, element)
            for index, element in enumerate(value)
        )
    return value


def _check_element(name: str, option: Option, element: t.Any) -> t.Any:
    element = _convert(
        name, option.elements or "str", element, hide=option.may_hold_secrets
    )
    if option.options:
        return _check_all(element, option.options, f"{name}.")
    return element


def _convert(name: str, kind: str, value: t.Any, *, hide: bool) -> t.Any:
    convert, called = _TYPES[kind]
    shown = "the value, which is not shown," if hide else messages.show(value)
    # Ansible would take more than is meant: any value as the string that Python shows of it, a
    # lone string as a list or as a dictionary
    is_right = {
        "str": isinstance(value, str | int | float) and not isinstance(value, bool),
        "list": isinstance(value, list | tuple),
        "dict": isinstance(value, Mapping),
        "int": _is_number(kind, value),
        "float": _is_number(kind, value),
    }
    if not is_right.get(kind, True) or (
        isinstance(value, str) and len(value) > _MAX_LENGTH
    ):
        raise RequestError(f"{name}: {shown} is not {called}.")
    try:
        return convert(list(value) if kind == "list" else value)
    except (TypeError, ValueError, OverflowError):
        raise RequestError(f"{name}: {shown} is not {called}.") from None


def _is_number(kind: str, value: t.Any) -> bool:
    """True for a number, or a string of one in ASCII: Python takes more, as 1_0 and True."""
    if isinstance(value, str):
        return kind in _NUMBERS and bool(_NUMBERS[kind].fullmatch(value))
    return isinstance(value, int | float) and not isinstance(value, bool)
