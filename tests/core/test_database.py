from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import apsw
import pytest

from kuma_lite.core import database as database_module
from kuma_lite.core import database_commits as module
from kuma_lite.core import database_file, migrations
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.database_transaction import WriteFunction
from kuma_lite.core.errors import StorageTrouble, UserError
from tests.support.storage import opened_plain


def put(key: str, value: str = "1") -> WriteFunction[None]:
    def write(connection: apsw.Connection) -> None:
        connection.execute("INSERT INTO setting (key, value) VALUES (?, ?)", (key, value))

    return write


async def stored(database: Database) -> set[str]:
    return await database.read(
        lambda connection: {str(key) for (key,) in connection.execute("SELECT key FROM setting")}
    )


class Pile:
    """A contributor: what it was given, until it is told that it is on disk."""

    def __init__(self, *keys: str) -> None:
        self.waiting = list(keys)
        self.taken: list[str] = []
        self.bug: Exception | None = None

    def take(self) -> WriteFunction[None] | None:
        if self.bug is not None:
            raise self.bug
        self.taken = list(self.waiting)
        taken = self.taken

        def write(connection: apsw.Connection) -> None:
            for key in taken:
                put(key)(connection)

        return write if taken else None

    def written(self) -> None:
        self.waiting = [key for key in self.waiting if key not in self.taken]


async def test_what_is_written_can_be_read_and_survives(tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    async with opened_plain(path) as database:
        await database.write(put("a"))
        assert await stored(database) == {"a"}
    assert not (tmp_path / "kuma-lite.db-wal").exists()
    async with opened_plain(path) as database:
        assert await stored(database) == {"a"}


async def test_a_program_beside_a_busy_server_waits_for_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has read and then wants to write is refused at once where another one has written between."""
    server = await Database.open(tmp_path / "x.db", clock=ManualClock())
    other, asked = apsw.Connection(str(tmp_path / "x.db")), []

    def version_of(connection: apsw.Connection) -> int:
        found = migrations.version_of(connection)
        with suppress(apsw.BusyError):  # as it has to be: not now
            put(f"k{len(asked)}")(other)
        asked.append(found)
        return found

    monkeypatch.setattr(database_file, "version_of", version_of)
    command = await Database.open(tmp_path / "x.db", clock=ManualClock())
    try:
        assert asked
        await command.write(put("mine"))
        assert "mine" in await stored(server)
    finally:
        other.close()
        await command.close()
        await server.close()


async def test_write_returns_what_its_function_returns(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        assert await database.write(lambda connection: connection.execute("SELECT 7").get) == 7


async def test_many_writes_share_one_commit(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        before = database.stats.commits
        await asyncio.gather(*(database.write(put(str(number))) for number in range(50)))
        assert database.stats.commits - before <= 2
        assert database.stats.changes >= 50
        assert len(await stored(database)) == 50


async def test_a_failing_write_undoes_only_itself(tmp_path: Path) -> None:
    def fails(connection: apsw.Connection) -> None:
        put("half")(connection)
        raise ValueError("no")

    async with opened_plain(tmp_path / "a.db") as database:
        first, second, third = await asyncio.gather(
            database.write(put("a")), database.write(fails), database.write(put("b")), return_exceptions=True
        )
        assert first is None
        assert isinstance(second, ValueError)
        assert third is None
        assert await stored(database) == {"a", "b"}
        assert database.trouble is None


async def test_a_constraint_is_the_callers_own_trouble(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        await database.write(put("a"))
        with pytest.raises(apsw.ConstraintError):
            await database.write(put("a"))
        assert database.trouble is None


async def test_an_exhausted_iterator_does_not_stop_the_writer(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        with pytest.raises(RuntimeError, match="StopIteration"):
            await database.write(lambda connection: next(iter(())))
        await database.write(put("a"))


async def test_a_caller_that_goes_away_does_not_disturb_the_others(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        gone = asyncio.create_task(database.write(put("gone")))
        stays = asyncio.create_task(database.write(put("stays")))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        assert await stored(database) == {"gone", "stays"}


async def test_ordinary_writes_wait_for_company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMIT_EVERY_S", 0.2)
    async with opened_plain(tmp_path / "a.db") as database:
        began = asyncio.get_running_loop().time()
        await database.write(put("a"), urgent=False)
        assert asyncio.get_running_loop().time() - began >= 0.19


async def test_an_urgent_write_takes_the_others_along(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        waits = asyncio.create_task(database.write(put("waits"), urgent=False))
        database.defer(put("deferred"))
        await asyncio.sleep(0)
        await database.write(put("urgent"))
        await asyncio.wait_for(waits, 10)
        assert await stored(database) == {"waits", "deferred", "urgent"}
        assert database.stats.commits == 1


async def test_a_deferred_write_that_fails_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        await database.write(put("a"))
        database.defer(put("a"))
        await database.flush()
        assert "A deferred write failed" in caplog.text
        assert database.stats.waiting == 0


async def test_a_contributor_is_asked_before_each_commit(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        pile = Pile("a", "b")
        database.contribute(pile)
        await database.write(put("c"))
        assert pile.waiting == []
        assert await stored(database) == {"a", "b", "c"}


async def test_a_nudge_commits_a_contribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMIT_EVERY_S", 0.05)
    async with opened_plain(tmp_path / "a.db") as database:
        pile = Pile("a")
        database.contribute(pile)
        database.nudge()
        for _ in range(250):
            await asyncio.sleep(0.02)
            if not pile.waiting:
                break
        assert pile.waiting == []


async def test_a_contribution_that_fails_is_not_confirmed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        await database.write(put("a"))
        pile = Pile("b", "a")
        database.contribute(pile)
        await database.write(put("c"))
        assert pile.waiting == ["b", "a"]
        assert await stored(database) == {"a", "c"}
        assert "A deferred write failed" in caplog.text


async def test_a_bug_in_a_contributor_does_not_stop_the_writer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        pile = Pile("a")
        pile.bug = KeyError("bug")
        database.contribute(pile)
        await asyncio.wait_for(database.write(put("b")), 20)
        assert "A contribution to the commit failed" in caplog.text
        pile.bug = None
        await database.flush()
        assert await stored(database) == {"a", "b"}


async def test_readers_see_one_snapshot_and_never_write(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        loop = asyncio.get_running_loop()

        def twice(connection: apsw.Connection) -> tuple[int, int]:
            query = "SELECT count(*) FROM setting"
            first = connection.execute(query).get
            asyncio.run_coroutine_threadsafe(database.write(put("between")), loop).result(20)
            return first, connection.execute(query).get

        assert await database.read(twice) == (0, 0)
        assert await stored(database) == {"between"}
        with pytest.raises(StorageTrouble, match="cannot be written"):
            await database.read(put("no"))


async def test_reads_run_beside_each_other(tmp_path: Path) -> None:
    """More than there are connections wait for their turn."""
    async with opened_plain(tmp_path / "a.db") as database:
        await database.write(put("a"))
        found = await asyncio.gather(*(stored(database) for _ in range(20)))
        assert found == [{"a"}] * 20


async def test_a_failing_read_gives_its_connection_back(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        for _ in range(5):
            with pytest.raises(apsw.SQLError):
                await database.read(lambda connection: connection.execute("SELECT nonsense"))
        assert await stored(database) == set()


async def test_the_log_is_taken_in_beside_the_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "CHECKPOINT_PAGES", 20)
    path = tmp_path / "a.db"
    async with opened_plain(path) as database:
        small = path.stat().st_size
        for number in range(40):
            await database.write(put(str(number), "x" * 3000))
        longest = database.stats.log_pages
        for number in range(1000):
            await asyncio.sleep(0.02)
            await database.write(put(f"more {number}"))
            if database.stats.log_pages < longest:
                break
        assert database.stats.log_pages < longest  # the log begins anew
        assert path.stat().st_size > small


async def test_after_closing_nothing_is_accepted(tmp_path: Path) -> None:
    async with opened_plain(tmp_path / "a.db") as database:
        database.defer(put("last"))
        await database.close()
        await database.close()
        for asking in (database.write(put("a")), stored(database), database.flush()):
            with pytest.raises(StorageTrouble, match="is closed"):
                await asking
    async with opened_plain(tmp_path / "a.db") as database:
        assert await stored(database) == {"last"}


async def test_a_backup_is_complete_compact_and_verified(tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    async with opened_plain(tmp_path / "a.db") as database:
        await database.write(put("a"))
        await database.backup_to(target)
        await database.write(put("later"))
        with pytest.raises(UserError, match="exists already"):
            await database.backup_to(target)
        with pytest.raises(UserError, match="cannot be written"):
            await database.backup_to(tmp_path / "missing" / "backup.db")
        with pytest.raises(StorageTrouble):  # the upkeep connection is still one that never writes
            await database.read(put("no"))
    assert {path.name for path in tmp_path.iterdir()} == {"a.db", "backup.db"}
    async with opened_plain(target) as copy:
        assert await stored(copy) == {"a"}


async def test_a_hanging_disk_is_noticed(tmp_path: Path) -> None:
    clock = ManualClock()
    async with opened_plain(tmp_path / "a.db", clock) as database:
        loop = asyncio.get_running_loop()

        def hangs(connection: apsw.Connection) -> bool:
            clock.advance(module.STALLED_S + 1)

            async def look() -> bool:
                return database.stalled

            return asyncio.run_coroutine_threadsafe(look(), loop).result(20)

        assert await database.write(hangs)
        assert not database.stalled


async def test_the_queue_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 2)
    async with opened_plain(tmp_path / "a.db") as database:
        waiting = [asyncio.create_task(database.write(put(str(n)), urgent=False)) for n in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(StorageTrouble, match="cannot keep up"):
            await database.write(put("too much"))
        await database.close()
        await asyncio.gather(*waiting, return_exceptions=True)


def test_sentences_reach_people_as_a_passing_trouble() -> None:
    trouble = StorageTrouble("The disk is full.")
    assert isinstance(trouble, UserError)
    assert (trouble.status, trouble.message) == (503, "The disk is full.")
