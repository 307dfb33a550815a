"""Whose session tokens are, so that people can see where they are logged in and end it."""

from __future__ import annotations

import apsw


def apply(connection: apsw.Connection) -> None:
    """Moments are seconds since 1970. Of tokens given earlier, what is new is null until they are used."""
    connection.execute(
        """
        ALTER TABLE session_token ADD COLUMN user_id INTEGER;
        ALTER TABLE session_token ADD COLUMN made_at INTEGER;
        ALTER TABLE session_token ADD COLUMN address TEXT;
        ALTER TABLE session_token ADD COLUMN agent TEXT;  -- what the browser calls itself
        -- A token given earlier is good only if it has a row: "log out elsewhere" reaches those without.
        ALTER TABLE "user" ADD COLUMN sessions_from INTEGER NOT NULL DEFAULT 0;
        """
    )
