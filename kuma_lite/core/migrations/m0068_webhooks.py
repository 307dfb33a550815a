"""Webhooks that are sent what happens to monitors, and what has not arrived yet."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"webhook": "webhooks", "webhook_message": "webhooks"}


def apply(connection: apsw.Connection) -> None:
    """Moments are milliseconds since 1970."""
    connection.execute(
        """
        CREATE TABLE webhook (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            organisation_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            url TEXT NOT NULL,
            secret TEXT NOT NULL,
            kinds TEXT NOT NULL,          -- with blanks between
            active INTEGER NOT NULL,
            failing_since INTEGER,        -- null: the latest message arrived
            last_success INTEGER,
            last_error TEXT
        ) STRICT;
        CREATE TABLE webhook_message (
            id TEXT PRIMARY KEY,
            webhook_id INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
            created INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX webhook_message_created ON webhook_message (created);
        """
    )
