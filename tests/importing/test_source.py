from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from kuma_lite.core.errors import StartupError, UserError
from kuma_lite.importing.file_names import COPY_FOLDER, UNFINISHED
from kuma_lite.importing.source import Located, opened
from tests.importing.bringing import bring
from tests.importing.kumas import insert, make_kuma
from tests.support.storage import opened as storage_opened


def fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


async def refusal(source: Path, folder: Path) -> str:
    with pytest.raises(UserError) as error:
        await bring(source, folder)
    assert not (folder / COPY_FOLDER).exists()
    return error.value.message


async def test_the_source_stays_as_it_is(tmp_path: Path) -> None:
    make_kuma(tmp_path / "kuma", "2.5")
    before = fingerprint(tmp_path / "kuma")
    await bring(tmp_path / "kuma", tmp_path / "ours")
    assert fingerprint(tmp_path / "kuma") == before
    left = {path.name for path in (tmp_path / "ours").iterdir()}
    assert left == {"kuma-lite.db", "kuma-lite.lock", "upload"}, "nothing else is left with us either"


async def test_what_is_still_in_the_log_of_a_running_uptime_kuma(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "1.23")
    running = sqlite3.connect(database)
    running.execute("PRAGMA wal_autocheckpoint = 0")
    insert(running, "tag", id=77, name="just now", color="#fff")
    running.commit()
    assert (tmp_path / "kuma" / "kuma.db-wal").stat().st_size > 0
    before = fingerprint(tmp_path / "kuma")
    outcome = await bring(tmp_path / "kuma", tmp_path / "ours")
    assert outcome.report.taken["tags"] == 2
    assert fingerprint(tmp_path / "kuma") == before
    running.close()


async def test_a_database_without_its_folder(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "1.18")
    (tmp_path / "alone").mkdir()
    os.rename(database, tmp_path / "alone" / "backup-of-may.db")
    outcome = await bring(tmp_path / "alone" / "backup-of-may.db", tmp_path / "ours")
    assert outcome.report.taken["monitors"] == 3
    assert outcome.report.taken["uploaded pictures"] == 0


async def test_the_folder_may_be_read_only(tmp_path: Path) -> None:
    make_kuma(tmp_path / "kuma", "2.5")
    for path in (tmp_path / "kuma").iterdir():
        if path.is_file():
            path.chmod(0o444)
    (tmp_path / "kuma").chmod(0o555)
    try:
        outcome = await bring(tmp_path / "kuma", tmp_path / "ours")
    finally:
        (tmp_path / "kuma").chmod(0o755)
    assert outcome.report.taken["status pages"] == 1


async def test_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "nowhere" in await refusal(tmp_path / "nowhere", tmp_path / "ours")
    assert "kuma.db" in await refusal(tmp_path / "empty", tmp_path / "ours")


async def test_mariadb(tmp_path: Path) -> None:
    make_kuma(tmp_path / "kuma", "2.5")
    (tmp_path / "kuma" / "db-config.json").write_text('{"type": "embedded-mariadb"}')
    assert "MariaDB" in await refusal(tmp_path / "kuma", tmp_path / "ours")


async def test_no_database_and_another_database(tmp_path: Path) -> None:
    (tmp_path / "kuma.db").write_bytes(b"no database at all" * 500)
    assert "cannot be read" in await refusal(tmp_path / "kuma.db", tmp_path / "ours")
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE something (id)")
    other.close()
    assert "not a database of Uptime Kuma" in await refusal(tmp_path / "other.db", tmp_path / "ours")


async def test_an_uptime_kuma_that_is_too_old(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "1.18")
    connection = sqlite3.connect(database)
    connection.execute("ALTER TABLE monitor DROP COLUMN resend_interval")
    connection.close()
    assert "older than 1.18" in await refusal(database, tmp_path / "ours")


async def test_an_uptime_kuma_that_nobody_has_set_up(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "2.5", filled=False)
    connection = sqlite3.connect(database)
    connection.execute("DELETE FROM user")
    connection.commit()
    connection.close()
    assert "there is nothing to import" in await refusal(database, tmp_path / "ours")
    assert not (tmp_path / "ours" / UNFINISHED).exists(), "nothing was begun"


async def test_our_own_database_is_not_opened(tmp_path: Path) -> None:
    async with storage_opened(tmp_path):
        with pytest.raises(UserError, match="Kuma Lite itself"):
            Located(tmp_path / "kuma-lite.db")


async def test_a_folder_that_a_server_uses(tmp_path: Path) -> None:
    from kuma_lite.core.data_folder import DataFolder

    make_kuma(tmp_path / "kuma", "2.5")
    used = DataFolder.open(tmp_path / "ours")
    try:
        with pytest.raises(StartupError, match="in use"):
            await bring(tmp_path / "kuma", tmp_path / "ours")
    finally:
        used.close()


async def test_what_a_killed_import_left_is_removed(tmp_path: Path) -> None:
    make_kuma(tmp_path / "kuma", "2.5")
    (tmp_path / "ours" / COPY_FOLDER).mkdir(parents=True)
    (tmp_path / "ours" / COPY_FOLDER / "kuma.db").write_bytes(b"half a copy")
    async with opened(Located(tmp_path / "kuma"), tmp_path / "ours") as source:
        assert await source.number("SELECT count(*) FROM user") == 1
        assert (tmp_path / "ours" / COPY_FOLDER).stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "ours" / COPY_FOLDER).exists()


def written_meanwhile(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Uptime Kuma take in its log while its database is being copied, so many times."""
    import shutil

    real, left = shutil.copyfile, [times]

    def copyfile(source: Path, target: Path) -> None:
        real(source, target)
        if source.name == "kuma.db" and left[0]:
            left[0] -= 1
            connection = sqlite3.connect(source)
            insert(connection, "tag", name=f"{left[0]}", color="#fff")
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()

    monkeypatch.setattr(shutil, "copyfile", copyfile)


async def test_a_copy_that_was_disturbed_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_kuma(tmp_path / "kuma", "2.5")
    written_meanwhile(1, monkeypatch)
    outcome = await bring(tmp_path / "kuma", tmp_path / "ours")
    assert outcome.report.taken["tags"] == 2


async def test_a_database_that_never_rests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_kuma(tmp_path / "kuma", "2.5")
    written_meanwhile(100, monkeypatch)
    assert "stop Uptime Kuma first" in await refusal(tmp_path / "kuma", tmp_path / "ours")


async def test_a_full_disk_is_seen_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    make_kuma(tmp_path / "kuma", "2.5")
    (tmp_path / "ours").mkdir()
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert "free space" in await refusal(tmp_path / "kuma", tmp_path / "ours")
