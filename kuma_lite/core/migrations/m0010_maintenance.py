"""Maintenance plans, and the monitors and status pages they are for."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {
    "maintenance": "maintenance",
    "monitor_maintenance": "maintenance",
    "maintenance_status_page": "maintenance",
}

_SCHEMA: Final = """
-- Dates are wall clock times as clients wrote them, in the plan's zone (an IANA name or SAME_AS_SERVER).
CREATE TABLE maintenance (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    strategy TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    interval_day INTEGER NOT NULL DEFAULT 1,
    timezone TEXT NOT NULL DEFAULT 'UTC',
    start_date TEXT,
    end_date TEXT,
    start_time TEXT,  -- HH:mm:ss
    end_time TEXT,
    weekdays TEXT NOT NULL DEFAULT '[]',  -- JSON
    days_of_month TEXT NOT NULL DEFAULT '[]',  -- JSON
    cron TEXT,
    duration INTEGER,  -- seconds
    last_start INTEGER  -- milliseconds since 1970
) STRICT;

CREATE TABLE monitor_maintenance (
    maintenance_id INTEGER NOT NULL REFERENCES maintenance (id) ON DELETE CASCADE,
    monitor_id INTEGER NOT NULL REFERENCES monitor (id) ON DELETE CASCADE,
    PRIMARY KEY (maintenance_id, monitor_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX monitor_maintenance_monitor ON monitor_maintenance (monitor_id);

-- No reference to status pages: their tables come with them.
CREATE TABLE maintenance_status_page (
    maintenance_id INTEGER NOT NULL REFERENCES maintenance (id) ON DELETE CASCADE,
    status_page_id INTEGER NOT NULL,
    PRIMARY KEY (maintenance_id, status_page_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX maintenance_status_page_page ON maintenance_status_page (status_page_id);
"""


def apply(connection: apsw.Connection) -> None:
    """Create the tables."""
    connection.execute(_SCHEMA)
