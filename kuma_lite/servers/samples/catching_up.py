"""What a start reads of the samples of a server."""

from __future__ import annotations

from collections.abc import Sequence

from kuma_lite.core.sql import Connection
from kuma_lite.servers.model import SNAPSHOT_MS, Server
from kuma_lite.servers.samples import history
from kuma_lite.servers.samples.journal import by_series, samples_of
from kuma_lite.servers.samples.metrics import FRIENDLY_OF


def catch_up(
    connection: Connection, server: Server, since: int, waiting: Sequence[bytes]
) -> list[tuple[str, int, float]]:
    """Give a server its newest values: those of its row, and of samples that have come since it was written.

    Args:
        connection: inside a transaction.
        server: as its row has it.
        since: of what is returned, ms.
        waiting: encoded samples that are not in the database.

    Returns: the newest samples of what thresholds are for: name, ms, value.
    """
    names = {number: name for name, number in server.series.items()}
    stored = history.waiting_of(connection, server.id, server.row_at - SNAPSHOT_MS)
    for series_id, time, value in (*stored, *samples_of(waiting)):
        name = names.get(series_id)
        if name is not None and (name not in server.last or time > server.last[name][0]):
            server.last[name] = (time, value)
    found: list[tuple[str, int, float]] = []
    fresh = by_series(waiting)
    for name in FRIENDLY_OF:
        if name in server.series:
            rows = history.read_samples(connection, server.series[name], since, 2**62, fresh)
            found += [(name, time, value) for time, value in rows]
    return found
