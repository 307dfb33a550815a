"""What monitors are checked through, and the keys of programs that read the metrics."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final = {
    "proxy": "proxies",
    "docker_host": "docker_hosts",
    "remote_browser": "remote_browsers",
    "api_key": "api_keys",
}

_SCHEMA: Final = """
CREATE TABLE proxy (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    protocol TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    auth INTEGER NOT NULL DEFAULT 0,
    username TEXT,
    password TEXT,
    active INTEGER NOT NULL DEFAULT 1,
    is_default INTEGER NOT NULL DEFAULT 0,
    created_date INTEGER NOT NULL  -- milliseconds since 1970
) STRICT;

CREATE TABLE docker_host (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    docker_daemon TEXT,  -- path or URL
    docker_type TEXT,  -- 'socket' or 'tcp'
    name TEXT
) STRICT;

CREATE TABLE remote_browser (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL
) STRICT;

-- key: bcrypt hash; expires: wall clock time in the server's zone, as clients wrote it
CREATE TABLE api_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    created_date INTEGER NOT NULL,  -- milliseconds since 1970
    active INTEGER NOT NULL DEFAULT 1,
    expires TEXT
) STRICT;
"""


def apply(connection: apsw.Connection) -> None:
    """Create the tables."""
    connection.execute(_SCHEMA)
