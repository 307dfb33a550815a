"""The scripts behind the commands, run with stand-ins for the programs they call."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.requires import ROOT

NOTE = '#!/bin/sh\necho "${{0##*/}} $*" >> "{calls}"\n{then}\n'
SYSTEM_TOOLS = ("sh", "mkdir", "dirname", "cat", "tail", "tee")


class Place:
    """An empty repository and a PATH with nothing but stand-ins and a few system tools."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "repository"
        self.tools = folder / "tools"
        self.calls = folder / "calls"
        for made in (self.root / "packaging", self.root / "frontend", self.tools):
            made.mkdir(parents=True)
        for name in SYSTEM_TOOLS:
            self.tools.joinpath(name).symlink_to(str(shutil.which(name)))
        self.calls.touch()

    def stand_in(self, name: str, then: str = "", at: Path | None = None) -> None:
        program = at or self.tools / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(NOTE.format(calls=self.calls, then=then))
        program.chmod(0o755)

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        copy = self.root / "packaging" / script
        # Without the places where a real nginx would be found.
        copy.write_text((ROOT / "packaging" / script).read_text().replace(":/usr/sbin:/sbin", ""))
        copy.chmod(0o755)
        environment = {"PATH": str(self.tools), "HOME": os.fspath(self.root)}
        return subprocess.run(
            [str(shutil.which("sh")), f"packaging/{script}"],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
        )

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def install_all_but(place: Place, *missing: str) -> None:
    script = (ROOT / "packaging" / "system-packages").read_text()
    listed = re.search(r'^PACKAGES="([^"]+)"', script, re.MULTILINE)
    assert listed is not None
    programs = {pair.partition(":")[2] for pair in listed[1].split()}
    assert {"chromium", "nginx", "chronyd", *missing} <= programs
    for name in programs - set(missing):
        place.stand_in(name)


class TestSystemPackages:
    def test_nothing_missing_does_nothing(self, place: Place) -> None:
        install_all_but(place)
        place.stand_in("apt-get")
        done = place.run("system-packages")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert place.called() == []

    def test_without_root_one_line_names_what_is_missing(self, place: Place) -> None:
        install_all_but(place, "nginx", "chromedriver")
        place.stand_in("id", "echo 1000")
        place.stand_in("apt-get")
        done = place.run("system-packages")
        assert done.returncode == 0
        (line,) = done.stderr.splitlines()
        assert "chromedriver nginx" in line
        assert "chromium-driver nginx-light" in line
        assert place.called() == ["id -u"]

    @pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="not Debian")
    def test_as_root_only_what_is_missing_is_installed(self, place: Place) -> None:
        install_all_but(place, "nginx")
        place.stand_in("id", "echo 0")
        place.stand_in("apt-get")
        assert place.run("system-packages").returncode == 0
        assert place.called() == [
            "id -u",
            "apt-get update",
            "apt-get install --yes --no-install-recommends nginx-light",
        ]

    @pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="not Debian")
    def test_a_failing_apt_is_said_and_does_not_fail(self, place: Place) -> None:
        install_all_but(place, "ping")
        place.stand_in("id", "echo 0")
        place.stand_in("apt-get", "exit 100")
        done = place.run("system-packages")
        assert done.returncode == 0
        assert "ping" in done.stderr


class TestNpmInstall:
    def test_the_lock_file_is_followed(self, place: Place) -> None:
        place.stand_in("npm")
        assert place.run("npm-install").returncode == 0
        assert place.called() == ["npm ci --silent"]

    def test_an_incomplete_lock_file_is_resolved(self, place: Place) -> None:
        place.stand_in("npm", '[ "$1" != ci ]')
        assert place.run("npm-install").returncode == 0
        assert place.called() == ["npm ci --silent", "npm install --silent --no-save"]

    def test_a_failure_is_a_failure(self, place: Place) -> None:
        place.stand_in("npm", "exit 3")
        assert place.run("npm-install").returncode != 0


class TestTest:
    """The exit status is that of all parts together, and pytest's closing line the last one."""

    CLOSING = "===== 3 passed in 0.1s ====="

    def run(self, place: Place, *, pytest: int, checks: int) -> subprocess.CompletedProcess[str]:
        python = place.root / ".venv" / "bin" / "python"
        place.stand_in("python", f"echo '{self.CLOSING}'; exit {pytest}", at=python)
        place.stand_in("make", f"echo line 7 is too long; exit {checks}")
        return place.run("test")

    def test_all_is_well(self, place: Place) -> None:
        done = self.run(place, pytest=0, checks=0)
        assert done.returncode == 0
        assert done.stdout.splitlines() == [self.CLOSING]
        assert any("lint test-page" in call for call in place.called())

    @pytest.mark.parametrize("status", [1, 2, 5])  # 5: no test was found
    def test_failing_tests(self, place: Place, status: int) -> None:
        done = self.run(place, pytest=status, checks=0)
        assert done.returncode == status
        assert done.stdout.splitlines()[-1] == self.CLOSING

    def test_failing_lint(self, place: Place) -> None:
        done = self.run(place, pytest=0, checks=2)
        assert done.returncode == 1
        assert "line 7 is too long" in done.stdout
        assert done.stdout.splitlines()[-1] == self.CLOSING
