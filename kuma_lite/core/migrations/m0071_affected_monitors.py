"""Which monitors an incident of a status page affects."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"incident_monitor": "status_pages"}


def apply(connection: apsw.Connection) -> None:
    """Create the table; a monitor or an incident that is gone takes its rows along."""
    connection.execute(
        """
        CREATE TABLE incident_monitor (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            incident_id INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
            monitor_id INTEGER NOT NULL REFERENCES monitor (id) ON DELETE CASCADE,
            UNIQUE (incident_id, monitor_id)
        ) STRICT;
        CREATE INDEX incident_monitor_monitor ON incident_monitor (monitor_id);
        """
    )
