"""How SQLite goes about the queries of a start and of lists, whatever it remembers of the tables.

Its statistics are renewed now and then: a database that was small at that time may hold thousands of monitors
at the next start.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from kuma_lite.beats.loading import load_beats
from kuma_lite.beats.outages import _unfinished
from kuma_lite.beats.periods import stored_changes
from kuma_lite.beats.recent import RecentBeats
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.migrations import discover, migrate
from kuma_lite.notifications import store as notifications
from kuma_lite.status_pages.subscribers import store as subscribers


# Rows of every index, then those of one key, where statistics were written; of a few monitors and messages.
@pytest.mark.parametrize("small", [None, "4 2 2 1"])
@pytest.mark.parametrize(
    ("ask", "looked_through"),
    [
        (lambda connection: load_beats(connection, RecentBeats(), {}, 0), ["monitor"]),
        (lambda connection: _unfinished(connection, {1: None, 2: None}), ["wanted"]),
        (lambda connection: stored_changes(connection, [1, 2], 0), ["wanted"]),
        (notifications.queues, ["outbox", "queue"]),
        (subscribers.queues, ["subscriber_message", "queue"]),
    ],
)
def test_what_is_asked_for_leads(
    tmp_path: Path, ask: Callable[[apsw.Connection], Any], looked_through: list[str], small: str | None
) -> None:
    connection = apsw.Connection(str(tmp_path / "a.db"))
    migrate(connection, discover())
    if small is not None:
        connection.execute("ANALYZE")
        indexes = connection.execute("SELECT tbl_name, name FROM sqlite_schema WHERE type = 'index'")
        rows = [(table, name, small) for table, name in indexes]
        connection.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", rows)
        connection.close()
        connection = apsw.Connection(str(tmp_path / "a.db"))
    asked: list[tuple[str, Any]] = []
    connection.exec_trace = lambda _, query, values: asked.append((query, values)) or True
    ask(connection)
    connection.exec_trace = None
    ((query, values),) = [each for each in asked if "CROSS JOIN" in each[0]]
    plan = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    scans = [step.split()[1] for step in plan if step.startswith("SCAN ") and "CONSTANT" not in step]
    assert scans == looked_through, plan


async def test_an_opening_renews_the_statistics_of_what_has_grown(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    await (await Database.open(path, clock=ManualClock())).close()
    connection = apsw.Connection(str(path))
    add = (
        "INSERT INTO beat_event (id, monitor_id, time, delay, status, msg, duration, retries, down_count)"
        " VALUES (?, ?, 0, 0, 0, '', 0, 0, 0)"
    )
    connection.pragma("foreign_keys", False)
    connection.executemany(add, [(number, 1) for number in range(3)])
    connection.execute("ANALYZE")
    connection.executemany(add, [(number, number) for number in range(3, 3000)])
    connection.close()
    await (await Database.open(path, clock=ManualClock())).close()
    query = "SELECT stat FROM sqlite_stat1 WHERE idx = 'beat_event_monitor'"
    ((found,),) = apsw.Connection(str(path)).execute(query)
    assert int(str(found).split()[0]) > 1000
