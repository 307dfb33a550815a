"""What keys and tokens open; until now each kind opened the same."""

from __future__ import annotations

import apsw


def apply(connection: apsw.Connection) -> None:
    """Without scopes a key opens what it did: the metrics. A token: all that its project or its maker may."""
    for table in ("api_key", "api_token"):
        connection.execute(
            f"""
            ALTER TABLE {table} ADD COLUMN scopes TEXT;      -- with blanks between
            ALTER TABLE {table} ADD COLUMN limit_kind TEXT;  -- tag or group
            ALTER TABLE {table} ADD COLUMN limit_id INTEGER;
            """
        )
    connection.execute(
        """
        ALTER TABLE api_key ADD COLUMN digest TEXT;        -- SHA-256; bcrypt is what Uptime Kuma reads
        ALTER TABLE api_key ADD COLUMN last_used INTEGER;  -- milliseconds since 1970
        """
    )
