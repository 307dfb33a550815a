"""The wheel, with the page in it, as pipx installs it: a command that serves, and knows who updates it."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from kuma_lite import __version__
from tests.requires import ROOT, find_program, needs_page, needs_program
from tests.support.served import Server

pytestmark = [needs_page(), pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (made,) = target.glob("*.whl")
    return made


def test_the_wheel_holds_page_and_units_for_every_system(wheel: Path) -> None:
    assert wheel.name == f"kuma_lite-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"kuma_lite/frontend_dist/index.html", "kuma_lite/installing/units.py"} <= names
    assert [name for name in names if name.startswith("kuma_lite/frontend_dist/assets/")]
    assert not [name for name in names if name.startswith(("tests/", "packaging/", "frontend/"))]


@needs_program("pipx")
@pytest.mark.skipif("KUMA_LITE_MACHINES" not in os.environ, reason="behind `make test-machines`")
def test_pipx_installs_a_command_that_serves(wheel: Path, tmp_path: Path) -> None:
    homes = {
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_MAN_DIR": str(tmp_path / "man"),
    }
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"} | homes
    arguments = ["install", "--python", sys.executable, str(wheel)]
    done = subprocess.run(
        [str(find_program("pipx")), *arguments], env=environment, capture_output=True, text=True, timeout=240
    )
    if "No matching distribution" in done.stderr:
        pytest.skip("no registry of packages is reached from here")
    assert done.returncode == 0, done.stderr
    program = tmp_path / "bin" / "kuma-lite"
    (packages,) = (tmp_path / "pipx" / "venvs" / "kuma-lite").glob("lib/python*/site-packages")

    said = subprocess.run([program, "--version"], env=environment, capture_output=True, text=True, timeout=60)
    assert said.stdout == f"kuma-lite {__version__}\n", said.stderr
    where = "import kuma_lite; print(kuma_lite.__file__)"
    python = packages.parent.parent.parent / "bin" / "python"
    found = subprocess.run(
        [python, "-c", where], env=environment, capture_output=True, text=True, cwd=tmp_path
    )
    assert found.stdout.startswith(str(packages)), found.stdout
    update = subprocess.run([program, "update"], env=environment, capture_output=True, text=True, timeout=60)
    assert update.returncode == 1
    assert "pipx upgrade kuma-lite" in update.stderr or "container" in update.stderr  # where this runs in one

    server = Server(tmp_path / "data")
    server.env = environment
    server.popen = {"cwd": tmp_path}
    server.program = [str(program)]
    server.start()
    try:
        with urllib.request.urlopen(server.url, timeout=20) as answer:
            assert b'<div id="app"' in answer.read()
    finally:
        server.stop()
