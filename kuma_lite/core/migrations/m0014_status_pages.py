"""Status pages: their host names, groups and monitors, and incidents."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {
    "status_page": "status_pages",
    "status_page_cname": "status_pages",
    "page_group": "status_pages",
    "monitor_group": "status_pages",
    "incident": "status_pages",
}

_SCHEMA: Final = """
CREATE TABLE status_page (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description TEXT,
    icon TEXT NOT NULL DEFAULT '',
    auto_refresh_interval INTEGER NOT NULL DEFAULT 300,  -- seconds
    theme TEXT NOT NULL DEFAULT 'auto',
    published INTEGER NOT NULL DEFAULT 1,
    show_tags INTEGER NOT NULL DEFAULT 0,
    custom_css TEXT,
    footer_text TEXT,
    show_powered_by INTEGER NOT NULL DEFAULT 1,
    analytics_id TEXT,
    analytics_script_url TEXT,
    analytics_type TEXT,
    show_certificate_expiry INTEGER NOT NULL DEFAULT 0,
    show_only_last_heartbeat INTEGER NOT NULL DEFAULT 0,
    rss_title TEXT
) STRICT;

CREATE TABLE status_page_cname (
    id INTEGER PRIMARY KEY,
    status_page_id INTEGER NOT NULL REFERENCES status_page (id) ON DELETE CASCADE,
    domain TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;
CREATE INDEX status_page_cname_page ON status_page_cname (status_page_id);

-- "group" in Uptime Kuma. weight: the order on the page
CREATE TABLE page_group (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    status_page_id INTEGER NOT NULL REFERENCES status_page (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    public INTEGER NOT NULL DEFAULT 1,
    weight INTEGER NOT NULL DEFAULT 1000
) STRICT;
CREATE INDEX page_group_page ON page_group (status_page_id);

CREATE TABLE monitor_group (
    id INTEGER PRIMARY KEY,
    monitor_id INTEGER NOT NULL REFERENCES monitor (id) ON DELETE CASCADE,
    group_id INTEGER NOT NULL REFERENCES page_group (id) ON DELETE CASCADE,
    weight INTEGER NOT NULL DEFAULT 1000,
    send_url INTEGER NOT NULL DEFAULT 0,
    custom_url TEXT  -- instead of the monitor's own
) STRICT;
CREATE INDEX monitor_group_monitor ON monitor_group (monitor_id);
CREATE INDEX monitor_group_group ON monitor_group (group_id);

-- Dates are seconds since 1970: the wire shows no more.
CREATE TABLE incident (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    status_page_id INTEGER NOT NULL REFERENCES status_page (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    style TEXT NOT NULL,
    created_date INTEGER NOT NULL,
    last_updated_date INTEGER,
    pin INTEGER NOT NULL DEFAULT 1,
    active INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX incident_page ON incident (status_page_id, created_date, id);
"""


def apply(connection: apsw.Connection) -> None:
    """Create the tables."""
    connection.execute(_SCHEMA)
