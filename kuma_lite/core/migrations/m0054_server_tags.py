"""Tags on servers."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"server_tag": "servers"}


def apply(connection: apsw.Connection) -> None:
    """A tag is on a server or not; it has no value there."""
    connection.execute(
        """
        CREATE TABLE server_tag (
            tag_id INTEGER NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
            server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
            PRIMARY KEY (tag_id, server_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX server_tag_server ON server_tag (server_id);
        """
    )
