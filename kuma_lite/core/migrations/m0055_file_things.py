"""Which things are described by files, so that those files alone change and remove them."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"file_thing": "config_files"}


def apply(connection: apsw.Connection) -> None:
    """A thing belongs to one file at most, and a key of a file is one thing."""
    connection.execute(
        """
        CREATE TABLE file_thing (
            organisation_id INTEGER NOT NULL,
            kind TEXT NOT NULL,       -- name of the resource
            thing TEXT NOT NULL,      -- its id; UUIDs, too
            file TEXT NOT NULL,       -- by the name that it gives itself
            thing_key TEXT NOT NULL,  -- in that file
            PRIMARY KEY (organisation_id, kind, thing),
            UNIQUE (organisation_id, kind, file, thing_key)
        ) STRICT, WITHOUT ROWID;
        """
    )
