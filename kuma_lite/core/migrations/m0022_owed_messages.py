"""Alerts of servers that end during maintenance: what is to be said of them after it."""

from __future__ import annotations

import apsw


def apply(connection: apsw.Connection) -> None:
    """Add the column, and a way to find the few that hold something."""
    connection.execute("ALTER TABLE server_incident ADD COLUMN owed TEXT")
    connection.execute(
        "CREATE INDEX server_incident_owed ON server_incident (server_id) WHERE owed IS NOT NULL"
    )
