"""What status pages were after each save, and what a monitor on a page shows besides its state."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {
    "status_page_version": "status_pages",
    "status_page_picture": "status_pages",
}


def apply(connection: apsw.Connection) -> None:
    """Create the tables. Flags of a monitor on a page are null where it is as the page says."""
    connection.execute(
        """
        CREATE TABLE status_page_version (
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: editors say which one they began with
            status_page_id INTEGER NOT NULL REFERENCES status_page (id) ON DELETE CASCADE,
            saved_at INTEGER NOT NULL,  -- seconds since 1970
            saved_by TEXT,  -- null: what there was before anybody saved it with this program
            document TEXT NOT NULL,  -- JSON
            picture TEXT  -- digest of the uploaded logo
        ) STRICT;
        CREATE INDEX status_page_version_page ON status_page_version (status_page_id, id);

        CREATE TABLE status_page_picture (
            status_page_id INTEGER NOT NULL REFERENCES status_page (id) ON DELETE CASCADE,
            digest TEXT NOT NULL,
            png BLOB NOT NULL,
            PRIMARY KEY (status_page_id, digest)
        ) STRICT;

        ALTER TABLE monitor_group ADD COLUMN show_certificate INTEGER;
        ALTER TABLE monitor_group ADD COLUMN show_tags INTEGER;
        ALTER TABLE monitor_group ADD COLUMN show_ping INTEGER NOT NULL DEFAULT 0;
        """
    )
