# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole flow with ansible-core 2.16 on hosts with Python 2.7 or 3.6.

`make test ONLY=old-hosts` makes the venv of ansible-core 2.16 and tells of it and of the Python.
Each host is a container with systemd, and the controller runs in it, over a local connection. It
follows an NTP server on its own loopback and has no network. Of the old distribution it has the
name, the Python, and chrony's paths and unit; chrony is 4.3.
"""

from __future__ import annotations

import json
import os
import re
import time
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.vmtime.linux.tests.hosts.container import Container

REPOSITORY = Path(__file__).resolve().parents[2]

# The interpreter of the hosts, its version, and the folder with the programs of ansible-core 2.16.
PYTHON = os.environ.get("OLD_HOSTS_PYTHON", "")
VERSION = os.environ.get("OLD_HOSTS_VERSION", "")
CONTROLLER = os.environ.get("OLD_HOSTS_CONTROLLER", "")

pytestmark = pytest.mark.skipif(
    not (PYTHON and VERSION and CONTROLLER),
    reason="run it by 'make test ONLY=old-hosts'",
)


class Kind(t.NamedTuple):
    """An old distribution: its os-release, and the image with its package manager and paths."""

    name: str
    os_release: str
    image: str
    python: str
    install: tuple[str, ...]
    conf: str
    options: str


_DNF = ("dnf", "--quiet", "--assumeyes", "install", "chrony")
_ZYPPER = ("zypper", "--quiet", "--non-interactive", "install", "chrony")
_APT = ("apt-get", "--yes", "--quiet", "install", "chrony")
KINDS = (
    Kind(
        "CentOS 7",
        'ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n',
        *("rocky", "2.7", _DNF, "/etc/chrony.conf", "-F 2"),
    ),
    Kind(
        "Ubuntu 16.04",
        'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="16.04"\n',
        *("bookworm", "2.7", _APT, "/etc/chrony/chrony.conf", "-F 1"),
    ),
    Kind(
        "SLES 12",
        'ID="sles"\nVERSION_ID="12.3"\n',
        *("leap", "2.7", _ZYPPER, "/etc/chrony.conf", ""),
    ),
    Kind(
        "RHEL 8",
        'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="8.10"\n',
        *("rocky", "3.6", _DNF, "/etc/chrony.conf", "-F 2"),
    ),
    Kind(
        "SLES 12 with Python 3",
        'ID="sles"\nVERSION_ID="12.5"\n',
        *("leap", "3.6", _ZYPPER, "/etc/chrony.conf", ""),
    ),
)

# A second chronyd of the host, which serves the host's own time to its loopback.
SERVER = """
local stratum 8
allow 127.0.0.1
bindaddress 127.0.0.1
cmdport 0
bindcmdaddress /
pidfile /run/server.pid
"""

PLAY = """
- hosts: localhost
  gather_facts: false
  roles: [vmtime.linux.timesync]
"""
KEY = "10 SHA1 ASCII:b1ab1e0ff1ce"
VARIABLES = {
    "timesync_mode": "external",
    "timesync_ntp_servers": [{"hostname": "127.0.0.1"}],
    "timesync_verify_timeout": 60,
}


class Host(Container):
    """An old distribution."""

    def __init__(self, kind: Kind) -> None:
        # the Pythons are no part of the image
        pythons = (Path(PYTHON), Path(CONTROLLER) / "python")
        homes = {path.resolve().parents[1] for path in pythons} - {Path("/usr")}
        units = REPOSITORY / "extensions/molecule/shared/units/chrony.conf"
        drop_in = "/etc/systemd/system/chrony.service.d/test.conf"
        super().__init__(
            kind.image,
            [REPOSITORY, *homes],
            *(
                "--cap-add=SYS_ADMIN",
                "--hostname=old",
                f"--volume={units}:{drop_in}:ro",
            ),
        )

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while "running" not in self.run(
            "systemctl", "is-system-running", "--wait", check=False
        ):
            assert time.monotonic() < deadline, self.run("systemctl", "--failed")
            time.sleep(1)

    def play(self, **variables: t.Any) -> dict[str, t.Any]:
        """The result of the role's one task, as ansible-core 2.16 tells it."""
        self.write("/root/play.yml", PLAY)
        self.write("/root/variables.json", json.dumps({**VARIABLES, **variables}))
        said = self.run(
            *(Path(CONTROLLER) / "ansible-playbook", "-vvvv", "--diff"),
            *("--inventory", "localhost,", "--connection", "local"),
            *("--extra-vars", "@/root/variables.json"),
            *("--extra-vars", f"ansible_python_interpreter={PYTHON}"),
            "/root/play.yml",
            check=False,
            ANSIBLE_COLLECTIONS_PATH=str(REPOSITORY / ".venv/collections"),
            ANSIBLE_NOCOLOR="1",
            LC_ALL="C.UTF-8",
        )
        assert "core 2.16." in said
        assert KEY.split(":")[1] not in said
        pattern = r"^(?:ok|changed|fatal): \[localhost\](?:: FAILED!)? => "
        # the first one is the check of the role's variables
        *_others, found = re.finditer(pattern, said, re.MULTILINE)
        result = json.JSONDecoder().raw_decode(said, found.end())[0]
        result["failed"] = found[0].startswith("fatal")
        return t.cast(dict[str, t.Any], result)

    def modules(self) -> list[str]:
        """The modules that ran since the last call, as they told the journal."""
        said = self.run(
            *("journalctl", "--output=cat", "--grep=Invoked with"),
            "--cursor-file=/root/told",
            check=False,
        )
        assert KEY.split(":")[1] not in said
        return re.findall(r"Invoked with", said)


@pytest.fixture(
    params=[kind for kind in KINDS if kind.python == VERSION],
    ids=lambda kind: kind.name,
)
def kind(request: pytest.FixtureRequest) -> Kind:
    return t.cast(Kind, request.param)


@pytest.fixture
def host(kind: Kind) -> Iterator[Host]:
    host = Host(kind)
    try:
        host.wait()
        host.run(*kind.install)
        host.run("rm", "--force", "/etc/os-release")
        host.write("/etc/os-release", f'{kind.os_release}PRETTY_NAME="{kind.name}"\n')
        host.write("/root/server.conf", SERVER)
        host.run(
            "sh",
            "-c",
            "exec $(ls /usr/libexec/chronyd.real || echo chronyd) -x -u root -f /root/server.conf",
        )
        yield host
    finally:
        host.remove()


def test_the_whole_flow(host: Host, kind: Kind) -> None:
    assert VERSION in host.run(PYTHON, "-c", "import sys; print(sys.version)")
    before = host.run("cat", kind.conf)
    host.modules()

    first = host.play()
    assert not first["failed"], first["msg"]
    assert first["changed"]
    assert first["plan"]["platform"].startswith(kind.name.partition(" with")[0])
    # the provider was there, so nothing was installed: one look, one change
    assert len(host.modules()) == 2
    assert first["status"]["selected"] == "127.0.0.1"
    assert f"{kind.options} -x".strip() in host.run("pgrep", "--list-full", "chronyd")
    assert host.run("cat", f"{kind.conf}.vmtime-original") == before

    second = host.play()
    assert not second["changed"]
    assert len(host.modules()) == 1

    # a file with permissions of its own, which never stands in a log
    keyed = [{"hostname": "127.0.0.1", "key": KEY}, {"hostname": "127.0.0.2"}]
    assert host.play(timesync_ntp_servers=keyed, timesync_verify_timeout=0)["changed"]
    host.modules()
    assert not host.play(timesync_ntp_servers=keyed, timesync_verify_timeout=0)[
        "changed"
    ]
    assert len(host.modules()) == 1
    keys = kind.conf.replace("chrony.conf", "vmtime.keys")
    keys = keys if keys.startswith("/etc/chrony/") else "/etc/chrony.vmtime.keys"
    about = host.run("stat", "--format=%a %U %G", keys)
    assert re.fullmatch("640 root _?chrony", about)


def test_what_does_not_work_is_undone(host: Host, kind: Kind) -> None:
    """127.0.0.9 answers nobody."""
    host.modules()
    before = host.run("cat", kind.conf)
    wrong = [{"hostname": "127.0.0.9"}]
    result = host.play(timesync_ntp_servers=wrong, timesync_verify_timeout=5)
    assert result["failed"]
    assert "follows none of the planned sources (127.0.0.9) after 5 s" in result["msg"]
    assert "Put back as it was: " in result["msg"]
    assert len(host.modules()) == 2
    assert host.run("cat", kind.conf) == before
    assert host.run("ls", f"{kind.conf}.vmtime-original", check=False).startswith("ls:")
