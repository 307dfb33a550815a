"""Samples that wait lie together by server and time: a report touches one page, not one for each metric."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"server_sample": "servers", "server_contact": "servers"}

_SCHEMA: Final = """
ALTER TABLE server_sample RENAME TO server_sample_before;
CREATE TABLE server_sample (
    server_id INTEGER NOT NULL,
    time INTEGER NOT NULL,
    series_id INTEGER NOT NULL,
    value ANY NOT NULL,
    PRIMARY KEY (server_id, time, series_id)
) STRICT, WITHOUT ROWID;
INSERT INTO server_sample (server_id, time, series_id, value)
    SELECT coalesce(server_series.server_id, 0), time, series_id, value
    FROM server_sample_before LEFT JOIN server_series ON server_series.id = series_id;
DROP TABLE server_sample_before;

-- What every report changes: when it came, and how long the host is up. The rest of a server is in its own
-- row, which is written when it has changed.
CREATE TABLE server_contact (
    server_id INTEGER PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    last_seen INTEGER NOT NULL,
    uptime ANY
) STRICT;
"""


def apply(connection: apsw.Connection) -> None:
    """Lay the samples out anew, and make the table."""
    connection.execute(_SCHEMA)
