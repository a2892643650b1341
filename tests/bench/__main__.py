# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""python -m bench: measures vmtime.linux against the least that Ansible can do with a host."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import machine, page
from .fleet import MOST, REPOSITORY, Fleet, fleet
from .play import BenchError, Cost, Play, measure
from .results import Series
from .subjects import FLOOR, OWN, PEERS, UNCHANGED, Subject, peer

FORKS = (5, 20, 50)


@dataclass(frozen=True)
class Bench:
    """Each round runs everything once; ``warm_up`` asks for one before, which does not count."""

    fleet: Fleet
    warm_up: bool = True

    def one_host(
        self, subjects: Sequence[Subject], rounds: int, pipelining: Iterable[bool]
    ) -> list[Series]:
        """All subjects, one after the other on the same host."""
        table = [
            (subject, Series(subject.name, 1, 1, value))
            for value in pipelining
            for subject in subjects
        ]
        for number in range(0 if self.warm_up else 1, rounds + 1):
            for subject, series in table:
                cost = self._run(subject, series, f"{number}/{rounds}")
                if number > 0:
                    series.runs.append(cost)
        return [series for _subject, series in table]

    def many_hosts(self, sizes: Iterable[int], rounds: int) -> list[Series]:
        """The floor and an unchanged run in turn, with a look at the memory.

        Small fleets come first, and whoever interrupts a large one still gets what there is.
        """
        ways = {(hosts, min(forks, hosts)) for hosts in sizes for forks in FORKS}
        table = [
            (subject, Series(subject.name, hosts, forks, True))
            for hosts, forks in sorted(ways)
            for subject in (FLOOR, UNCHANGED)
        ]
        for number in range(1, rounds + 1):
            for subject, series in table:
                told = f"{number}/{rounds}"
                series.runs.append(self._run(subject, series, told, sample_memory=True))
        return [series for _subject, series in table]

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
        told: str,
        *,
        sample_memory: bool = False,
    ) -> Cost:
        if subject.from_stock:
            self.fleet.restore()
        play = Play(
            subject.playbook,
            [f"--inventory={self.fleet.inventory(series.hosts)}", *subject.options],
            series.hosts,
            series.forks,
            series.pipelining,
        )
        cost = measure(play, sample_memory=sample_memory)
        if bool(cost.changed) != subject.from_stock:
            raise BenchError(f"{subject.title} has changed {cost.changed} tasks.")
        sys.stderr.write(
            f"{told} {subject.name}, {series.hosts} hosts, {series.forks} forks, pipelining"
            f" {'on' if series.pipelining else 'off'}: {cost.wall:.2f} s, controller"
            f" {cost.cpu:.2f} s\n"
        )
        return cost


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
        bench = Bench(hosts, warm_up=not arguments.smoke)
        ways = [True] if arguments.smoke else [True, False]
        one = bench.one_host(subjects, arguments.runs, ways)
        loads.append(machine.load())
        bench.settle()
        many = bench.many_hosts(arguments.hosts, arguments.fleet_runs)
        loads.append(machine.load())
        about = machine.describe(hosts)
    data = page.data(about, loads, subjects, one, many)
    if arguments.output:
        page.write(data, arguments.output)
    sys.stdout.write(page.table(data))


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
    parser.add_argument(
        "--smoke", action="store_true", help="only show that it works, in a minute"
    )
    arguments = parser.parse_args()
    if arguments.smoke:
        arguments.runs, arguments.fleet_runs, arguments.hosts = 1, 1, [2]
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
    # whoever ends this program has the hosts removed
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except BenchError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("interrupted")
