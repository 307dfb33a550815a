"""Problems of our own that people were told of: a restart tells of none twice, and of the end of each."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"told_problem": "health"}


def apply(connection: apsw.Connection) -> None:
    """Create the table; `since` and `told_at` are milliseconds since 1970."""
    connection.execute(
        """
        CREATE TABLE told_problem (
            key TEXT PRIMARY KEY,
            since INTEGER NOT NULL,
            told_at INTEGER NOT NULL,
            returns INTEGER NOT NULL,  -- how often it came back soon after it was over
            label TEXT NOT NULL,
            ending TEXT NOT NULL,      -- what is said when it is over
            members TEXT NOT NULL      -- names that were told, as JSON
        ) STRICT, WITHOUT ROWID
        """
    )
