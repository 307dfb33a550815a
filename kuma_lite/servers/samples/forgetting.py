"""The SQL of throwing samples and roll-ups away. Functions run inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection
from kuma_lite.servers.samples.rollup import Kept, Tier

ROW_BYTES: Final = 60  # of a block beside its data: the row and its two index entries
SAMPLE_BYTES: Final = 24  # of a sample that waits
SLICE: Final = 500  # rows deleted in one transaction


def forget_series(connection: Connection, series_ids: Iterable[int]) -> None:
    """Remove everything of some series."""
    ids = [(number,) for number in series_ids]
    # Whose they were may not be known any more: all that waits is looked through.
    among, values = sql.among("series_id", [number for (number,) in ids])
    connection.execute(f"DELETE FROM server_sample WHERE {among}", values)  # noqa: S608 - placeholders only
    connection.executemany("DELETE FROM server_block WHERE series_id = ?", ids)


def delete_old(connection: Connection, now: int, kept: Kept) -> int:
    """Remove a slice of what is past its time; returns how many rows that were."""
    removed = 0
    for tier in Tier:
        connection.execute(
            "DELETE FROM server_block WHERE id IN "
            "(SELECT id FROM server_block WHERE tier = ? AND start < ? LIMIT ?)",
            (int(tier), kept.first_block(tier, now), SLICE),
        )
        removed += connection.changes()
    return removed


def stored_bytes(connection: Connection) -> int:
    """What all history takes, near enough."""
    query = "SELECT coalesce(sum(length(data) + ?), 0) FROM server_block"
    blocks: Any = sql.value(connection, query, (ROW_BYTES,))
    waiting: Any = sql.value(connection, "SELECT count(*) FROM server_sample")
    return int(blocks + waiting * SAMPLE_BYTES)


def delete_oldest(connection: Connection, excess: int) -> int:
    """Remove the oldest blocks, the finest first, until `excess` bytes are gone; returns the bytes removed.

    At most a slice at once; 0: there is nothing left to remove.
    """
    doomed, freed = [], 0
    rows = connection.execute(
        "SELECT id, length(data) FROM server_block ORDER BY tier, start LIMIT ?", (SLICE,)
    )
    for number, size in rows:
        doomed.append((number,))
        freed += int(size) + ROW_BYTES
        if freed >= excess:
            break
    connection.executemany("DELETE FROM server_block WHERE id = ?", doomed)
    return freed
