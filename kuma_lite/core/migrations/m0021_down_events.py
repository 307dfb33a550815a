"""Finds the times monitors were down without a look at all their other changes of state."""

from __future__ import annotations

import apsw


def apply(connection: apsw.Connection) -> None:
    """Create the index; 0 is DOWN."""
    connection.execute("CREATE INDEX beat_event_down ON beat_event (time, id) WHERE status = 0")
