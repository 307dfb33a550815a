"""Session tokens that were ended, or used long after they were given."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"session_token": "accounts"}


def apply(connection: apsw.Connection) -> None:
    """One row for each; `id` says nothing of the token."""
    connection.execute(
        "CREATE TABLE session_token (id TEXT PRIMARY KEY, used_at INTEGER NOT NULL, "
        "ended INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID"
    )
