from __future__ import annotations

import ast
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import kuma_lite
from kuma_lite.core import sqlite_guard
from kuma_lite.core.errors import UserError
from tests.support.storage import opened_plain

PACKAGE = Path(kuma_lite.__file__).parent
OTHER_SQLITES = {"sqlite3", "aiosqlite", "_sqlite3"}
HARMLESS = {"Error", "OperationalError", "DatabaseError", "Connection", "Cursor", "Row"}  # names, not doors


def used_of_other_sqlites(path: Path) -> set[str]:
    """What a module takes of the other SQLite; importing it for an error's name opens nothing."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in OTHER_SQLITES:
                found.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OTHER_SQLITES:
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.Import):
            hidden = [name.asname for name in node.names if name.name in OTHER_SQLITES and name.asname]
            found.update(hidden)
    return found


def test_only_the_guard_opens_with_the_other_sqlite() -> None:
    modules = {
        path.relative_to(PACKAGE).as_posix(): used_of_other_sqlites(path) for path in PACKAGE.rglob("*.py")
    }
    assert "connect" in modules.pop("core/sqlite_guard.py")
    assert {name: used - HARMLESS for name, used in modules.items() if used - HARMLESS} == {}


async def test_the_live_file_is_refused_by_any_name(tmp_path: Path) -> None:
    live = tmp_path / "kuma-lite.db"
    async with opened_plain(live):
        (tmp_path / "symbolic").symlink_to(live)
        os.link(live, tmp_path / "hard")
        os.link(f"{live}-wal", tmp_path / "log")
        names = [
            live,
            f"{live}-wal",
            f"{live}-shm",
            *(tmp_path / name for name in ("symbolic", "hard", "log")),
        ]
        names.append(os.path.relpath(live))
        for name in names:
            assert sqlite_guard.is_live(name)
            with pytest.raises(UserError, match="the database in use"):
                async with sqlite_guard.open_other(name):
                    pass
    assert not sqlite_guard.is_live(live)


async def test_other_files_are_opened(tmp_path: Path) -> None:
    other = tmp_path / "with ? and #.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t AS SELECT 7 AS a")
    async with sqlite_guard.open_other(other) as found, found.execute("SELECT a FROM t") as cursor:
        assert await cursor.fetchone() == (7,)
    with pytest.raises(UserError, match="There is no file"):
        async with sqlite_guard.open_other(tmp_path / "missing.db"):
            pass
    assert not (tmp_path / "missing.db").exists()


async def test_read_only_means_it(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE t (a)").connection.close()
    async with sqlite_guard.open_other(other) as found:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await found.execute("INSERT INTO t VALUES (1)")
    async with sqlite_guard.open_other(other, read_only=False) as found:
        await found.execute("INSERT INTO t VALUES (1)")


async def test_verify_tells_sound_from_damaged(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 100)
    assert await sqlite_guard.verify(path) is None
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    path.write_bytes(content)
    assert "damaged" in (await sqlite_guard.verify(path) or "")
    path.write_bytes(b"no database at all, but long enough to look at it" * 50)
    assert "cannot be read" in (await sqlite_guard.verify(path) or "")


WRITER = """
import sys, apsw
connection = apsw.Connection(sys.argv[1])
connection.set_busy_timeout(0)
try:
    connection.execute("BEGIN IMMEDIATE")
except apsw.BusyError:
    print("locked")
else:
    print("free")
"""


def as_another_process_sees_it(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", WRITER, path], capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout.strip()


async def test_backups_and_refusals_do_not_cost_the_locks(tmp_path: Path) -> None:
    """The disaster the guard prevents: our locks vanish, another process writes into our transaction."""
    live = tmp_path / "kuma-lite.db"
    async with opened_plain(live) as database:
        await database.backup_to(tmp_path / "backup.db")
        with pytest.raises(UserError):
            async with sqlite_guard.open_other(live):
                pass
        seen = await database.write(lambda connection: as_another_process_sees_it(live))
        assert seen == "locked"
        assert (tmp_path / "kuma-lite.db-wal").exists()
    assert as_another_process_sees_it(live) == "free"


async def test_the_disaster_is_real(tmp_path: Path) -> None:
    """Without the guard: one look by the other SQLite, and nothing is locked any more."""
    live = tmp_path / "kuma-lite.db"
    async with opened_plain(live) as database:

        def look(connection: object) -> str:
            other = sqlite3.connect(live)
            other.execute("SELECT count(*) FROM setting").fetchone()
            other.close()
            return as_another_process_sees_it(live)

        assert await database.write(look) == "free"
