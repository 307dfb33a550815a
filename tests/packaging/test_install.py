"""`curl … | sh`: both scripts against a release server of our own, without systemd."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kuma_lite.installing.release_key import RELEASES_URL
from tests.installing.release import MACHINES, ReleaseServer, release_server
from tests.requires import ROOT, find_program, needs_program

pytestmark = [
    needs_program("curl", "sha256sum", "tar"),
    pytest.mark.skipif(os.uname().machine not in MACHINES, reason="no release for this machine"),
]

SCRIPTS = {name: ROOT / "packaging" / name for name in ("install.sh", "install-agent.sh")}
SHELL = find_program("dash") or "/bin/sh"
# What the script changes things with: it is killed at the first, second … of these calls.
CHANGING = ("mkdir", "mktemp", "chmod", "rm", "tar", "mv", "ln", "sync")


class Machine:
    """Folders to install into, and a PATH that can lie about what the machine is."""

    def __init__(self, folder: Path, releases: ReleaseServer) -> None:
        self.home, self.bin, self.tools = folder / "opt", folder / "bin", folder / "tools"
        self.tools.mkdir()
        self.releases = releases
        self.script = SCRIPTS["install.sh"]

    def says(self, name: str, text: str) -> None:
        """Let a program of the system answer this."""
        path = self.tools / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def command(self, *words: str) -> list[str]:
        places = ["--dir", str(self.home), "--bin", str(self.bin)]
        return [SHELL, str(self.script), *places, "--from", self.releases.url, *words]

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": f"{self.tools}:{os.environ['PATH']}", "HOME": "/nonexistent"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), env=self.environment, capture_output=True, text=True, timeout=60
        )

    def version(self) -> str:
        program = self.home / "kuma-lite"
        return subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=True
        ).stdout.strip()

    def left(self) -> list[str]:
        return [path.name for path in self.home.iterdir() if path.name.startswith(".")]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with release_server() as releases:
        yield Machine(tmp_path, releases)


def publish(releases: ReleaseServer, version: str, **more: str) -> str:
    """A release where the script looks for the newest one, and for this one."""
    releases.files.clear()
    name = releases.release(version, **more)
    for key, data in list(releases.files.items()):
        releases.files[f"latest/download/{key}"] = data
        releases.files[f"download/v{version}/{key}"] = data
    return name


@needs_program("shellcheck")
@pytest.mark.parametrize("name", SCRIPTS)
def test_they_are_good_shell(name: str) -> None:
    done = subprocess.run(["shellcheck", "--shell=sh", SCRIPTS[name]], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert RELEASES_URL.removesuffix("/latest/download") in SCRIPTS[name].read_text()


def test_the_newest_is_installed_and_updated(machine: Machine) -> None:
    publish(machine.releases, "0.1.0")
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert f"Kuma Lite 0.1.0 is in {machine.home}." in done.stdout
    assert f"{machine.home}/kuma-lite serve --data-dir /var/lib/kuma-lite" in done.stdout  # no systemd here
    assert machine.version() == "kuma-lite 0.1.0"
    assert (machine.bin / "kuma-lite").resolve() == machine.home / "versions" / "0.1.0" / "kuma-lite"
    again = machine.run()
    assert "0.1.0 is in" in again.stdout and "already" in again.stdout
    assert len([name for name in machine.releases.asked if name.endswith(".gz")]) == 1
    for version in ("0.2.0", "0.3.0"):
        publish(machine.releases, version)
        assert machine.run().returncode == 0 and machine.version() == f"kuma-lite {version}"
    assert {path.name for path in (machine.home / "versions").iterdir()} == {"0.2.0", "0.3.0"}
    publish(machine.releases, "0.2.0")
    assert machine.run("--version", "v0.2.0").returncode == 0  # back
    assert machine.version() == "kuma-lite 0.2.0" and machine.left() == []
    removed = machine.run("--uninstall")
    assert removed.returncode == 0 and "stay" in removed.stdout
    assert not machine.home.exists() and not (machine.bin / "kuma-lite").exists()
    assert machine.run("--uninstall").returncode == 1


def test_from_a_pipe_and_for_an_agent(machine: Machine) -> None:
    publish(machine.releases, "0.1.0")
    command = [SHELL, "-s", "--", *machine.command("--url", "https://kuma.example", "--token", "t")[2:]]
    with SCRIPTS["install-agent.sh"].open() as script:
        done = subprocess.run(
            command, stdin=script, env=machine.environment, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 0, done.stderr
    assert "kuma-lite agent --url URL --token TOKEN" in done.stdout
    assert machine.version() == "kuma-lite 0.1.0"


def test_a_script_that_arrives_in_part_does_nothing(machine: Machine, tmp_path: Path) -> None:
    publish(machine.releases, "0.1.0")
    lines = machine.script.read_text().splitlines(keepends=True)
    for length in range(20, len(lines) - 1, 11):
        part = tmp_path / "part.sh"
        part.write_text("".join(lines[:length]))
        subprocess.run([SHELL, part], env=machine.environment, capture_output=True, timeout=20)
    assert machine.releases.asked == [] and not Path("/opt/kuma-lite/versions").exists()


def test_what_was_unpacked_by_hand_is_taken_over(machine: Machine) -> None:
    machine.home.mkdir()
    machine.says("old", "echo kuma-lite 0.0.1")
    shutil.move(machine.tools / "old", machine.home / "kuma-lite")
    publish(machine.releases, "0.1.0")
    assert machine.run().returncode == 0 and machine.version() == "kuma-lite 0.1.0"
    assert (machine.home / "kuma-lite.old").is_file()


@pytest.mark.parametrize(
    ("lies", "build"),
    [
        ({"uname": 'test "$1" = -m && echo x86_64 || echo Linux'}, "x86_64"),
        ({"uname": 'test "$1" = -m && echo aarch64 || echo Linux', "getconf": "echo 64"}, "aarch64"),
        ({"uname": 'test "$1" = -m && echo aarch64 || echo Linux', "getconf": "echo 32"}, "armv7l"),
        (
            {
                "uname": 'test "$1" = -m && echo armv7l || echo Linux',
                "ldd": "echo 'musl libc (armhf)' >&2; exit 1",
            },
            "armv7l-musl",
        ),
    ],
)
def test_the_build_for_the_machine_is_chosen(machine: Machine, lies: dict[str, str], build: str) -> None:
    for name, text in lies.items():
        machine.says(name, text)
    machine.releases.files.clear()
    for other in ("x86_64", "aarch64", "armv7l", "x86_64-musl", "aarch64-musl", "armv7l-musl"):
        machine.releases.release("0.1.0", machine=other)
    for key, data in list(machine.releases.files.items()):
        machine.releases.files[f"latest/download/{key}"] = data
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert machine.releases.asked[-1] == f"latest/download/kuma-lite-0.1.0-linux-{build}.tar.gz"


@pytest.mark.parametrize(
    ("lies", "sentence"),
    [
        ({"uname": "echo Darwin"}, "pipx install kuma-lite"),
        ({"uname": "echo MINGW64_NT-10.0"}, "inside WSL"),
        ({"uname": 'test "$1" = -m && echo riscv64 || echo Linux'}, "no build for riscv64"),
        ({"uname": "echo FreeBSD"}, "no build for FreeBSD"),
        ({"getconf": "echo glibc 2.17"}, "(glibc 2.17) is too old"),
    ],
)
def test_what_is_not_supported_is_said(machine: Machine, lies: dict[str, str], sentence: str) -> None:
    publish(machine.releases, "0.1.0")
    for name, text in lies.items():
        machine.says(name, text)
    done = machine.run()
    assert done.returncode == 1 and sentence in done.stderr and not machine.home.exists()


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ("damaged", "arrived damaged, or is not that of the release"),
        ("cut", "cannot be downloaded"),
        ("gone", "cannot be downloaded"),
        ("broken", "does not run on this machine: kuma-lite 9.9.9"),
        ("elsewhere", "the release has nothing for this machine"),
    ],
)
def test_trouble_leaves_what_is_there(machine: Machine, trouble: str, sentence: str) -> None:
    publish(machine.releases, "0.1.0")
    assert machine.run().returncode == 0
    name = publish(machine.releases, "0.2.0", **({"says": "9.9.9"} if trouble == "broken" else {}))
    key = f"latest/download/{name}"
    if trouble == "damaged":
        machine.releases.files[key] = machine.releases.files[key][:-4] + b"evil"
    elif trouble == "cut":
        machine.releases.cut[key] = 99
    elif trouble == "gone":
        del machine.releases.files[key]
    elif trouble == "elsewhere":
        machine.releases.files.clear()
        machine.releases.release("0.2.0", machine="s390x")
        machine.releases.files["latest/download/SHA256SUMS"] = machine.releases.files["SHA256SUMS"]
    done = machine.run()
    assert done.returncode == 1 and sentence in done.stderr
    assert machine.version() == "kuma-lite 0.1.0" and machine.left() == []


def test_killed_at_any_step_what_was_there_works(machine: Machine, tmp_path: Path) -> None:
    publish(machine.releases, "0.1.0")
    assert machine.run().returncode == 0
    installed = tmp_path / "installed"
    shutil.copytree(machine.home, installed, symlinks=True)
    publish(machine.releases, "0.2.0")
    count = tmp_path / "count"
    real = {name: find_program(name) for name in CHANGING} | {"sync": "true"}  # others write to this disk
    for name in CHANGING:
        machine.says(
            name,
            f"left=$(($(cat {count}) - 1)); echo $left > {count}\n"
            f'[ $left != -1 ] || kill -9 $PPID\nexec {real[name]} "$@"',
        )
    killed, seen = 0, set()
    while True:
        shutil.rmtree(machine.home)
        shutil.copytree(installed, machine.home, symlinks=True)
        count.write_text(f"{killed}\n")
        done = machine.run()
        if int(count.read_text()) >= 0:
            break
        assert done.returncode != 0
        seen.add(machine.version())
        count.write_text("1000\n")
        again = machine.run()
        assert again.returncode == 0, again.stderr
        assert machine.version() == "kuma-lite 0.2.0" and machine.left() == []
        killed += 1
    assert killed > 12 and seen == {"kuma-lite 0.1.0", "kuma-lite 0.2.0"}


def test_stopped_while_it_downloads_it_cleans_up(machine: Machine) -> None:
    publish(machine.releases, "0.1.0")
    assert machine.run().returncode == 0
    publish(machine.releases, "0.2.0")
    machine.says("curl", f'case "$*" in *tar.gz*) sleep 5 ;; *) exec {find_program("curl")} "$@" ;; esac')
    with subprocess.Popen(
        machine.command(), env=machine.environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert "Downloading" in process.stdout.readline()
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGTERM)
        assert process.wait(20) == 143
    assert machine.version() == "kuma-lite 0.1.0" and machine.left() == []
