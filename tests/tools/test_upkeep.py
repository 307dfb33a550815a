from __future__ import annotations

from pathlib import Path

from kuma_lite.core.clock import SystemClock
from kuma_lite.core.database import Database
from kuma_lite.tools.upkeep import shrink, size_of


async def test_free_pages_are_given_back(tmp_path: Path) -> None:
    path = tmp_path / "kuma-lite.db"
    database = await Database.open(path, clock=SystemClock())
    rows = [(f"k{number}", "x" * 4000) for number in range(3000)]
    fill = "INSERT INTO setting (key, value) VALUES (?, ?)"
    await database.write(lambda db: db.executemany(fill, rows))
    await database.write(lambda db: db.execute("DELETE FROM setting WHERE key LIKE 'k%'"))
    await database.close()
    database = await Database.open(path, clock=SystemClock())
    full = size_of(database)
    assert full > 12_000_000
    await shrink(database)
    assert await database.read(lambda db: db.pragma("freelist_count")) == 0
    await shrink(database)  # nothing left to do
    await database.close()
    assert path.stat().st_size < full / 10
