"""Docker hosts whose containers make monitors by their labels."""

from __future__ import annotations

import apsw


def apply(connection: apsw.Connection) -> None:
    """Off, until somebody switches it on."""
    connection.execute("ALTER TABLE docker_host ADD COLUMN labels INTEGER NOT NULL DEFAULT 0")
