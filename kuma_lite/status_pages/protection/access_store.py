"""The SQL of who may see a status page."""

from __future__ import annotations

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection
from kuma_lite.status_pages.protection.guards import Guard, Link


def read_all(db: Connection) -> dict[int, Guard]:
    """Page → its guard, of those that have one."""
    links: dict[int, list[Link]] = {}
    query = "SELECT status_page_id, id, name, digest, created FROM status_page_link ORDER BY id"
    for page_id, *values in db.execute(query):
        links.setdefault(page_id, []).append(Link(*values))
    query = "SELECT status_page_id, password, signing_key FROM status_page_access"
    return {
        page_id: Guard(page_id, password, key, tuple(links.get(page_id, ())))
        for page_id, password, key in db.execute(query)
    }


def save(db: Connection, guard: Guard) -> None:
    """Write password and key of a guard."""
    query = """
        INSERT INTO status_page_access (status_page_id, password, signing_key) VALUES (?, ?, ?)
        ON CONFLICT (status_page_id) DO UPDATE SET password = excluded.password
    """
    db.execute(query, (guard.page_id, guard.password, guard.key))


def remove(db: Connection, page_id: int) -> None:
    """Let everybody see a page; its links are gone with its guard."""
    db.execute("DELETE FROM status_page_access WHERE status_page_id = ?", (page_id,))
    db.execute("DELETE FROM status_page_link WHERE status_page_id = ?", (page_id,))


def insert_link(db: Connection, page_id: int, name: str, digest: str, created: int) -> int:
    """A new link; returns its id."""
    query = "INSERT INTO status_page_link (status_page_id, name, digest, created) VALUES (?, ?, ?, ?)"
    return sql.insert(db, query, (page_id, name, digest, created))


def delete_link(db: Connection, page_id: int, link_id: int) -> bool:
    """Remove one; False: the page has none of that id."""
    db.execute("DELETE FROM status_page_link WHERE id = ? AND status_page_id = ?", (link_id, page_id))
    return bool(db.changes())
