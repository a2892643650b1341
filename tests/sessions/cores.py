# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions with each release of ansible-core, and with the Pythons of managed hosts."""

from __future__ import annotations

import typing as t
from pathlib import Path

import nox

from ansible_collections.vmtime.linux.tests.checks.machine import (
    OWN_PYTHON,
    REPOSITORY,
    VENV,
    full_version,
    known_pythons,
    minor,
    pythons,
    seed_pip_installers,
    take_requirements_from_index,
    version,
)

from .results import REPORTS, run_pytest, tell
from .tree import as_python_2_wants_it, collection, commit, import_path

# The releases of ansible-core, and the Pythons that each runs with.
PYTHONS_OF = {
    "2.16.19": ("3.10", "3.11", "3.12"),
    "2.18.19": ("3.11", "3.12", "3.13"),
    "2.19.14": ("3.11", "3.12", "3.13"),
    "2.20.10": ("3.12", "3.13", "3.14"),
    "2.21.5": ("3.12", "3.13", "3.14"),
    "2.22.0rc1": ("3.13", "3.14", "3.15"),
}
OLDEST_CORE = next(iter(PYTHONS_OF))
# ansible-core's own checks run with this one in `make check`, with all in `make test`
MIDDLE_CORE = "2.19.14"
# The oldest Pythons that managed hosts may have: EL7 and Ubuntu 16.04; EL8 and SLES 12.
HOSTS_OLDEST = ("2.7", "3.6")
TARGET_CODE = ("plugins/module_utils", "plugins/modules")
TARGET_TESTS = ("tests/unit/plugins/module_utils",)
# What depends on ansible-core; the rest of what hosts run depends on their Python.
CORE_TESTS = ("tests/unit/plugins/action", "tests/unit/plugins/plugin_utils")
PIP_INSTALL = ("-m", "pip", "install", "-qq", "--disable-pip-version-check")


def install(session: nox.Session, release: str, *beside: str) -> None:
    """Bring this ansible-core into the session's environment, with pinned dependencies."""
    tell(session, f"ansible-core {release}")
    pins = str(REPOSITORY / "requirements/cores.txt")
    session.install("-qq", "--constraint", pins, f"ansible-core=={release}", *beside)


def own_environment(python: str) -> dict[str, t.Any]:
    """A session's options for an environment with this Python, if this machine has it."""
    if python not in pythons():
        return {}
    return {"venv_backend": "virtualenv", "python": python}


def _short(release: str) -> str:
    return release.rpartition(".")[0]


def _sanity(release: str) -> None:
    here = [python for python in PYTHONS_OF[release] if python in pythons()]

    @nox.session(
        name=f"sanity-{_short(release)}",
        **own_environment(here[-1] if here else ""),
        default=release == MIDDLE_CORE,
        tags=[] if release == MIDDLE_CORE else ["test"],
    )
    def sanity(session: nox.Session) -> None:
        """Run ansible-test's own checks, with the oldest and the newest Python that it knows."""
        tell(session, f"ansible-core {release}")
        if not here:
            session.skip(f"no Python of {', '.join(PYTHONS_OF[release])} with pip here")
        install(session, release)
        with collection(session) as tree:
            commit(tree)
            core_python = Path(session.bin, "python")
            links = tree.parents[2] / "pythons"
            links.mkdir()
            known = sorted(known_pythons(core_python), key=minor)
            for python in sorted({known[0], known[-1]}):
                (links / f"python{python}").symlink_to(pythons()[python])
            home = VENV / "home" / _short(release)
            seed_pip_installers(core_python, home)
            take_requirements_from_index(core_python)
            environment = {
                "HOME": str(home),
                "PATH": f"{session.bin}:{links}:/usr/bin:/bin",
            }
            session.run("ansible-test", "sanity", "--color", "no", env=environment)


def _units(release: str, python: str) -> None:
    @nox.session(
        name=f"units-{_short(release)}-py{python}",
        **own_environment(python),
        default=False,
        tags=["test"],
    )
    def units(session: nox.Session) -> None:
        """Run the units with this ansible-core and this Python."""
        tell(session, f"ansible-core {release}")
        if python not in pythons():
            session.skip(f"no Python {python} with pip on this machine")
        if (f"ansible-core {release}", python) == (version("ansible-core"), OWN_PYTHON):
            session.skip("the session units runs with these")
        install(session, release, "pytest", "PyYAML", "Jinja2")
        with collection(session) as tree:
            run_pytest(session, *CORE_TESTS, **import_path(tree.parents[2]))


def _oldest_and_newest(release: str) -> list[str]:
    """Of this release's Pythons; where the newest is missing, with the newest that is here."""
    versions = PYTHONS_OF[release]
    here = [python for python in versions if python in pythons()]
    return sorted({versions[0], versions[-1], *here[-1:]}, key=minor)


def _target_units(python: str) -> None:
    @nox.session(name=f"target-units-{python}")
    def target_units(session: nox.Session) -> None:
        """Run the units of what managed hosts run, with a Python that hosts have."""
        tell(session, f"Python {python}")
        if python == OWN_PYTHON:
            session.skip("the newest Python here, and units ran with it")
        if python not in pythons():
            session.skip(f"no Python {python} with pip on this machine")
        interpreter = pythons()[python]
        tell(session, full_version(interpreter))
        packages = VENV / f"target-{python}"
        pinned = str(REPOSITORY / "requirements/target.txt")
        report = f"--junitxml={REPORTS / session.name}.xml"
        with collection(session) as tree:
            as_python_2_wants_it(tree)
            path = import_path(tree.parents[2], packages)
            for arguments in (
                (*PIP_INSTALL, "-U", "-t", str(packages), "-r", pinned),
                ("-m", "compileall", "-q", *TARGET_CODE, *TARGET_TESTS),
                (
                    "-m",
                    "pytest",
                    "-ra",
                    "-p",
                    "no:cacheprovider",
                    report,
                    *TARGET_TESTS,
                ),
            ):
                session.run(str(interpreter), *arguments, env=path, external=True)


for release in PYTHONS_OF:
    _sanity(release)
for release in PYTHONS_OF:
    for python in _oldest_and_newest(release):
        _units(release, python)
for python in (*HOSTS_OLDEST, max([*pythons(), OWN_PYTHON], key=minor)):
    _target_units(python)
