"""Which warnings of expiry have been sent."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {
    "expiry_warning": "monitors",
}

_SCHEMA: Final = """
-- subject: fingerprint of the certificate; days: the mark that was reached
CREATE TABLE expiry_warning (
    monitor_id INTEGER NOT NULL REFERENCES monitor (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    days INTEGER NOT NULL,
    PRIMARY KEY (monitor_id, kind, subject, days)
) STRICT, WITHOUT ROWID;
"""


def apply(connection: apsw.Connection) -> None:
    """Create the table."""
    connection.execute(_SCHEMA)
