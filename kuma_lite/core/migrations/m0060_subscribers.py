"""Who is told of what happens on a status page, and what waits to be told to them."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {
    "subscriber_offer": "status_pages",
    "subscriber": "status_pages",
    "subscriber_message": "status_pages",
    "subscriber_plan": "status_pages",
}


def apply(connection: apsw.Connection) -> None:
    """Create the tables. Messages have milliseconds since 1970, as the outbox has; all else has seconds."""
    connection.execute(
        """
        CREATE TABLE subscriber_offer (
            page_id INTEGER PRIMARY KEY REFERENCES status_page (id) ON DELETE CASCADE,
            kinds TEXT NOT NULL,             -- JSON list of the ways that visitors may choose
            notification_id INTEGER REFERENCES notification (id) ON DELETE SET NULL,  -- sends e-mails
            address TEXT NOT NULL,           -- what links in messages begin with; empty: it follows
            private INTEGER NOT NULL,        -- targets may be in private networks, and plain HTTP
            plans_known INTEGER NOT NULL     -- maintenance that was planned before is no news
        ) STRICT;
        CREATE TABLE subscriber (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            page_id INTEGER NOT NULL REFERENCES status_page (id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            target TEXT NOT NULL,            -- address as it was typed
            target_key TEXT NOT NULL,        -- the same for all spellings of an address
            monitors TEXT,                   -- JSON list of ids; null: everything
            state TEXT NOT NULL,             -- pending, active, off
            seed TEXT NOT NULL,              -- secret; keys in links and signatures are made of it
            created INTEGER NOT NULL,
            confirmed INTEGER,
            asked INTEGER NOT NULL,          -- when the form last made us write to it
            asks INTEGER NOT NULL,           -- how often, within a day
            last_success INTEGER,
            failures INTEGER NOT NULL,       -- messages given up, one after the other
            UNIQUE (page_id, kind, target_key)
        ) STRICT;
        CREATE TABLE subscriber_message (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
            created INTEGER NOT NULL,
            due INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            message TEXT NOT NULL            -- JSON
        ) STRICT;
        CREATE INDEX subscriber_message_subscriber ON subscriber_message (subscriber_id, id);
        CREATE TABLE subscriber_plan (
            page_id INTEGER NOT NULL REFERENCES status_page (id) ON DELETE CASCADE,
            plan_id INTEGER NOT NULL,
            stage TEXT NOT NULL,             -- planned, running, over: what subscribers know of it
            plan TEXT NOT NULL,              -- JSON, as it was told
            PRIMARY KEY (page_id, plan_id)
        ) STRICT, WITHOUT ROWID;
        """
    )
