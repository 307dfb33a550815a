"""A message is written once for all its channels; their rows, which change at each attempt, are small."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {"outbox_message": "notifications"}

_SCHEMA: Final = """
CREATE TABLE outbox_message (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;  -- JSON
INSERT INTO outbox_message (id, text) SELECT id, message FROM outbox;
-- No foreign key: it would look through all rows for each message that goes.
ALTER TABLE outbox ADD COLUMN message_id INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET message_id = id;
ALTER TABLE outbox DROP COLUMN message;
"""


def apply(connection: apsw.Connection) -> None:
    """Move the texts."""
    connection.execute(_SCHEMA)
