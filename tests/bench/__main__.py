# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""python -m bench: measures vmtime.linux against the least that Ansible can do with a host."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import machine, page
from .fleet import MOST, REPOSITORY, Fleet, fleet
from .play import BenchError, Play, measure
from .results import Series
from .subjects import FLOOR, OWN, PEERS, UNCHANGED, Subject, peer

FORKS = (5, 20, 50)


@dataclass(frozen=True)
class Bench:
    fleet: Fleet

    def one_host(self, subjects: Sequence[Subject], runs: int) -> list[Series]:
        """All subjects in turn, so many times and once before, which does not count."""
        table = [
            (subject, Series(subject.name, 1, 1, pipelining))
            for pipelining in (True, False)
            for subject in subjects
        ]
        for turn in range(runs + 1):
            for subject, series in table:
                self._run(subject, series, f"{turn}/{runs}", counts=turn > 0)
        return [series for _subject, series in table]

    def many_hosts(self, sizes: Iterable[int], runs: int) -> list[Series]:
        """The floor and an unchanged run in turn; the run before looks at the memory."""
        ways = sorted(
            {(hosts, min(forks, hosts)) for hosts in sizes for forks in FORKS}
        )
        done = []
        for hosts, forks in ways:
            pair = [
                (subject, Series(subject.name, hosts, forks, True))
                for subject in (FLOOR, UNCHANGED)
            ]
            for turn in range(runs + 1):
                for subject, series in pair:
                    watched = turn == 0
                    self._run(subject, series, f"{turn}/{runs}", watched=watched)
            done += [series for _subject, series in pair]
        return done

    def settle(self) -> None:
        """Bring every container to where a further run changes nothing."""
        self.fleet.restore()
        inventory = self.fleet.inventory(self.fleet.containers)
        hosts = self.fleet.containers
        measure(
            Play(UNCHANGED.playbook, [f"--inventory={inventory}"], hosts, hosts, True)
        )

    def _run(
        self,
        subject: Subject,
        series: Series,
        turn: str,
        *,
        counts: bool = True,
        watched: bool = False,
    ) -> None:
        if subject.from_stock:
            self.fleet.restore()
        inventory = self.fleet.inventory(series.hosts)
        options = [f"--inventory={inventory}", *subject.options]
        play = Play(
            subject.playbook, options, series.hosts, series.forks, series.pipelining
        )
        cost = measure(play, sample_memory=watched)
        if bool(cost.changed) != subject.from_stock:
            raise BenchError(f"{subject.title} has changed {cost.changed} tasks.")
        if counts:
            series.runs.append(cost)
        sys.stderr.write(
            f"{turn} {subject.name}, hosts {series.hosts}, forks {series.forks}, pipelining"
            f" {series.pipelining}: {cost.wall:.2f} s, controller {cost.cpu:.2f} s\n"
        )


def main() -> None:
    arguments = _arguments()
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    os.environ.setdefault(
        "ANSIBLE_COLLECTIONS_PATH", str(REPOSITORY / ".venv/collections")
    )
    subjects = list(OWN)
    for name in PEERS:
        if path := getattr(arguments, name):
            subjects += peer(name, path)
    loads = [machine.load()]
    with (
        tempfile.TemporaryDirectory(prefix="vmtime-bench-") as work,
        fleet(Path(work)) as hosts,
    ):
        bench = Bench(hosts)
        one = bench.one_host(subjects, arguments.runs)
        loads.append(machine.load())
        bench.settle()
        many = bench.many_hosts(arguments.hosts, arguments.fleet_runs)
        loads.append(machine.load())
        about = machine.describe(hosts)
    data = page.data(about, loads, subjects, one, many)
    sys.stdout.write(page.table(data))
    if arguments.output:
        page.write(data, arguments.output)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="runs on one host")
    parser.add_argument("--fleet-runs", type=int, default=3, help="runs on many hosts")
    parser.add_argument(
        "--hosts", type=int, nargs="*", default=[1, 10, 50, MOST], help="sizes of fleet"
    )
    for name, title in PEERS.items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=Path, metavar="ROLE", help=f"where {title} is")
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="where to write the page"
    )
    arguments = parser.parse_args()
    if arguments.runs < 1 or arguments.fleet_runs < 1:
        parser.error("nothing comes of fewer than one run")
    if any(not 1 <= hosts <= MOST for hosts in arguments.hosts):
        parser.error(f"there are 1 to {MOST} hosts")
    for name in PEERS:
        path = getattr(arguments, name)
        if path and not (path / "tasks/main.yml").is_file():
            parser.error(f"{path} is no role: there is no tasks/main.yml")
    return arguments


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("interrupted")
