"""What became of the incidents of status pages step by step, and what else a page may show."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"incident_update": "status_pages"}


def apply(connection: apsw.Connection) -> None:
    """Create the table; dates are seconds since 1970. Pages show response times when somebody wants it."""
    connection.execute(
        """
        CREATE TABLE incident_update (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            incident_id INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
            state TEXT NOT NULL,  -- investigating, identified, monitoring, resolved
            content TEXT NOT NULL,  -- Markdown; empty: what the incident itself says
            created_date INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX incident_update_incident ON incident_update (incident_id, created_date, id);
        ALTER TABLE status_page ADD COLUMN show_response_times INTEGER NOT NULL DEFAULT 0;
        """
    )
