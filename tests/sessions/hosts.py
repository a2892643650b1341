# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions that run against whole systems."""

from __future__ import annotations

import nox

from ansible_collections.vmtime.linux.tests.checks.machine import (
    REPOSITORY,
    pythons,
    version,
)

from .cores import HOSTS_OLDEST, OLDEST_CORE, PYTHONS_OF, install, own_environment
from .needs import needs_debian
from .results import run_pytest, tell


def _molecule(scenario: str) -> None:
    @nox.session(
        name=f"molecule-{scenario}", default=False, tags=["hosts", "needs-hosts"]
    )
    def molecule(session: nox.Session) -> None:
        """Run the scenario on hosts with systemd."""
        tell(session, version("molecule"))
        session.run("tests/hosts/molecule", scenario, external=True)


# a scenario that converges nothing has hosts for another test
SCENARIOS = {
    path.parent.name for path in REPOSITORY.glob("extensions/molecule/*/converge.yml")
}
SLOWEST = ("crash", "faults")
for scenario in (*SLOWEST, *sorted(SCENARIOS - {*SLOWEST})):
    _molecule(scenario)


@nox.session(default=False, tags=["test", "needs-hosts"])
def bench(session: nox.Session) -> None:
    """Measure what a host costs, once, to see that it can be measured."""
    tell(session, version("ansible-core"))
    needs_debian(session)
    with session.chdir("tests"):
        session.run("python", "-m", "bench", "--smoke")


@nox.session(default=False, tags=["test"])
def vm(session: nox.Session) -> None:
    """Boot a virtual machine once, with the three modes and a pause; `make test-vm` does more."""
    tell(session, version("pytest"))
    needs_debian(session)
    run_pytest(session, "tests/vm", "-m", "quick")


def _old_hosts(python: str, controller: str) -> None:
    @nox.session(
        name=f"old-hosts-{python}",
        **own_environment(controller),
        default=False,
        tags=["test"],
    )
    def old_hosts(session: nox.Session) -> None:
        """Reach hosts with an old Python, as only ansible-core 2.16 still can."""
        tell(session, f"ansible-core {OLDEST_CORE}")
        for needed in (controller, python):
            if needed not in pythons():
                session.skip(f"no Python {needed} with pip on this machine")
        needs_debian(session)
        install(session, OLDEST_CORE, "pytest", "PyYAML")
        environment = {
            "OLD_HOSTS_CONTROLLER": session.bin,
            "OLD_HOSTS_PYTHON": str(pythons()[python]),
            "OLD_HOSTS_VERSION": python,
        }
        run_pytest(session, "tests/old_hosts", **environment)


for python in HOSTS_OLDEST:
    here = [known for known in PYTHONS_OF[OLDEST_CORE] if known in pythons()]
    _old_hosts(python, [*PYTHONS_OF[OLDEST_CORE], *here][-1])
