"""The pages of SQLite's file: how many there are, and giving back those that are free."""

from __future__ import annotations

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection


def pages_of(connection: Connection) -> tuple[int, int]:
    """Pages of the file, and how many of them are free."""
    return int(sql.value(connection, "PRAGMA page_count")), _free(connection)


def give_back(connection: Connection, most: int) -> int:
    """Make the file smaller by at most so many pages.

    Returns:
        Free pages that are left; 0 as well when none could be given back.
    """
    before = _free(connection)
    if before:
        connection.execute(f"PRAGMA incremental_vacuum({most})").fetchall()  # a page per row
    after = _free(connection)
    return after if after < before else 0


def refresh_statistics(connection: Connection) -> None:
    """Let the planner look at its statistics again, where that is worth it."""
    connection.execute("PRAGMA optimize").fetchall()


def _free(connection: Connection) -> int:
    return int(sql.value(connection, "PRAGMA freelist_count"))
