# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions for the documentation and the release."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import nox

from ansible_collections.vmtime.linux.tests.checks.machine import (
    REPOSITORY,
    VENV,
    version,
)

from .cores import MIDDLE_CORE
from .needs import needs_root
from .results import run_pytest, tell
from .tree import collection


@nox.session(
    name="galaxy-importer", venv_backend="virtualenv", default=False, tags=["test"]
)
def galaxy_importer(session: nox.Session) -> None:
    """Build the collection, and take it as Galaxy would, without a warning."""
    core = f"ansible-core=={MIDDLE_CORE}"
    session.install("-qq", "-r", "requirements/galaxy.txt", core)
    freeze = str(session.run("python", "-m", "pip", "freeze", silent=True, log=False))
    tell(
        session,
        re.findall("^galaxy.importer==.*", freeze, re.MULTILINE)[0].replace("==", " "),
    )
    with tempfile.TemporaryDirectory() as work:
        archive = _build(session, Path(work))
        with session.chdir(work):
            importer = ("python", "-m", "galaxy_importer.main", str(archive))
            told = str(session.run(*importer, silent=True))
    session.log(told)
    if re.search(r"\b(WARNING|ERROR)\b", told):
        session.error("galaxy-importer has a warning")


def _build(session: nox.Session, into: Path) -> Path:
    """The archive, built in the clone itself, to see that build_ignore holds."""
    build = ("ansible-galaxy", "collection", "build", "--output-path")
    session.run(*build, str(into), str(REPOSITORY), external=True)
    (archive,) = into.glob("*.tar.gz")
    return archive


@nox.session(default=False, tags=["test"])
def archive(session: nox.Session) -> None:
    """Install the built archive into an empty folder and run the README's playbooks from there."""
    tell(session, version("ansible-core"))
    needs_root(session)
    with tempfile.TemporaryDirectory() as work:
        built = _build(session, Path(work))
        run_pytest(session, "tests/archive", VMTIME_ARCHIVE=str(built))


@nox.session
def site(session: nox.Session) -> None:
    """Build the documentation site into .venv/site, where a warning is an error."""
    tell(session, version("antsibull-docs"))
    with collection(session) as tree, tempfile.TemporaryDirectory() as work:
        path = {"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
        pages = ("collection", "--use-current", "--squash-hierarchy", "--fail-on-error")
        session.run(
            "antsibull-docs", *pages, "--dest-dir", work, "vmtime.linux", env=path
        )
        # antsibull-docs copies texts alone
        images = "docsite/images"
        shutil.copytree(tree / "docs/docsite/rst/images", Path(work, images))
        output = VENV / "site"
        shutil.rmtree(output, ignore_errors=True)
        build = ("sphinx-build", "-W", "--keep-going", "-q", "-b", "html")
        session.run(*build, "-c", str(tree / "docs/docsite"), work, str(output))


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
