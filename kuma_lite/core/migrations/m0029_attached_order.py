"""Monitors and status pages of a maintenance plan come back in the order in which they were attached."""

from __future__ import annotations

import apsw


def apply(connection: apsw.Connection) -> None:
    """Add their places; what is attached already stays in the order of its numbers."""
    for table in ("monitor_maintenance", "maintenance_status_page"):
        connection.execute(f"ALTER TABLE {table} ADD COLUMN position INTEGER NOT NULL DEFAULT 0")
