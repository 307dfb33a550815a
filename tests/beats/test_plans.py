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
from kuma_lite.core.migrations import discover, migrate

# Rows of each index, then those of one key: of three monitors, as SQLite wrote them down itself.
SMALL = {
    ("monitor", "monitor_parent"): "3 2",
    ("beat_block", "beat_block_monitor"): "4 2 1",
    ("beat_event", "beat_event_monitor"): "2 2 1",
}


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize(
    ("ask", "first"),
    [
        (lambda connection: load_beats(connection, RecentBeats(), {}, 0), "monitor"),
        (lambda connection: _unfinished(connection, {1: None, 2: None}), "wanted"),
        (lambda connection: stored_changes(connection, [1, 2], 0), "wanted"),
    ],
)
def test_what_is_asked_for_leads(
    tmp_path: Path, ask: Callable[[apsw.Connection], Any], first: str, small: bool
) -> None:
    connection = apsw.Connection(str(tmp_path / "a.db"))
    migrate(connection, discover())
    if small:
        connection.execute("ANALYZE")
        rows = [(*names, numbers) for names, numbers in SMALL.items()]
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
    assert scans == [first], plan
