"""What can be wrong with the place where the database lives, at the start and later."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from kuma_lite.core import database_commits as module
from kuma_lite.core import database_file
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.database import Database
from kuma_lite.core.database_file import sentence_of
from kuma_lite.core.errors import StartupError, StorageTrouble
from tests.core.test_database import Pile, put, stored
from tests.requires import needs_root
from tests.support.storage import FaultyDisk, opened_plain


async def refusal(path: Path) -> str:
    with pytest.raises(StartupError) as refused:
        await Database.open(path, clock=SystemClock())
    return refused.value.message


# --- at the start ------------------------------------------------------------------------------------------


async def test_what_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    path.write_bytes(b"these are my holiday photos " * 200)
    before = path.read_bytes()
    assert await refusal(path) == f"{path} is not a database. Move it away, or restore a backup."
    assert path.read_bytes() == before


async def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE heartbeat (id)")
    connection.close()
    assert await refusal(path) == f"{path} is a database, but not one of Kuma Lite."
    assert apsw.Connection(str(path)).pragma("journal_mode") == "delete"


async def test_a_newer_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    async with opened_plain(path) as database:
        await database.write(lambda connection: connection.pragma("user_version", 9999))
    assert "written by a newer Kuma Lite" in await refusal(path)


async def test_an_empty_file_is_no_new_database(tmp_path: Path) -> None:
    """Somebody's data was in it once: whoever came first would become the owner of what is watched."""
    path = tmp_path / "kuma-lite.db"
    path.touch()
    assert "is empty (0 bytes)" in await refusal(path)
    assert path.read_bytes() == b""


async def test_a_first_start_that_is_killed_leaves_no_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    disk = FaultyDisk()
    disk.broken = True  # from here on nothing of it would have reached the disk
    with pytest.raises(StartupError):
        await Database.open(path, clock=SystemClock(), vfs=disk.name)
    assert not path.exists()
    async with opened_plain(path) as database:
        await database.write(put("a"))
    assert [file.name for file in tmp_path.iterdir()] == ["kuma-lite.db"]


async def test_files_that_others_may_read_are_tightened(tmp_path: Path) -> None:
    path, log = tmp_path / "kuma-lite.db", tmp_path / "kuma-lite.db-wal"
    async with opened_plain(path) as database:
        await database.write(put("a"))
        assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == dict.fromkeys(
            ("kuma-lite.db", "kuma-lite.db-wal", "kuma-lite.db-shm"), 0o600
        )
        path.chmod(0o644)
        log.chmod(0o640)
        other = await Database.open(path, clock=SystemClock())  # as another command beside the server does
        assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
        await other.close()


async def test_a_copy_is_for_the_owner_only(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "kuma-lite.db") as database:
        await database.backup_to(tmp_path / "copy.db")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600


@needs_root()
async def test_a_file_that_cannot_be_written_is_noticed_by_root(tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    async with opened_plain(path):
        pass
    if subprocess.run(["mount", "-o", "bind,ro", path, path], capture_output=True).returncode:
        pytest.skip("a file cannot be mounted here")
    try:
        assert "cannot be written" in await refusal(path)
    finally:
        subprocess.run(["umount", path], check=True)


async def test_a_full_disk_does_not_keep_it_from_starting(tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    async with opened_plain(path) as database:
        await database.write(put("a"))
    disk = FaultyDisk()
    disk.full = True
    database = await Database.open(path, clock=SystemClock(), vfs=disk.name)
    assert await stored(database) == {"a"}
    await database.close()


async def test_damage_is_found_after_a_stop_that_was_none(tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    async with opened_plain(path) as database:
        for number in range(200):
            await database.write(put(str(number), "x" * 1000))
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = b"\xff" * 8192
    path.write_bytes(content)
    Path(f"{path}-wal").write_bytes(b"left behind")
    assert "is damaged" in await refusal(path)


async def test_looking_for_damage_takes_no_longer_than_a_start_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kuma-lite.db"
    async with opened_plain(path) as database:
        for number in range(200):
            await database.write(put(str(number), "x" * 1000))
    Path(f"{path}-wal").write_bytes(b"left behind")
    monkeypatch.setattr(database_file, "CHECK_STEPS", 10)
    async with opened_plain(path) as database:
        assert len(await stored(database)) == 200


async def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    assert "cannot be opened" in await refusal(tmp_path / "missing" / "kuma-lite.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
async def test_a_read_only_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    async with opened_plain(path):
        pass
    path.chmod(0o400)
    assert "cannot be written" in await refusal(path)


async def test_a_full_disk_at_the_first_start_is_one_sentence(tmp_path: Path) -> None:
    disk = FaultyDisk()
    disk.full = True
    with pytest.raises(StartupError, match=r"cannot be used. The disk is full\.$"):
        await Database.open(tmp_path / "kuma-lite.db", clock=SystemClock(), vfs=disk.name)


async def test_a_refused_start_lets_go_of_everything(tmp_path: Path) -> None:
    """No thread is left that would keep the process from ending."""
    import threading

    before = threading.active_count()
    (tmp_path / "kuma-lite.db").write_bytes(b"no database" * 500)
    await refusal(tmp_path / "kuma-lite.db")
    async with asyncio.timeout(20):
        while threading.active_count() > before:
            await asyncio.sleep(0.01)


# --- later -------------------------------------------------------------------------------------------------


async def test_a_full_disk_is_said_and_nothing_is_acknowledged(tmp_path: Path) -> None:
    disk = FaultyDisk()
    async with opened_plain(tmp_path / "a.db", disk=disk) as database:
        await database.write(put("before"))
        disk.full = True
        with pytest.raises(StorageTrouble, match=r"^The disk is full\.$"):
            await database.write(put("during"))
        assert database.trouble is not None
        assert database.trouble == "The disk is full."
        assert await stored(database) == {"before"}  # reading goes on
        disk.full = False
        await database.write(put("after"))
        assert database.trouble is None
        assert await stored(database) == {"before", "after"}


async def test_the_end_of_trouble_is_noticed_though_nobody_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.05)
    disk = FaultyDisk()
    async with opened_plain(tmp_path / "a.db", disk=disk) as database:
        disk.full = True
        with pytest.raises(StorageTrouble):
            await database.write(put("during"))
        await asyncio.sleep(0.2)
        assert database.trouble is not None, "there is still none to write on"
        disk.full = False
        async with asyncio.timeout(20):
            while database.trouble is not None:
                await asyncio.sleep(0.02)
        assert await stored(database) == set()


async def test_all_of_a_failed_transaction_are_told(tmp_path: Path) -> None:
    disk = FaultyDisk()
    async with opened_plain(tmp_path / "a.db", disk=disk) as database:
        disk.broken = True
        found = await asyncio.gather(*(database.write(put(str(n))) for n in range(5)), return_exceptions=True)
        assert [str(error) for error in found] == ["The disk cannot be read or written."] * 5
        disk.broken = False
        assert await stored(database) == set()


async def test_what_nobody_waits_for_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COMMIT_EVERY_S", 0.05)
    monkeypatch.setattr(module, "RETRY_S", 0.05)
    disk = FaultyDisk()
    async with opened_plain(tmp_path / "a.db", disk=disk) as database:
        disk.full = True
        pile = Pile("contributed")
        database.contribute(pile)
        database.defer(put("deferred"))
        async with asyncio.timeout(20):
            while database.trouble is None:
                await asyncio.sleep(0.02)
        assert pile.waiting == ["contributed"]
        disk.full = False
        async with asyncio.timeout(20):
            while database.trouble is not None:
                await asyncio.sleep(0.02)
        assert await stored(database) == {"contributed", "deferred"}
        assert pile.waiting == []


async def test_what_nobody_waits_for_is_kept_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_DEFERRED", 3)
    disk = FaultyDisk()
    async with opened_plain(tmp_path / "a.db", disk=disk) as database:
        disk.full = True
        for number in range(5):
            database.defer(put(str(number)))
        with pytest.raises(StorageTrouble):
            await database.flush()
        assert database.stats.dropped == 2
        disk.full = False
        await database.flush()
        assert await stored(database) == {"2", "3", "4"}


async def test_a_stop_on_a_full_disk_ends(tmp_path: Path) -> None:
    disk = FaultyDisk()
    database = await Database.open(tmp_path / "a.db", clock=SystemClock(), vfs=disk.name)
    await database.write(put("a"))
    disk.full = True
    database.defer(put("b"))
    await asyncio.wait_for(database.close(), 20)
    disk.full = False
    async with opened_plain(tmp_path / "a.db") as again:
        assert await stored(again) == {"a"}


async def test_another_program_that_holds_the_lock_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_file, "BUSY_TIMEOUT_MS", 50)
    path = tmp_path / "a.db"
    program = (
        "import apsw, sys; c = apsw.Connection(sys.argv[1]); c.execute('BEGIN IMMEDIATE'); print(1); input()"
    )
    async with opened_plain(path) as database:
        shell = subprocess.Popen(
            [sys.executable, "-uc", program, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert shell.stdout is not None
        assert shell.stdout.readline() == b"1\n"
        with pytest.raises(StorageTrouble, match="Another program keeps the database locked"):
            await database.write(put("a"))
        shell.communicate(b"\n")
        await database.write(put("a"))
        assert database.trouble is None


def test_every_storage_error_has_a_sentence() -> None:
    for kind in database_file.STORAGE_ERRORS:
        sentence = sentence_of(kind("x"))
        assert sentence.endswith(".")
        assert "reports" not in sentence
    assert sentence_of(apsw.SQLError("odd")) == "The database reports: odd."


# --- a disk that is really full ----------------------------------------------------------------------------


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True)
    if done.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


async def test_a_disk_that_runs_full_and_is_cleared(tiny_disk: Path) -> None:
    ballast = tiny_disk / "ballast"
    async with opened_plain(tiny_disk / "a.db") as database:
        await database.write(put("before"))
        free = os.statvfs(tiny_disk).f_bavail * os.statvfs(tiny_disk).f_bsize
        ballast.write_bytes(b"x" * (free - 8192))
        with pytest.raises(StorageTrouble):
            await database.write(put("large", "x" * 100_000))
        assert database.trouble is not None
        ballast.unlink()
        await database.write(put("after", "x" * 100_000))
        assert database.trouble is None
        assert await stored(database) == {"before", "after"}
