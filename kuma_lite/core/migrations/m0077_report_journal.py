"""Whose journals of reports are taken into the database, and up to which one that has been done."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"server_journal": "servers"}

# One row. The owner is drawn by lot: a journal that lies beside another database says nothing about it.
_SCHEMA: Final = """
CREATE TABLE server_journal (owner BLOB NOT NULL, taken INTEGER NOT NULL) STRICT;
INSERT INTO server_journal (owner, taken) VALUES (randomblob(8), 0);
"""


def apply(connection: apsw.Connection) -> None:
    """Make the table with its row."""
    connection.execute(_SCHEMA)
