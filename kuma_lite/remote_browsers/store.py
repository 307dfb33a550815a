"""The SQL of remote browsers."""

from __future__ import annotations

from typing import Any

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection
from kuma_lite.remote_browsers.model import RemoteBrowser


def read_all(db: Connection) -> list[RemoteBrowser]:
    """Every browser, oldest first."""
    rows: Any = db.execute("SELECT id, user_id, name, url FROM remote_browser ORDER BY id")
    return [RemoteBrowser(*row) for row in rows]


def put(db: Connection, browser: RemoteBrowser) -> int:
    """Store a browser, a new one when its id is 0; returns the id."""
    if browser.id:
        db.execute(
            "UPDATE remote_browser SET (user_id, name, url) = (?2, ?3, ?4) WHERE id = ?1", tuple(browser)
        )
        return browser.id
    query = "INSERT INTO remote_browser (user_id, name, url) VALUES (?, ?, ?)"
    return sql.insert(db, query, tuple(browser)[1:])


def delete(db: Connection, browser_id: int) -> None:
    """Remove a browser."""
    db.execute("DELETE FROM remote_browser WHERE id = ?", (browser_id,))
