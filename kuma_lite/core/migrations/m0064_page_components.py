"""Components of status pages that combine monitors, states set by hand, incidents of outages."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {
    "page_component": "status_pages",
    "page_component_monitor": "status_pages",
    "page_auto_incident": "status_pages",
}


def apply(connection: apsw.Connection) -> None:
    """Create the tables; times are seconds since 1970."""
    connection.execute(
        """
        CREATE TABLE page_component (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            group_id INTEGER NOT NULL REFERENCES page_group (id) ON DELETE CASCADE,
            weight INTEGER NOT NULL,
            name TEXT NOT NULL,
            rule TEXT NOT NULL,  -- all, any, share
            share INTEGER NOT NULL,  -- percent, of the rule "share"
            set_state INTEGER,  -- by hand; NULL: the rule decides
            set_text TEXT,
            set_since INTEGER,
            set_until INTEGER  -- NULL: until somebody ends it
        ) STRICT;
        CREATE INDEX page_component_group ON page_component (group_id, weight);
        CREATE TABLE page_component_monitor (
            component_id INTEGER NOT NULL REFERENCES page_component (id) ON DELETE CASCADE,
            monitor_id INTEGER NOT NULL REFERENCES monitor (id) ON DELETE CASCADE,
            PRIMARY KEY (component_id, monitor_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX page_component_monitor_monitor ON page_component_monitor (monitor_id);
        CREATE TABLE page_auto_incident (
            incident_id INTEGER PRIMARY KEY REFERENCES incident (id) ON DELETE CASCADE,
            status_page_id INTEGER NOT NULL REFERENCES status_page (id) ON DELETE CASCADE,
            service TEXT NOT NULL,  -- what is down
            UNIQUE (status_page_id, service)
        ) STRICT;
        ALTER TABLE status_page ADD COLUMN auto_incident_minutes INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE status_page ADD COLUMN auto_incident_text TEXT;
        """
    )
