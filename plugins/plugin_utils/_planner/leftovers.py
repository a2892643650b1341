# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that an earlier run needed or changed, and this plan does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ...module_utils._tables import own
from .._model.plan import PlannedFile
from . import environment_file
from .context import Context


def with_leftovers(
    context: Context, planned: Iterable[PlannedFile]
) -> tuple[PlannedFile, ...]:
    """The planned files, and those of earlier runs.

    Another daemon's own file stays: without it that daemon could never start again.
    """
    files = tuple(planned)
    paths = {file.path for file in (*files, *context.kernel_files)}
    paths |= context.platform.main_files
    return (*files, *_of_ours(context, paths), *_restored_options(context, paths))


def _of_ours(context: Context, planned: Collection[str]) -> Iterator[PlannedFile]:
    for path, file in context.observation.files.items():
        is_ours = (file.text or "").startswith(own.MARKER) or path in own.KEY_FILES
        if path not in planned and is_ours:
            yield PlannedFile(path, "no longer needed")


def _restored_options(
    context: Context, planned: Collection[str]
) -> Iterator[PlannedFile]:
    path = context.platform.chrony.options_file
    observed = context.observation.files.get(path)
    if observed is None or observed.text is None or path in planned:
        return
    restored = environment_file.restore(observed.text)
    if restored != observed.text:
        yield PlannedFile(path, "chronyd's own options come back", text=restored)
