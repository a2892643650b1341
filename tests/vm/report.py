# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bench's results as the tables and the picture of docs/pause.md, and the README's headline."""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ansible_collections.vmtime.linux.tests.vm.bench import (
    BESIDE_NTP,
    PAUSES,
    SETUPS,
    Result,
    read,
)
from ansible_collections.vmtime.linux.tests.vm.playbook import REPOSITORY

PAGE = REPOSITORY / "docs/pause.md"
PICTURE = REPOSITORY / "docs/pause.svg"
README = REPOSITORY / "README.md"

# The lines of the picture, and how each is drawn
LINES = {
    "NTP only, chrony as Debian ships it": ("NTP only, as shipped", "0.45"),
    "default, documented": ("default, documented", "tab:orange"),
    "host_only, documented": ("host_only, documented", "tab:red"),
    "default, fast": ("default, fast", "tab:cyan"),
    "host_only, fast": ("host_only, fast", "tab:blue"),
}
PICTURED_PAUSE = 28


def chosen(results: Sequence[Result], setup: str, pause: float) -> list[Result]:
    """The runs of one setup and pause, from the quickest recovery to those without any."""
    found = [r for r in results if (r.setup, r.pause) == (setup, pause)]
    return sorted(found, key=lambda r: (r.recovered is None, r.recovered))


def recovery_cell(runs: Sequence[Result]) -> str:
    """Median, and the shortest and longest, in seconds."""
    if not runs:
        return "not measured"
    count = "" if len(runs) == 5 else f", {len(runs)} runs"
    if any(run.recovered is None for run in runs):
        missed = sum(run.recovered is None for run in runs)
        return f"> {runs[-1].limit:g} in {missed} of {len(runs)}"
    times = [run.recovered for run in runs if run.recovered is not None]
    return (
        f"**{statistics.median(times):.1f}** ({times[0]:.1f} to {times[-1]:.1f}{count})"
    )


def rms_cell(runs: Sequence[Result]) -> str:
    """Median of the runs, in milliseconds."""
    values = [run.rms_before * 1000 for run in runs if run.rms_before is not None]
    if not values:
        return "not measured"
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def recovery_table(results: Sequence[Result]) -> str:
    pauses = sorted(PAUSES)
    header = ["setup", *(f"pause of {pause:g} s" for pause in pauses)]
    return table(
        header,
        [
            [
                setup.name,
                *(recovery_cell(chosen(results, setup.name, p)) for p in pauses),
            ]
            for setup in SETUPS
        ],
    )


def steady_table(results: Sequence[Result]) -> str:
    return table(
        ["setup", "RMS of the offset, ms"],
        [
            [
                setup.name,
                rms_cell([r for r in results if r.setup == setup.name and r.pause]),
            ]
            for setup in SETUPS
        ],
    )


def wrong_table(results: Sequence[Result]) -> str:
    def cell(runs: Sequence[Result]) -> str:
        if runs and all(run.recovered is None for run in runs):
            return f"all the time, in {len(runs)} of {len(runs)} runs"
        return recovery_cell(runs)

    return table(
        ["setup", "wrong with the host, s"],
        [[setup.name, cell(chosen(results, setup.name, 0))] for setup in BESIDE_NTP],
    )


def how(results: Sequence[Result]) -> str:
    """What was measured, when and on what."""

    def values(of: Callable[[Result], object]) -> str:
        return ", ".join(sorted({str(of(result)) for result in results}))

    dates = sorted(result.date for result in results)
    loads = sorted(result.load for result in results)
    guests = sorted(result.guests for result in results)
    return (
        f"{len(results)} runs from {dates[0]} to {dates[-1]} UTC with"
        f" chrony {values(lambda r: r.chrony)}, kernel {values(lambda r: r.kernel)} and"
        f" QEMU {values(lambda r: r.qemu)}. {guests[0]} to {guests[-1]} guests ran beside each"
        f" other on {values(lambda r: r.cores)} cores that had other work too: load {loads[0]:g} to"
        f" {loads[-1]:g}, median {statistics.median(loads):g}."
    )


def headline(results: Sequence[Result]) -> str:
    def median(setup: str) -> str:
        runs = chosen(results, setup, PICTURED_PAUSE)
        times = [run.recovered for run in runs if run.recovered is not None]
        if not runs:
            return "(not measured)"
        if len(times) < len(runs):
            return f"more than {runs[-1].limit:g} s"
        return f"{statistics.median(times):.0f} s"

    return (
        f"A virtual machine that was paused for {PICTURED_PAUSE} s is right again after"
        f" {median('NTP only, chrony as Debian ships it')} with NTP alone as Debian ships it. In"
        f" mode `default` it takes {median('default, documented')}, or {median('default, fast')}"
        f" with `timesync_host_clock_profile: fast`; in mode `host_only`"
        f" {median('host_only, documented')}, or {median('host_only, fast')} (medians)."
    )


def filled(text: str, parts: dict[str, str]) -> str:
    """The text with what stands between the comments of these names made anew."""
    for name, part in parts.items():
        begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        pattern = re.compile(
            f"{re.escape(begin)}(.*?\n)??{re.escape(end[1:])}", re.DOTALL
        )
        text, count = pattern.subn(lambda _: begin + part + end, text)  # noqa: B023
        if count != 1:
            raise ValueError(f"there are {count} places for {name}")
    return text


def pages(results: Sequence[Result]) -> dict[Path, str]:
    """The pages as they must be, by their path."""
    tables = {
        "recovery": recovery_table(results),
        "steady": steady_table(results),
        "wrong": wrong_table(results),
        "how": how(results),
    }
    return {
        PAGE: filled(PAGE.read_text(), tables),
        README: filled(README.read_text(), {"headline": headline(results)}),
    }


def draw(results: Sequence[Result], path: Path) -> None:
    """The run of the median of each line, the offset against the time since the pause."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "vmtime"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4), layout="constrained")
    for setup, (label, color) in LINES.items():
        runs = chosen(results, setup, PICTURED_PAUSE)
        if not runs:
            continue
        run = runs[len(runs) // 2]
        times, offsets = zip(*run.trace, strict=True)
        after = "not back" if run.recovered is None else f"{run.recovered:.1f} s"
        axes.plot(
            [max(time, 0.1) for time in times],
            offsets,
            label=f"{label}: {after}",
            color=color,
        )
    axes.set_xscale("log")
    axes.set_xlim(0.1, 1000)
    axes.set_xticks([0.1, 1, 10, 100, 1000], ["0.1", "1", "10", "100", "1000"])
    axes.set_xlabel("seconds since the pause ended")
    axes.set_ylabel("offset of the guest's clock, s")
    axes.set_title(f"A guest's clock after a pause of {PICTURED_PAUSE} s")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(loc="center left", fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def main() -> int:
    results = read()
    if not results:
        print("There are no results yet: run `make bench-pause`.", file=sys.stderr)
        return 1
    for path, text in pages(results).items():
        path.write_text(text)
    draw(results, PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
