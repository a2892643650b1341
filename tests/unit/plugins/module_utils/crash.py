# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kill a run at each of its steps: after each call that changes the disk or runs a program.

Run as a program on a test host it does so there, on a live chrony; see main().
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import signal
import stat
import sys
import traceback

from ansible_collections.vmtime.linux.plugins.module_utils._apply import files as _files
from ansible_collections.vmtime.linux.plugins.module_utils._apply import transaction
from ansible_collections.vmtime.linux.plugins.module_utils._apply.services import (
    Services,
)
from ansible_collections.vmtime.linux.plugins.module_utils._host import Host, sha256
from ansible_collections.vmtime.linux.plugins.module_utils._record import (
    first_run,
    journal,
)

CALLS = (
    "fchmod",
    "fsync",
    "mkdir",
    "open",
    "rename",
    "rmdir",
    "symlink",
    "unlink",
    "write",
)


def run_until(step, function):
    """Run the function in a process that is killed after its step number ``step``.

    Returns how many steps there were if it came to its end, None if it was killed.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reader)
            steps = [0]
            for name in CALLS:
                setattr(os, name, _counted(getattr(os, name), steps, step))
            Host.run = _counted(Host.run, steps, step)
            function()
            os.write(writer, str(steps[0]).encode("ascii"))
            status = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as stream:
        told = stream.read()
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    if status != 0:
        raise AssertionError("the run failed by itself")
    return int(told)


def _counted(call, steps, last):
    def counted(*args, **kwargs):
        result = call(*args, **kwargs)
        steps[0] += 1
        if steps[0] == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return counted


def snapshot(*folders):
    """Every path below the folders with its kind, mode and content."""
    found = {}
    for folder in folders:
        for base, names, files in os.walk(folder):
            for name in names + files:
                path = os.path.join(base, name)
                about = os.lstat(path)
                content = None
                if stat.S_ISLNK(about.st_mode):
                    content = os.readlink(path)
                elif stat.S_ISREG(about.st_mode):
                    with open(path, "rb") as stream:
                        content = sha256(stream.read())
                found[path] = (about.st_mode, content)
    return found


def recover(host):
    return transaction.apply(host, {"recover": True})


def main():
    """On a host: kill the run that stands in a JSON file at each of its steps, or at one.

    After each kill the next run has to bring back the old files and units. Where the kill came
    after the journal was gone, the new ones have to be there.
    """
    with open(sys.argv[1]) as stream:
        wanted = json.load(stream)
    host = Host()
    if len(sys.argv) > 2:
        run_until(int(sys.argv[2]), lambda: transaction.apply(host, wanted))
        return
    record = {
        "files": _files.remember(host, wanted["files"]),
        "services": Services(host, wanted["start"], wanted["stop"]).record,
        "touched": True,
    }
    own = {"path": first_run.PATH, "look": None, "keep_original": False}
    record["files"] += _files.remember(host, [own])
    old = _state(host, wanted)
    transaction.apply(host, wanted)
    new = _state(host, wanted)
    # what a run adds to its record of the host is known only now
    record["files"][-1]["after"] = _files.remember(host, [own])[0]["before"]
    step = survived = 0
    while True:
        journal.write(host, record)
        recover(host)
        if _state(host, wanted) != old or old == new:
            sys.exit("step %d: the old state did not come back" % step)
        step += 1
        if run_until(step, lambda: transaction.apply(host, wanted)) is not None:
            break
        is_committed = not journal.exists(host) and _state(host, wanted) == new
        recover(host)
        if _state(host, wanted) != (new if is_committed else old):
            sys.exit("step %d was not survived" % step)
        survived += 1
    journal.write(host, record)
    recover(host)
    print("%d of %d steps survived" % (survived, step - 1))


def _state(host, wanted):
    units = wanted["start"] + wanted["stop"]
    active = host.run(["systemctl", "is-active"] + units).out.split()
    return snapshot("/etc", "/usr/lib/systemd", "/var/lib/vmtime-linux"), active


if __name__ == "__main__":
    main()
