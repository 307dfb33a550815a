"""Everything stored belongs to an organisation; `user_id` stays, as who made it (clients are shown it)."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"organisation": "accounts"}
_TABLES: Final = (
    "user",
    "monitor",
    "notification",
    "maintenance",
    "status_page",
    "tag",
    "proxy",
    "docker_host",
    "remote_browser",
    "api_key",
    "project",
)


def apply(connection: apsw.Connection) -> None:
    """Make the first organisation, and give it all there is."""
    connection.execute(
        "CREATE TABLE organisation (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL) STRICT"
    )
    connection.execute("INSERT INTO organisation (id, name) VALUES (1, 'Default')")
    for table in _TABLES:
        connection.execute(f"ALTER TABLE {table} ADD COLUMN organisation_id INTEGER NOT NULL DEFAULT 1")
