"""The SQL of remote browsers."""

from __future__ import annotations

from typing import Any

import apsw

from kuma_lite.remote_browsers.model import RemoteBrowser


def read_all(db: apsw.Connection) -> list[RemoteBrowser]:
    """Every browser, oldest first."""
    rows: Any = db.execute("SELECT id, organisation_id, user_id, name, url FROM remote_browser ORDER BY id")
    return [RemoteBrowser(*row) for row in rows]


def put(db: apsw.Connection, browser: RemoteBrowser) -> int:
    """Store a browser, a new one when its id is 0; returns the id."""
    if browser.id:
        db.execute(
            "UPDATE remote_browser SET name = ?, url = ? WHERE id = ?",
            (browser.name, browser.url, browser.id),
        )
        return browser.id
    db.execute(
        "INSERT INTO remote_browser (organisation_id, user_id, name, url) VALUES (?, ?, ?, ?)",
        tuple(browser)[1:],
    )
    return db.last_insert_rowid()


def delete(db: apsw.Connection, browser_id: int) -> None:
    """Remove a browser."""
    db.execute("DELETE FROM remote_browser WHERE id = ?", (browser_id,))
