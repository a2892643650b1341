# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a fleet's report goes on the controller: first asked whether it can, then written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .fleet import Fleet
from .formats import as_csv, as_json, as_metrics
from .page import as_html

FORMATS = {"html": as_html, "json": as_json, "csv": as_csv}


class OutputError(ValueError):
    """A path that can't be written: one sentence."""


@dataclass(frozen=True)
class Output:
    """The files by their format."""

    files: dict[str, Path]
    metrics: Path | None

    @classmethod
    def at(cls, dest: str, formats: Iterable[str], metrics: str | None) -> Output:
        """``dest`` is the page's path; the others stand beside it with endings of their own."""
        if _absolute(dest).is_dir():
            raise OutputError(f"dest: {dest} is a folder; name the page in it.")
        stem = _absolute(dest.removesuffix(".html"))
        files = {name: stem.with_name(f"{stem.name}.{name}") for name in formats}
        if metrics and not metrics.endswith(".prom"):
            raise OutputError(
                f"metrics: {metrics} must end in .prom, or node_exporter will not read it."
            )
        return cls(files, _absolute(metrics) if metrics else None)

    @property
    def paths(self) -> list[Path]:
        return [*self.files.values(), *([self.metrics] if self.metrics else [])]

    def check(self) -> None:
        """Raise OutputError if a file can't be written, without writing any."""
        for path in self.paths:
            folder = next(parent for parent in path.parents if os.path.lexists(parent))
            if path.is_dir():
                raise OutputError(f"{path} can't be written: it is a folder.")
            try:
                # permissions alone do not tell it: a file without a name does
                tempfile.TemporaryFile(dir=folder).close()
            except OSError as error:
                raise OutputError(
                    f"{path} can't be written: {folder} takes no file ({error.strerror})."
                ) from None

    def write(self, fleet: Fleet, seconds: float) -> None:
        """Write each file as a whole or not at all. Raises OutputError."""
        for name, path in self.files.items():
            _write(path, FORMATS[name](fleet))
        if self.metrics:
            # node_exporter is another user
            _write(self.metrics, as_metrics(fleet, seconds), mode=0o644)


def _absolute(path: str) -> Path:
    return Path(path).expanduser().absolute()


def _write(path: Path, text: str, mode: int | None = None) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            # a host's name may hold what is no Unicode
            file.write(text.encode("utf-8", "replace"))
            os.fchmod(handle, 0o666 & ~_umask() if mode is None else mode)
        Path(name).replace(path)
    except OSError as error:
        with suppress(OSError):
            Path(name).unlink()
        raise OutputError(f"{path} can't be written: {error.strerror}.") from None


def _umask() -> int:
    """This process' umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
