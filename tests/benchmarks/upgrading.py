"""What an update costs: a database of an early program with a million beats, until the newest one is ready.

    python -m tests.benchmarks.upgrading [--beats 1000000]

The database is `tests/upgrades/data/schema-20.db.zst` with its monitor and its two hundred packed beats
copied as often as it takes. CPU is the kernel's accounting of the process; a second start, with nothing to
bring up to date, is beside it.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from backports.zstd import decompress

from tests.benchmarks.process import Served
from tests.upgrades.make import DATA

OLDEST: Final = DATA / "schema-20.db.zst"


def grow(database: Path, beats: int) -> int:
    """Copy the monitor with the packed beats; returns how many beats there are."""
    with closing(sqlite3.connect(database)) as connection, connection:
        source, packed = connection.execute(
            "SELECT monitor_id, SUM(count) FROM beat_block GROUP BY monitor_id ORDER BY 2 DESC LIMIT 1"
        ).fetchone()
        free = connection.execute("SELECT MAX(id) + 1 FROM monitor").fetchone()[0]
        copies = range(free, free + max(1, beats // packed))
        for table, key in (("monitor", "id"), *((name, "monitor_id") for name in _OF_A_MONITOR)):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            rows = connection.execute(f"SELECT * FROM {table} WHERE {key} = ?", (source,)).fetchall()
            place = columns.index(key)
            # Rows with a number of their own get a new one.
            own = columns.index("id") if table in ("beat_block", "beat_event") else None
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f"INSERT INTO {table} VALUES ({marks})",
                (
                    tuple(
                        copy if index == place else None if index == own else value
                        for index, value in enumerate(row)
                    )
                    for copy in copies
                    for row in rows
                ),
            )
        return int(packed) * (len(copies) + 1)


_OF_A_MONITOR: Final = ("beat_block", "beat_mark", "beat_event", "stat_hour", "stat_day")


def start(folder: Path) -> tuple[float, float]:
    """CPU seconds and seconds until ready."""
    server = Served(folder)
    ready = server.wait_ready(120)
    cpu = server.figures().cpu
    server.stop()
    return cpu, ready


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--beats", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        folder.mkdir(mode=0o700)
        (folder / "kuma-lite.db").write_bytes(decompress(OLDEST.read_bytes()))
        beats = grow(folder / "kuma-lite.db", options.beats)
        print(f"| start with {beats:,} beats | CPU | ready after |\n| --- | --- | --- |")
        for label in ("update from the oldest schema", "nothing to update"):
            cpu, ready = start(folder)
            print(f"| {label} | {cpu:.2f} s | {ready:.2f} s |")


if __name__ == "__main__":
    main()
