"""A copy from before each change of the schema, and the sentence that names it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from kuma_lite.core import schema_backup
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.errors import StartupError
from kuma_lite.core.migrations import Migration, discover
from kuma_lite.core.schema_backup import FOLDER, copy_for

NEWEST = max(step.number for step in discover())
CLOCK = ManualClock()


async def opened(path: Path) -> None:
    await (await Database.open(path, clock=CLOCK)).close()


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    found = tmp_path / "kuma-lite.db"
    await opened(found)
    return found


def newer(monkeypatch: pytest.MonkeyPatch, *numbers: int) -> None:
    steps = [*discover(), *(Migration(number, lambda _connection: None) for number in numbers)]
    monkeypatch.setattr("kuma_lite.core.database.discover", lambda: steps)


def version(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


async def test_a_start_that_changes_nothing_copies_nothing(path: Path) -> None:
    await opened(path)
    assert not (path.parent / FOLDER).exists()


async def test_an_update_can_be_taken_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as update:
        newer(update, NEWEST + 1)
        await opened(path)
    copy = path.parent / FOLDER / f"before-update-from-schema-{NEWEST}.db"
    assert (version(path), version(copy)) == (NEWEST + 1, NEWEST)
    assert copy.stat().st_mode & 0o777 == 0o600
    with pytest.raises(StartupError, match=f"kuma-lite restore {copy}"):
        await opened(path)
    shutil.copy(copy, path)
    await opened(path)


async def test_the_last_two_are_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for last in range(1, 5):
        newer(monkeypatch, *(NEWEST + number for number in range(1, last + 1)))
        await opened(path)
    names = sorted(found.name for found in (path.parent / FOLDER).iterdir())
    assert names == [f"before-update-from-schema-{NEWEST + number}.db" for number in (2, 3)]
    assert copy_for(path, NEWEST + 2) == path.parent / FOLDER / names[0]
    assert copy_for(path, NEWEST) is None


async def test_a_small_disk_keeps_nobody_from_starting(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(schema_backup, "ROOM", 1e12)
    newer(monkeypatch, NEWEST + 1)
    await opened(path)
    assert version(path) == NEWEST + 1
    assert "no room" in caplog.text


async def test_a_folder_that_cannot_be_made_keeps_nobody_from_starting(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (path.parent / FOLDER).write_text("a file")
    newer(monkeypatch, NEWEST + 1)
    await opened(path)
    assert "could not be copied before the update" in caplog.text
