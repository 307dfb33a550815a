"""Servers: projects, tokens, hosts, their samples and roll-ups, incidents."""

from __future__ import annotations

import uuid
from typing import Final

import apsw

OWNERS: Final = {
    "project": "projects",
    "api_token": "projects",
    "server": "servers",
    "server_notification": "servers",
    "notification_uuid": "servers",
    "server_maintenance": "servers",
    "status_page_server": "servers",
    "server_series": "servers",
    "server_sample": "servers",
    "server_block": "servers",
    "server_incident": "servers",
}

_SCHEMA: Final = """
CREATE TABLE project (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    is_root INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL  -- milliseconds since 1970, as all times here
) STRICT;

-- hash: SHA-256 of the token; kind: 'project' for machines, 'user' for a login's own scripts
CREATE TABLE api_token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    project_id INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    user_id INTEGER,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    expires INTEGER,
    last_used INTEGER,
    revoked INTEGER
) STRICT;
CREATE INDEX api_token_project ON api_token (project_id);

-- attributes, alert_settings (overrides only), last_metrics, snapshot: JSON
CREATE TABLE server (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    project_id INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    motherboard_id TEXT NOT NULL,
    agent_version TEXT NOT NULL,
    attributes TEXT NOT NULL,
    alert_settings TEXT NOT NULL DEFAULT '{}',
    last_metrics TEXT NOT NULL DEFAULT '{}',
    snapshot TEXT NOT NULL DEFAULT '{}',
    rival TEXT,       -- another host that reports with the same identity
    rival_seen INTEGER,
    clock_offset INTEGER,  -- of the host, milliseconds ahead of ours
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    UNIQUE (project_id, motherboard_id)
) STRICT;

CREATE TABLE server_notification (
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    notification_id INTEGER NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
    PRIMARY KEY (server_id, notification_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX server_notification_notification ON server_notification (notification_id);

-- The Servers API names things by UUID, and they belong to projects; notifications have numbers.
CREATE TABLE notification_uuid (
    notification_id INTEGER PRIMARY KEY REFERENCES notification (id) ON DELETE CASCADE,
    project_id INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    uuid TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;

CREATE TABLE server_maintenance (
    maintenance_id INTEGER NOT NULL REFERENCES maintenance (id) ON DELETE CASCADE,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    PRIMARY KEY (maintenance_id, server_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX server_maintenance_server ON server_maintenance (server_id);

CREATE TABLE status_page_server (
    status_page_id INTEGER NOT NULL,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    weight INTEGER NOT NULL DEFAULT 1000,
    PRIMARY KEY (status_page_id, server_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE server_series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    UNIQUE (server_id, name)
) STRICT;

-- New samples as they came; its key is what makes a resend harmless.
CREATE TABLE server_sample (
    series_id INTEGER NOT NULL,
    time INTEGER NOT NULL,
    value ANY NOT NULL,
    PRIMARY KEY (series_id, time)
) STRICT, WITHOUT ROWID;

-- Packed samples (tier 0) and roll-ups (tiers 1 to 3) of one series; start: of the span the block covers.
CREATE TABLE server_block (
    id INTEGER PRIMARY KEY,
    tier INTEGER NOT NULL,
    start INTEGER NOT NULL,
    series_id INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX server_block_place ON server_block (series_id, tier, start);
CREATE INDEX server_block_age ON server_block (tier, start);

-- An alert: open while `closed` is null.
CREATE TABLE server_incident (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    cause TEXT NOT NULL,
    message TEXT NOT NULL,
    started INTEGER NOT NULL,
    closed INTEGER,
    updated INTEGER NOT NULL,
    acknowledged INTEGER,
    acknowledged_by TEXT,
    snoozed INTEGER,
    snooze_until INTEGER
) STRICT;
CREATE INDEX server_incident_server ON server_incident (server_id, started);
CREATE UNIQUE INDEX server_incident_open ON server_incident (server_id, cause) WHERE closed IS NULL;
"""


def apply(connection: apsw.Connection) -> None:
    """Create the tables, and the project that is there from the beginning."""
    connection.execute(_SCHEMA)
    connection.execute(
        "INSERT INTO project (uuid, name, is_root, created) VALUES (?, 'Default', 1, unixepoch() * 1000)",
        (str(uuid.uuid4()),),
    )
