"""What a start does not load: each would make it longer for everybody, for what few need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.requires import ROOT

# Of types and services, of backups, of typing errors in settings, of imports, of names in HTML.
LATE = ("pydantic", "tarfile", "difflib", "sqlite3", "html.entities", "litestar", "cryptography", "yaml")


def test_the_program_is_put_together_without_what_few_need() -> None:
    script = (
        f"import sys, kuma_lite.appliance.build; print(*[name for name in {LATE!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=100
    )
    assert sorted(set(LATE) & set(done.stdout.split())) == []


# What the steps of a new database are taken with is no more in memory afterwards than at a later start.
OPENING = """
import asyncio, pathlib, sys
from kuma_lite.appliance.ground import Ground
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.config import Config
from kuma_lite.core.migrations import discover, version_of

async def main():
    ground = Ground(Config(data_dir=pathlib.Path(sys.argv[1])), ManualClock())
    await ground.open()
    print(discover()[-1].number - await ground.database.read(version_of))
    await ground.close()
    print(*[name for name in sys.modules if name.startswith("kuma_lite.core.migrations.m")])

asyncio.run(main())
"""


def test_the_very_first_start_keeps_no_step_of_the_database(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPENING, tmp_path / "data"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert done.stdout.splitlines() == ["0", ""]
