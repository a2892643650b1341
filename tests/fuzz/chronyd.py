# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real chronyd that reads one file after the other."""

from __future__ import annotations

import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ansible_collections.vmtime.linux.tests.hosts.container import image, run_command

# Installs chrony from the image's own repository; then each line is the name of a file to read.
# The mark, which no file can hold, ends each answer.
LOOP = """
apt-get install --yes --quiet chrony </dev/null >/dev/null 2>&1
chronyd -v
while read -r name; do
  chronyd -p -f "/files/$name" </dev/null 2>/tmp/words
  echo "$MARK $?"
  cat /tmp/words
  echo "$MARK"
done
"""


@dataclass(frozen=True)
class Reading:
    """What chronyd made of a file: the directives that it prints, or its refusal."""

    status: int
    directives: tuple[str, ...]
    words: str


class Chronyd:
    """One container for many files: without network, and it only parses.

    No clock is touched: podman's containers lack CAP_SYS_TIME, and -p ends before any is.
    """

    def __init__(self, suite: str, folder: Path) -> None:
        self._folder = folder
        self._mark = secrets.token_hex(16)
        command = run_command(folder, "--interactive", "--env", f"MARK={self._mark}")
        self._process = subprocess.Popen(
            [*command, image(suite), "sh", "-c", LOOP],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.version = self._line().partition("version ")[2].split()[0]

    def __enter__(self) -> Chronyd:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)

    def read(self, text: str | bytes) -> Reading:
        data = text if isinstance(text, bytes) else text.encode()
        (self._folder / "file").write_bytes(data)
        assert self._process.stdin
        self._process.stdin.write(b"file\n")
        self._process.stdin.flush()
        directives, end = self._until_mark()
        words, _status = self._until_mark()
        return Reading(int(end), tuple(directives), "\n".join(words))

    def _until_mark(self) -> tuple[list[str], str]:
        lines: list[str] = []
        while True:
            line = self._line()
            if line.startswith(self._mark):
                return lines, line.removeprefix(self._mark)
            lines.append(line)

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the container with chronyd has ended")
        return line.decode("utf-8", "replace").removesuffix("\n")
