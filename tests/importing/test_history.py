from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.clock import wire_time
from kuma_lite.importing.features import StatRow
from kuma_lite.importing.file_names import UNFINISHED, unfinished
from kuma_lite.importing.history import GONE_MONITOR, stat_row
from kuma_lite.importing.report import Named
from tests.importing.bringing import NOW, bring
from tests.importing.kumas import add_beats, insert, make_kuma
from tests.support.storage import ManualClock, Storage, opened

NOW_MS = round(NOW * 1000)
MINUTE_MS, DAY_MS = 60_000, 86_400_000


def minutes(count: int, *, ending_ms: int = NOW_MS, **changes: Any) -> list[dict[str, Any]]:
    """Beats, one a minute, the last one a second before `ending_ms`."""
    first = ending_ms - count * MINUTE_MS + 59_000
    return [
        {
            "time": wire_time(first + number * MINUTE_MS),
            "ping": 20 + number % 5,
            "msg": f"200 - OK {number % 3}",
            **changes,
        }
        for number in range(count)
    ]


def dump(folder: Path) -> dict[str, Any]:
    """Everything in our database that an import writes, but for when."""
    connection = sqlite3.connect(folder / "kuma-lite.db")
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_") and name not in ("setting", "project", "server_journal")
    ]
    found = {
        name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in tables
    }
    state = connection.execute("SELECT value FROM setting WHERE key = 'kumaLiteImport'").fetchone()[0]
    found["report"] = json.loads(state)["report"]
    connection.close()
    # Blocks are numbered as they come; what is in them is what counts.
    found["beat_block"] = sorted((row[1:] for row in found["beat_block"]), key=repr)
    return found


async def test_all_beats_of_uptime_kuma_1(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "1.23")
    web, push = minutes(3000), minutes(150, ping=None, msg=None, duration=60)
    web[-1440] |= {"status": 0, "msg": "timeout", "ping": None, "important": 1, "down_count": 2}
    web[-1439] |= {"important": 1}
    web[-1000] |= {"status": 3, "ping": None}
    add_beats(database, 5, web)
    add_beats(database, 7, push)
    outcome = await bring(database, tmp_path / "ours", now=NOW)
    assert outcome.report.taken["beats"] == 3150
    async with opened(tmp_path / "ours", clock=ManualClock(NOW)) as storage:
        beats = await storage.store.beats_since(5, 0)
        assert [beat.id for beat in beats] == list(range(1, 3001)), "ids are kept"
        assert [wire_time(beat.time) for beat in beats] == [row["time"] for row in web]
        assert [beat.ping for beat in beats] == [row["ping"] for row in web]
        assert (beats[-1440].msg, beats[-1440].down_count) == ("timeout", 2)
        assert [beat.duration for beat in await storage.store.beats_since(7, 0)] == [60] * 150
        assert await storage.store.important_count([5]) == 2
        assert len(storage.recorder.rows(5)) == 100
        assert storage.recorder.last_id == 3150
        new = storage.record(5)
        assert new.id == 3151
        statistics = storage.recorder.statistics(5)
        assert statistics.totals("24", NOW)[:2] == (1439, 0), "the sliding day begins after the failure"
        assert statistics.totals("1y", NOW)[:2] == (2999, 1)
        await see_charts(storage, web)


async def see_charts(storage: Storage, web: list[dict[str, Any]]) -> None:
    by_hour = await storage.store.chart(5, 48, NOW)
    assert sum(row["up"] for row in by_hour) >= 48 * 60 - 61
    assert {row["down"] for row in by_hour} == {0, 1}
    by_day = await storage.store.chart(5, 24 * 365, NOW)
    assert sum(row["up"] for row in by_day) == 2999
    assert sum(row.get("maintenance", 0) for row in by_day) == 1
    assert {row["maxPing"] for row in by_day if row["up"]} == {24}
    by_minute = await storage.store.chart(5, 24, NOW)
    assert sum(row["up"] for row in by_minute) == 1439


async def test_statistics_of_uptime_kuma_2_are_taken_not_made(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "2.5")
    add_beats(database, 5, minutes(10))  # the others have been thrown away there
    connection = sqlite3.connect(database)
    day, hour = NOW_MS // DAY_MS, NOW_MS // 3_600_000
    for back in range(300):
        insert(
            connection,
            "stat_daily",
            monitor_id=5,
            timestamp=(day - back) * 86_400,
            ping=20.5,
            up=1440,
            down=0,
            ping_min=3,
            ping_max=99,
            extras='{"maintenance":7}',
        )
    insert(connection, "stat_daily", monitor_id=99, timestamp=day * 86_400, ping=1, up=1, down=0)
    insert(connection, "stat_hourly", monitor_id=5, timestamp=hour * 3600, ping=0, up=0, down=60)
    insert(connection, "stat_minutely", monitor_id=5, timestamp=NOW_MS // 1000, ping=0, up=0, down=1)
    connection.commit()
    connection.close()
    await bring(database, tmp_path / "ours", now=NOW)
    async with opened(tmp_path / "ours", clock=ManualClock(NOW)) as storage:
        rows = await storage.store.chart(5, 24 * 365, NOW)
        assert len(rows) == 300
        assert rows[0] == {
            "up": 1440,
            "down": 0,
            "avgPing": 20.5,
            "minPing": 3,
            "maxPing": 99,
            "maintenance": 7,
            "timestamp": day * 86_400,
        }
        (row,) = await storage.store.chart(5, 48, NOW)
        assert (row["up"], row["down"]) == (0, 60)
        assert storage.recorder.statistics(5).totals("24", NOW)[:2] == (10, 0)
        assert storage.recorder.statistics(5).totals("1y", NOW)[:2] == (432_000, 0)
        assert await storage.count("stat_day") == 300, "nothing of a monitor that is gone"


async def test_an_uptime_kuma_2_that_never_made_statistics(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "2.5")
    add_beats(database, 5, minutes(2000))
    connection = sqlite3.connect(database)
    connection.execute("UPDATE setting SET value = '\"migrating\"' WHERE key = 'migrateAggregateTableState'")
    insert(connection, "stat_daily", monitor_id=5, timestamp=NOW_MS // 1000, ping=0, up=1, down=1)
    connection.commit()
    connection.close()
    await bring(database, tmp_path / "ours", now=NOW)
    async with opened(tmp_path / "ours", clock=ManualClock(NOW)) as storage:
        assert storage.recorder.statistics(5).totals("1y", NOW)[:2] == (2000, 0)


async def test_beats_of_nobody_and_beats_that_are_none(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "1.18")
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA foreign_keys = OFF")
    for monitor, time, status in (
        (99, "2026-01-01 00:00:00.000", 1),
        (5, "x", 1),
        (5, "2026-01-01 00:00:00", 8),
    ):
        insert(connection, "heartbeat", monitor_id=monitor, time=time, status=status)
    connection.commit()
    connection.close()
    outcome = await bring(database, tmp_path / "ours", now=NOW)
    assert outcome.report.taken["beats"] == 0
    assert outcome.report.left[GONE_MONITOR] == [Named("{count} beats", {"count": 1})]
    assert outcome.report.left["they have no time or no status"] == [Named("{count} beats", {"count": 2})]


class Killed(BaseException):
    """As far as the import can tell, the process is gone."""


class Killer:
    """Kills the import when it has come so far."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.calls = 0

    def __call__(self, what: str, done: int, total: int) -> None:
        self.calls += 1
        if self.calls > self.after:
            raise Killed


@pytest.mark.parametrize("version", ["1.23", "2.5"])
async def test_killed_anywhere_it_goes_on_and_ends_the_same(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuma_lite.importing.history.FETCH_ROWS", 300)
    monkeypatch.setattr("kuma_lite.importing.history.BATCH_BEATS", 500)
    monkeypatch.setattr("kuma_lite.importing.history.STAT_ROWS", 7)
    database = make_kuma(tmp_path / "kuma", version)
    connection = sqlite3.connect(database)
    for number in range(2000):  # in turns, as they are recorded
        time = wire_time(NOW_MS - (2000 - number) * MINUTE_MS)
        for monitor in (5, 7) if number % 3 else (5,):
            insert(
                connection,
                "heartbeat",
                monitor_id=monitor,
                status=1,
                time=time,
                ping=number % 9,
                important=number % 100 == 0,
            )
    if version == "2.5":
        for number in range(40):
            for table, seconds in (("stat_daily", 86_400), ("stat_hourly", 3_600)):
                bucket = (NOW_MS // 1000 // seconds - number) * seconds
                insert(connection, table, monitor_id=5, timestamp=bucket, ping=5, up=9, down=1, ping_max=7)
    connection.commit()
    connection.close()
    await bring(database, tmp_path / "whole", now=NOW)

    ours, kills = tmp_path / "ours", 0
    for after in range(100):
        try:
            await bring(database, ours, now=NOW, progress=Killer(after % 7 + after // 7))
        except Killed:
            kills += 1
            assert unfinished(ours) == database
        else:
            break
    assert kills > 5
    assert not (ours / UNFINISHED).exists()
    assert dump(ours) == dump(tmp_path / "whole")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((5, 7200, 10, 2, 4.5, 1.0, 9.0, None), StatRow(5, 2, 10, 2, 0, 10, 45.0, 1.0, 9.0)),
        ((5, 7200, 0, 2, 0.0, 0.0, 0.0, None), StatRow(5, 2, 0, 2, 0, 0, 0.0, 0.0, 0.0)),
        ((5, 7200, 10, 0, 0.0, 0.0, 0.0, None), StatRow(5, 2, 10, 0, 0, 0, 0.0, 0.0, 0.0)),
        ((5, 7200, 1, 0, 2.0, None, 3.0, '{"maintenance":3}'), StatRow(5, 2, 1, 0, 3, 1, 2.0, 0.0, 3.0)),
        ((5, 7200, 1, 0, 2.0, 1.0, 3.0, "not JSON"), StatRow(5, 2, 1, 0, 0, 1, 2.0, 1.0, 3.0)),
        ((5, 7200, 1, 0, 2.0, 1.0, 3.0, "[]"), StatRow(5, 2, 1, 0, 0, 1, 2.0, 1.0, 3.0)),
    ],
)
def test_rows_of_statistics(row: tuple[Any, ...], expected: StatRow) -> None:
    assert stat_row(row, 3600) == expected


async def test_a_monitor_added_between_two_attempts_is_not_half_there(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "1.23")
    add_beats(database, 5, minutes(50))
    with pytest.raises(Killed):
        await bring(database, tmp_path / "ours", now=NOW, progress=Killer(0))
    connection = sqlite3.connect(database)
    insert(connection, "monitor", id=50, name="new", user_id=1, type="http")
    connection.commit()
    connection.close()
    add_beats(database, 50, minutes(5))
    outcome = await bring(database, tmp_path / "ours", now=NOW)
    assert outcome.report.taken["beats"] == 50
    assert outcome.report.left[GONE_MONITOR] == [Named("{count} beats", {"count": 5})]
