"""Columns called by what they hold: a duplicate host, and a message that waits for the end of maintenance."""

from __future__ import annotations

import apsw


def apply(connection: apsw.Connection) -> None:
    """Rename them; indexes follow."""
    connection.execute("ALTER TABLE server RENAME COLUMN rival TO duplicate_host")
    connection.execute("ALTER TABLE server RENAME COLUMN rival_seen TO duplicate_seen")
    connection.execute("ALTER TABLE server_incident RENAME COLUMN owed TO pending_message")
