# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every YAML example of the documentation runs, on a recorded host."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.vmtime.linux.tests.examples.documents import (
    REPOSITORY,
    copy_host,
    documents,
    examples,
    on_tree,
    plays,
    run,
)

DOCUMENTS = [document for document in documents() if examples(document)]
NAMES = [str(document.relative_to(REPOSITORY)) for document in DOCUMENTS]


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_its_examples_run(document: Path, tmp_path: Path) -> None:
    tree = copy_host(tmp_path)
    playbook = tmp_path / "playbook.yml"
    found = [play for text in examples(document) for play in plays(text)]
    playbook.write_text(yaml.safe_dump([on_tree(play, tree) for play in found]))
    done = run(playbook, tree)
    assert done.returncode == 0, done.stdout
    assert "undefined" not in done.stdout, done.stdout
    assert "no hosts matched" not in done.stdout, done.stdout


def test_no_document_is_forgotten() -> None:
    for document in documents():
        blocks = document.read_text(encoding="utf-8").count(":: yaml\n")
        assert document.suffix != ".rst" or blocks == len(examples(document)), document
    assert len(NAMES) >= 10
    assert "README.md" in NAMES


def test_an_example_that_fails_is_noticed(tmp_path: Path) -> None:
    playbook = tmp_path / "playbook.yml"
    (play,) = plays("- vmtime.linux.timesync: {mode: nonsense}")
    tree = copy_host(tmp_path)
    playbook.write_text(yaml.safe_dump([on_tree(play, tree)]))
    done = run(playbook, tree)
    assert done.returncode != 0
    assert "'nonsense' is not one of default, host_only, external" in done.stdout
