"""Status pages that only some may see: by a password, or by links that carry a token."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"status_page_access": "status_pages", "status_page_link": "status_pages"}


def apply(connection: apsw.Connection) -> None:
    """Create the tables. A page without a row is for everybody."""
    connection.execute(
        """
        CREATE TABLE status_page_access (
            status_page_id INTEGER PRIMARY KEY REFERENCES status_page (id) ON DELETE CASCADE,
            password TEXT,  -- bcrypt; NULL: there is none, links alone open the page
            signing_key BLOB NOT NULL  -- of cookies
        ) STRICT;
        CREATE TABLE status_page_link (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            status_page_id INTEGER NOT NULL REFERENCES status_page (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            digest TEXT NOT NULL UNIQUE,  -- SHA-256 of the token
            created INTEGER NOT NULL  -- seconds since 1970
        ) STRICT;
        CREATE INDEX status_page_link_page ON status_page_link (status_page_id);
        """
    )
