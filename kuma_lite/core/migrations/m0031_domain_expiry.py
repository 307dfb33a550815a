"""When registrations of domains end, and whom that has been told."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"domain_expiry": "monitors", "domain_warning": "monitors"}


def apply(connection: apsw.Connection) -> None:
    """Create the tables; moments are milliseconds since 1970."""
    connection.execute(
        """
        CREATE TABLE domain_expiry (
            domain TEXT PRIMARY KEY,
            asked INTEGER NOT NULL,
            expiry INTEGER,               -- null: the registry gives none
            registered INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        -- Marks (days before the end) that a notification has been sent for; gone when the end moves later.
        CREATE TABLE domain_warning (
            domain TEXT NOT NULL,
            notification_id INTEGER NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
            mark INTEGER NOT NULL,
            PRIMARY KEY (domain, notification_id, mark)
        ) STRICT, WITHOUT ROWID;
        """
    )
