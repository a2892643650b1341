# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this machine has: the repository, its venv, and the Pythons beside it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
VENV = REPOSITORY / ".venv"
OWN_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def version(distribution: str) -> str:
    return f"{distribution} {metadata.version(distribution)}"


def minor(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split("."))


def can_make_debians() -> bool:
    """True for root of a Debian, whose apt knows where Debian's packages are."""
    try:
        is_debian = platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False
    return is_debian and os.geteuid() == 0


@cache
def pythons() -> dict[str, Path]:
    """The other Pythons on PATH and of pyenv that start and have pip, by version ("3.6")."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for path in sorted(folder.glob("python[23].*")):
            name = path.name.removeprefix("python")
            if re.fullmatch(r"\d\.\d+", name) and name not in found and _usable(path):
                found[name] = path
    return found


def full_version(python: Path) -> str:
    script = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
    return f"Python {_output(python, script)}"


def known_pythons(core_python: Path) -> set[str]:
    """Those of pythons() that the ansible-test beside this Python knows."""
    script = (
        "from ansible_test._util.target.common import constants as c;"
        "print(*c.CONTROLLER_PYTHON_VERSIONS, *c.REMOTE_ONLY_PYTHON_VERSIONS)"
    )
    return {*_output(core_python, script).split()} & {*pythons()}


def ansible_test(core_python: Path) -> Path:
    """The folder of the ansible-test beside this Python."""
    script = "import ansible_test; print(ansible_test.__path__[0])"
    return Path(_output(core_python, script))


def take_requirements_from_index(core_python: Path) -> None:
    """A release candidate may require the archive of a repository, such as "dill @ https://...".

    The index has a release of it that will do, and may be all that can be reached.
    """
    for path in (ansible_test(core_python) / "_data/requirements").glob("*.txt"):
        text = path.read_text()
        wanted = re.sub(r"^(\w+) @ https:.*$", r"\1", text, flags=re.MULTILINE)
        if wanted != text:
            path.write_text(wanted)


def seed_pip_installers(core_python: Path, home: Path) -> None:
    """ansible-test downloads pip's installers unless they are cached; Python brings one too."""
    source = (
        ansible_test(core_python) / "_internal/python_requirements.py"
    ).read_text()
    wanted = re.findall(r"\bpip='([\d.]+)'", source)
    assert wanted, "ansible-test no longer says which pip it wants"
    cache = home / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    for pip in wanted:
        name = f"get_pip_{pip.replace('.', '_')}.py"
        shutil.copy(Path(__file__).parent / "get_pip.py", cache / name)


def _output(python: Path, script: str) -> str:
    run = subprocess.run(
        [python, "-c", script], capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def _folders() -> Iterator[Path]:
    for folder in os.get_exec_path():
        # A pyenv shim is there for every version and runs only the chosen ones.
        if Path(folder).name != "shims" and not Path(folder).is_relative_to(VENV):
            yield Path(folder)
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    yield from sorted(pyenv.glob("versions/*/bin"))


def _usable(python: Path) -> bool:
    try:
        subprocess.run([python, "-c", "import pip"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
