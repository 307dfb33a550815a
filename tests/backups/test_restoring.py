"""A backup put back, interrupted anywhere, and whatever is wrong with it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.backups import age, restoring
from kuma_lite.backups.making import files_beside, make
from kuma_lite.backups.restoring import READY, UNPACKED, adopt, unpack, want
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import DATABASE_FILE

CLOCK = ManualClock()


async def filled(folder: Path, user: str) -> Database:
    folder.mkdir()
    (folder / "upload").mkdir()
    (folder / "upload" / f"{user}.png").write_bytes(user.encode())
    database = await Database.open(folder / DATABASE_FILE, clock=CLOCK)
    await database.write(
        lambda connection: connection.execute("INSERT INTO user (username, password) VALUES (?, '')", (user,))
    )
    return database


@pytest.fixture
async def backup(tmp_path: Path) -> Path:
    database = await filled(tmp_path / "a", "old")
    target = tmp_path / "x.tar.zst"
    await make(database, target, CLOCK, files_beside(tmp_path / "a"))
    assert sorted(path.name for path in (tmp_path / "a").glob("backup-*")) == []
    await database.close()
    return target


@pytest.fixture
async def ours(tmp_path: Path) -> Path:
    await (await filled(tmp_path / "b", "new")).close()
    return tmp_path / "b"


def users(folder: Path) -> list[str]:
    with sqlite3.connect(folder / DATABASE_FILE) as connection:
        return [name for (name,) in connection.execute("SELECT username FROM user")]


async def test_what_was_here_is_kept(backup: Path, ours: Path) -> None:
    (ours / f"{DATABASE_FILE}-wal").write_bytes(b"of the old one")
    (ours / "reports-7.journal").write_bytes(b"of the old one, too")
    found = await unpack(backup, ours / UNPACKED)
    assert (found.rows["user"], found.files) == (1, 1)
    want(ours / UNPACKED, ours)
    aside = adopt(ours, CLOCK)
    assert aside is not None
    assert users(ours) == ["old"]
    assert [path.name for path in (ours / "upload").iterdir()] == ["old.png"]
    kept = [DATABASE_FILE, f"{DATABASE_FILE}-wal", "reports-7.journal", "upload"]
    assert sorted(path.name for path in aside.iterdir()) == kept
    assert list(ours.glob("*.journal")) == []
    assert not (ours / READY).exists()
    assert adopt(ours, CLOCK) is None


async def test_an_interrupted_change_goes_on(
    backup: Path, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before each single step in turn, and begun again: always all of one of them."""
    await unpack(backup, ours / UNPACKED)
    want(ours / UNPACKED, ours)
    replace: Callable[..., None] = os.replace
    interrupted = 0

    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    def once(*arguments: Path) -> None:
        replace(*arguments)
        monkeypatch.setattr(restoring.os, "replace", stop)

    monkeypatch.setattr(restoring.os, "replace", stop)
    while True:
        try:
            adopt(ours, CLOCK)
            break
        except KeyboardInterrupt:
            interrupted += 1
            monkeypatch.setattr(restoring.os, "replace", once)
    assert interrupted >= 4
    assert users(ours) == ["old"]
    asides = list(ours.glob("before-restore-*"))
    assert len(asides) == 1
    assert sorted(path.name for path in asides[0].iterdir()) == [DATABASE_FILE, "upload"]
    assert users(asides[0]) == ["new"]


async def test_into_an_empty_folder(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    folder.mkdir()
    await unpack(backup, folder / UNPACKED)
    want(folder / UNPACKED, folder)
    adopt(folder, CLOCK)
    assert users(folder) == ["old"]
    assert sorted(path.name for path in folder.iterdir()) == [DATABASE_FILE, "upload"]


async def test_a_plain_copy_of_a_database(ours: Path, tmp_path: Path) -> None:
    found = await unpack(ours / DATABASE_FILE, tmp_path / "out")
    assert (found.made, found.rows["user"], found.files) == (None, 1, 0)
    assert users(tmp_path / "out") == ["new"]


def damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[2048:6000] = os.urandom(6000 - 2048)
    path.write_bytes(data)


def in_place(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.close()


def newer(path: Path) -> None:
    in_place(path, "PRAGMA user_version = 9999")


def foreign(path: Path) -> None:
    in_place(path, "PRAGMA application_id = 1")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (damaged, "not usable|cannot be read"),
        (newer, "newer Kuma Lite"),
        (foreign, "not one of Kuma Lite"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"x" * 90), "cannot be read|not one of"),
        (lambda path: path.write_bytes(b""), "damaged|cut short"),
    ],
)
async def test_what_is_no_good_changes_nothing(
    ours: Path, tmp_path: Path, spoil: Callable[[Path], object], says: str
) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes((ours / DATABASE_FILE).read_bytes())
    spoil(copy)
    with pytest.raises(UserError, match=says):
        await unpack(copy, ours / UNPACKED)
    assert not (ours / UNPACKED).exists()
    assert users(ours) == ["new"]


async def test_no_room(backup: Path, ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "ROOM", 1e12)
    with pytest.raises(UserError, match="MB of free space"):
        await unpack(backup, ours / UNPACKED)


async def test_half_a_restore_is_removed_at_the_start(ours: Path) -> None:
    (ours / UNPACKED).mkdir()
    adopt(ours, CLOCK)
    assert not (ours / UNPACKED).exists()
    assert users(ours) == ["new"]


async def test_the_key_of_an_encrypted_one_is_derived_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes 64 MB and a fifth of a second, of a small board seconds."""
    database = await filled(tmp_path / "a", "old")
    target = tmp_path / "x.tar.zst.age"
    await make(database, target, CLOCK, files_beside(tmp_path / "a"), "correct horse")
    await database.close()
    derive, derived = age._wrap_key, []

    def counted(*arguments: Any) -> bytes:
        derived.append(arguments)
        return derive(*arguments)

    monkeypatch.setattr(age, "_wrap_key", counted)
    told: list[tuple[int, int]] = []
    found = await unpack(target, tmp_path / "out", "correct horse", lambda *told_of: told.append(told_of))
    assert (len(derived), found.rows["user"]) == (1, 1)
    assert told[-1][0] == told[-1][1] > 0
