# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples and the execution environment, by the word of the programs they are for."""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import ansible_collections
import pytest
import yaml

from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.fleet import Fleet
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.formats import (
    as_metrics,
)
from ansible_collections.vmtime.linux.plugins.plugin_utils._fleet.row import (
    HostRow,
    without_answer,
)

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = REPOSITORY / "examples"
PULL = EXAMPLES / "ansible-pull"
ENVIRONMENT = EXAMPLES / "execution-environment.yml"
PROGRAMS = Path(sys.executable).parent


def run(*command: str | Path, **options: t.Any) -> str:
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    assert done.returncode == 0, f"{shlex.join(map(str, command))}\n{done.stdout}"
    return str(done.stdout)


@pytest.fixture(scope="session")
def promtool() -> str:
    # its path alone: what apt has to say goes to the log
    return subprocess.run(
        [REPOSITORY / "tests/promtool", REPOSITORY / ".venv/promtool"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.strip()


def test_prometheus_takes_the_alert_rules_and_they_fire(promtool: str) -> None:
    rules = EXAMPLES / "prometheus"
    assert "6 rules found" in run(
        promtool, "check", "rules", rules / "vmtime.rules.yml"
    )
    assert "SUCCESS" in run(promtool, "test", "rules", rules / "vmtime.rules.test.yml")


def test_prometheus_has_nothing_to_say_against_the_metrics(promtool: str) -> None:
    rows = [
        HostRow(
            'a "quoted" \\ host\nof two lines', "ok", synchronised=True, offset=-3e-7
        ),
        without_answer("<script>", "unreachable", "no route"),
    ]
    metrics = as_metrics(Fleet.of(rows, "2026-11-22T21:30:00Z", 0.1), 1.0)
    assert run(promtool, "check", "metrics", input=metrics) == ""


def test_every_metric_of_the_rules_is_written() -> None:
    row = HostRow(
        "a",
        "ok",
        synchronised=True,
        offset=1.0,
        as_planned=True,
        host_clock_used=True,
    )
    metrics = as_metrics(Fleet.of([row], "", 0.1), 1.0)
    written = set(re.findall(r"^vmtime_\w+", metrics, re.MULTILINE))
    groups = yaml.safe_load((EXAMPLES / "prometheus/vmtime.rules.yml").read_text())
    for rule in (rule for group in groups["groups"] for rule in group["rules"]):
        asked = set(re.findall(r"vmtime_\w+", rule["expr"]))
        assert asked, rule
        assert asked <= written, rule


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in ("vmtime-pull.service", "vmtime-pull.timer"):
        text = (PULL / name).read_text()
        # systemd looks whether the program is there
        installed = text.replace("/usr/bin/ansible-pull", f"{PROGRAMS}/ansible-pull")
        (tmp_path / name).write_text(installed)
    units = sorted(tmp_path.iterdir())
    said = run("systemd-analyze", "verify", "--man=no", *units)
    # of units that are this machine's own it may have something to say
    assert "vmtime-pull" not in said


def test_what_the_unit_starts_does_its_work(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    shutil.copy(PULL / "local.yml", repository)
    git = [
        "git",
        "-C",
        str(repository),
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@example.com",
    ]
    run(*git, "init", "--quiet")
    run(*git, "add", ".")
    run(*git, "commit", "--quiet", "--message", "test")
    unit = (PULL / "vmtime-pull.service").read_text()
    start = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
    command = (
        start.removeprefix("ExecStart=")
        .replace("/usr/bin/", f"{PROGRAMS}/")
        .replace("%S", str(tmp_path))
        .replace("${URL}", f"file://{repository}")
        .replace("%H", platform.node())
    )
    collections = Path(next(iter(ansible_collections.__path__))).parent
    said = run(
        *shlex.split(command),
        "--check",
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
            "ANSIBLE_HOME": str(tmp_path / "home"),
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        },
    )
    assert "failed=0" in said
    assert "Write the report" in said
    assert re.search(rf"^{re.escape(platform.node())} +: ok=", said, re.MULTILINE)


def test_the_unit_finds_the_collection_where_the_guide_installs_it(
    tmp_path: Path,
) -> None:
    guide = (REPOSITORY / "docs/docsite/rst/guide_rollout.rst").read_text()
    (folder,) = re.findall(r"--collections-path (\S+)", guide)
    unit = (PULL / "vmtime-pull.service").read_text()
    (settings,) = re.findall(r"^Environment=(.*)$", unit, re.MULTILINE)
    environment = dict(
        setting.replace("%S", str(tmp_path)).split("=", 1)
        for setting in settings.split()
    )
    told = run(
        PROGRAMS / "ansible-config",
        *("dump", "--format", "json"),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **environment},
    )
    (paths,) = [
        setting["value"]
        for setting in json.loads(told)
        if setting.get("name") == "COLLECTIONS_PATHS"
    ]
    assert folder in paths


def test_the_execution_environment_can_be_made(tmp_path: Path) -> None:
    builder = PROGRAMS / "ansible-builder"
    run(builder, "create", "--file", ENVIRONMENT, "--context", tmp_path, cwd=tmp_path)
    assert "ansible-core>=2.16" in (tmp_path / "Containerfile").read_text()
    collections = next(iter(ansible_collections.__path__))
    # what the collection itself asks of an environment that it is put into
    told = yaml.safe_load(run(builder, "introspect", Path(collections).parent))
    assert told == {"python": [], "system": []}


def test_its_dependencies_install(tmp_path: Path) -> None:
    wanted = yaml.safe_load(ENVIRONMENT.read_text())["dependencies"]
    packages = [
        wanted[name]["package_pip"] for name in ("ansible_core", "ansible_runner")
    ]
    run(sys.executable, "-m", "pip", "install", "-q", "--target", tmp_path, *packages)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for module in ("ansible", "ansible_runner"):
        run(sys.executable, "-c", f"import {module}", env=environment)
