"""Messages stay for a while when they were delivered: what was told to whom, what the service said."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final[dict[str, str]] = {}


def apply(connection: apsw.Connection) -> None:
    """Moments are milliseconds since 1970. The states are `waiting`, `sent` and `dead` (given up)."""
    connection.execute(
        """
        ALTER TABLE outbox ADD COLUMN ended INTEGER;  -- when it was taken or given up
        ALTER TABLE outbox ADD COLUMN answer TEXT;    -- of the service that took it
        UPDATE outbox SET ended = created WHERE state = 'dead';
        DROP INDEX outbox_due;
        CREATE INDEX outbox_waiting ON outbox (notification_id, id) WHERE state = 'waiting';
        CREATE INDEX outbox_ended ON outbox (state, id) WHERE state <> 'waiting';
        """
    )
