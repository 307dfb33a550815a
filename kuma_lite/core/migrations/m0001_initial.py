"""People, settings, monitors, notifications, beats, statistics."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {
    "user": "accounts",
    "setting": "settings",
    "monitor": "monitors",
    "notification": "notifications",
    "monitor_notification": "monitors",
    "outbox": "notifications",
    "tag": "tags",
    "monitor_tag": "tags",
    "monitor_tls": "monitors",
    "beat_log": "beats",
    "beat_block": "beats",
    "beat_mark": "beats",
    "beat_event": "beats",
    "stat_hour": "beats",
    "stat_day": "beats",
}

_SCHEMA: Final = """
CREATE TABLE user (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE,
    password TEXT,
    active INTEGER NOT NULL DEFAULT 1,
    timezone TEXT,
    twofa_secret TEXT,
    twofa_status INTEGER NOT NULL DEFAULT 0,
    twofa_last_token TEXT
) STRICT;

-- value: JSON; type: 'general' for what the settings pages show
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT,
    type TEXT
) STRICT, WITHOUT ROWID;

-- document: the wire object of Uptime Kuma as JSON, only what differs from its defaults.
-- name, type, parent, weight and push_token repeat what is in it, for queries.
CREATE TABLE monitor (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER REFERENCES user (id) ON DELETE SET NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    parent INTEGER REFERENCES monitor (id) ON DELETE SET NULL,
    weight INTEGER NOT NULL DEFAULT 2000,
    push_token TEXT,
    document TEXT NOT NULL,
    created_date INTEGER NOT NULL  -- milliseconds since 1970
) STRICT;
CREATE INDEX monitor_user ON monitor (user_id);
CREATE INDEX monitor_parent ON monitor (parent);
CREATE INDEX monitor_push_token ON monitor (push_token) WHERE push_token IS NOT NULL;

-- config: the form of the service as JSON, secrets included
CREATE TABLE notification (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    is_default INTEGER NOT NULL DEFAULT 0,
    type TEXT NOT NULL,
    config TEXT NOT NULL,
    last_success INTEGER,  -- milliseconds since 1970
    last_error TEXT,
    last_error_at INTEGER  -- milliseconds since 1970
) STRICT;

CREATE TABLE monitor_notification (
    monitor_id INTEGER NOT NULL REFERENCES monitor (id) ON DELETE CASCADE,
    notification_id INTEGER NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
    PRIMARY KEY (monitor_id, notification_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX monitor_notification_notification ON monitor_notification (notification_id);

-- Messages on their way: written with the beat that causes them, removed when delivered or given up.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    notification_id INTEGER NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
    monitor_id INTEGER,
    created INTEGER NOT NULL,  -- milliseconds since 1970, as due
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    message TEXT NOT NULL,  -- JSON
    state TEXT NOT NULL DEFAULT 'waiting'
) STRICT;
CREATE INDEX outbox_due ON outbox (due) WHERE state = 'waiting';
CREATE INDEX outbox_notification ON outbox (notification_id);

CREATE TABLE tag (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    color TEXT NOT NULL,
    created_date INTEGER NOT NULL  -- milliseconds since 1970
) STRICT;

-- The same tag may be on a monitor several times, with different values.
CREATE TABLE monitor_tag (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    monitor_id INTEGER NOT NULL REFERENCES monitor (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    value TEXT
) STRICT;
CREATE INDEX monitor_tag_monitor ON monitor_tag (monitor_id);
CREATE INDEX monitor_tag_tag ON monitor_tag (tag_id);

-- info: the certInfo document as JSON
CREATE TABLE monitor_tls (
    monitor_id INTEGER PRIMARY KEY REFERENCES monitor (id) ON DELETE CASCADE,
    info TEXT NOT NULL,
    fingerprint TEXT
) STRICT;
"""


# Beats are found through `beats.sealing`, which tells how these tables belong together.
_BEATS: Final = """
-- All new beats in the order of recording, one row per commit; id: the highest one in it.
CREATE TABLE beat_log (id INTEGER PRIMARY KEY, beats BLOB NOT NULL) STRICT;

-- Packed beats of one monitor. Times are milliseconds since 1970; minutes: for the sliding day.
CREATE TABLE beat_block (
    id INTEGER PRIMARY KEY,
    monitor_id INTEGER NOT NULL,
    first_time INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    count INTEGER NOT NULL,
    minutes BLOB NOT NULL,
    beats BLOB NOT NULL
) STRICT;
CREATE INDEX beat_block_monitor ON beat_block (monitor_id, last_time);

-- What the log holds of a monitor up to this id is in blocks, or was cleared.
CREATE TABLE beat_mark (monitor_id INTEGER PRIMARY KEY, upto INTEGER NOT NULL) STRICT;

-- The important beats once more, to count and to page through; they outlive their blocks.
CREATE TABLE beat_event (
    id INTEGER PRIMARY KEY,
    monitor_id INTEGER NOT NULL,
    time INTEGER NOT NULL,   -- milliseconds since 1970
    delay INTEGER NOT NULL,  -- milliseconds from time to the end
    status INTEGER NOT NULL,
    msg TEXT NOT NULL,
    ping REAL,
    duration INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    down_count INTEGER NOT NULL,
    response TEXT
) STRICT;
CREATE INDEX beat_event_monitor ON beat_event (monitor_id, time);
CREATE INDEX beat_event_time ON beat_event (time);

-- By UTC hour and day since 1970. All monitors of an hour lie together, so that a round of sealing touches
-- a few pages and not one for each monitor. Pings: of beats that were up and had one.
CREATE TABLE stat_hour (
    bucket INTEGER NOT NULL,
    monitor_id INTEGER NOT NULL,
    up INTEGER NOT NULL,
    down INTEGER NOT NULL,
    maintenance INTEGER NOT NULL,
    pings INTEGER NOT NULL,
    ping_sum ANY,
    ping_min ANY,
    ping_max ANY,
    PRIMARY KEY (bucket, monitor_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE stat_day (
    bucket INTEGER NOT NULL,
    monitor_id INTEGER NOT NULL,
    up INTEGER NOT NULL,
    down INTEGER NOT NULL,
    maintenance INTEGER NOT NULL,
    pings INTEGER NOT NULL,
    ping_sum ANY,
    ping_min ANY,
    ping_max ANY,
    PRIMARY KEY (bucket, monitor_id)
) STRICT, WITHOUT ROWID;
"""


def apply(connection: apsw.Connection) -> None:
    """Create everything."""
    connection.execute(_SCHEMA)
    connection.execute(_BEATS)
