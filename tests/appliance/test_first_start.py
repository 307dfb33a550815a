"""The very first start: a child makes the database, and the start does what that could not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kuma_lite.appliance.first_start import make_database
from kuma_lite.core.config import Config
from tests.requires import ROOT

START = """
import asyncio, pathlib, sys
from kuma_lite.appliance.first_start import make_database
from kuma_lite.appliance.ground import Ground
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config
from kuma_lite.core.migrations import discover, version_of

config = Config(data_dir=pathlib.Path(sys.argv[1]), notification_proxy=sys.argv[2])
make_database(config)
print("made" if any(config.data_dir.glob("*.db")) else "nothing")

async def main():
    ground = Ground(config, SystemClock())
    await ground.open()
    print(discover()[-1].number - await ground.database.read(version_of))
    await ground.close()
    print(*[name for name in sys.modules if name.startswith("kuma_lite.core.migrations.m")])

asyncio.run(main())
"""


def start(folder: Path, proxy: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START, folder, proxy],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_no_step_of_the_database_is_kept_in_memory(tmp_path: Path) -> None:
    done = start(tmp_path / "data")
    assert (done.stderr, done.stdout.splitlines()) == ("", ["made", "0", ""])


def test_what_forbids_a_start_is_said_once_and_nothing_is_made(tmp_path: Path) -> None:
    done = start(tmp_path / "data", "gopher://proxy")
    assert done.stdout == "nothing\n"
    assert done.stderr.count("StartupError: notification_proxy cannot be used") == 1
    assert not (tmp_path / "data").exists()


def test_without_a_child_it_is_left_to_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> int:
        raise BlockingIOError("too many processes")

    monkeypatch.setattr("os.fork", none)
    make_database(Config(data_dir=tmp_path / "data"))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("there", ["kuma-lite.db", "restore-ready", "import-ready"])
def test_what_is_there_is_left_alone(there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / there).mkdir()
    monkeypatch.setattr("os.fork", lambda: pytest.fail("there is a database, or one to take over"))
    make_database(Config(data_dir=tmp_path))
