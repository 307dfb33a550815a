"""Answers to requests with an `Idempotency-Key`, to be given again instead of doing the same twice."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"api_answer": "web"}


def apply(connection: apsw.Connection) -> None:
    """They are kept for a day."""
    connection.execute(
        """
        CREATE TABLE api_answer (
            id TEXT PRIMARY KEY,         -- digest of who asked and of the key
            request TEXT NOT NULL,       -- digest of method, address and body
            created INTEGER NOT NULL,    -- milliseconds since 1970
            status INTEGER NOT NULL,
            headers TEXT NOT NULL,       -- JSON: name → value
            body BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX api_answer_created ON api_answer (created);
        """
    )
