"""The SQL of what pages were after each save: the newest ones, within limits of number and size."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core import sql
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.sql import Connection
from kuma_lite.status_pages.model import Document

MAX_VERSIONS: Final = 50  # of a page
MAX_BYTES: Final = 8_000_000  # of a page's versions and their pictures; two are kept whatever their size
_LEAST: Final = 2


class Version(Struct, frozen=True):
    """A page as it was saved."""

    id: int
    saved_at: int  # seconds since 1970
    saved_by: str | None  # None: what there was before anything was kept
    document: Document
    picture: str | None  # digest of its uploaded logo


def digest_of(png: bytes) -> str:
    """What a picture is found by."""
    return hashlib.blake2s(png, digest_size=16).hexdigest()


def latest(db: Connection, page_id: int) -> Version | None:
    """What a page is now; None: nobody has saved it since versions are kept."""
    found = all_of(db, page_id, 1)
    return found[0] if found else None


def latest_ids(db: Connection) -> dict[int, tuple[int, int]]:
    """Page → the number of its newest version, and when it was saved."""
    query = """
        SELECT status_page_id, id, saved_at FROM status_page_version
        WHERE id IN (SELECT max(id) FROM status_page_version GROUP BY status_page_id)
    """
    return {page_id: (number, saved_at) for page_id, number, saved_at in db.execute(query)}


def all_of(db: Connection, page_id: int, count: int = MAX_VERSIONS) -> list[Version]:
    """The newest versions of a page, the newest first."""
    query = """
        SELECT id, saved_at, saved_by, document, picture FROM status_page_version
        WHERE status_page_id = ? ORDER BY id DESC LIMIT ?
    """
    return [_version(row) for row in db.execute(query, (page_id, count))]


def find(db: Connection, page_id: int, number: int) -> tuple[Version, bytes | None] | None:
    """One version of a page with its logo."""
    query = """
        SELECT id, saved_at, saved_by, document, picture FROM status_page_version
        WHERE status_page_id = ? AND id = ?
    """
    row = db.execute(query, (page_id, number)).fetchone()
    if row is None:
        return None
    version = _version(row)
    if version.picture is None:
        return version, None
    query = "SELECT png FROM status_page_picture WHERE status_page_id = ? AND digest = ?"
    return version, sql.value(db, query, (page_id, version.picture))


def record(
    db: Connection,
    page_id: int,
    saved_at: int,
    saved_by: str | None,
    document: Document,
    png: bytes | None,
    picture: str | None,
) -> int:
    """Keep what a page has become, unless nothing has changed; returns the number of its newest version.

    Args:
        png: a new logo; None: that of `picture`, if there is one.
        picture: digest of the logo.
    """
    before = latest(db, page_id)
    if before is not None and before.document == document and before.picture == picture:
        return before.id
    if png is not None:
        query = """
            INSERT INTO status_page_picture (status_page_id, digest, png) VALUES (?, ?, ?)
            ON CONFLICT (status_page_id, digest) DO NOTHING
        """
        db.execute(query, (page_id, picture, png))
    query = """
        INSERT INTO status_page_version (status_page_id, saved_at, saved_by, document, picture)
        VALUES (?, ?, ?, ?, ?)
    """
    number = sql.insert(db, query, (page_id, saved_at, saved_by, compact_json(document), picture))
    _forget_old(db, page_id)
    return number


def _forget_old(db: Connection, page_id: int) -> None:
    query = "SELECT digest, length(png) FROM status_page_picture WHERE status_page_id = ?"
    sizes: dict[str | None, int] = dict(db.execute(query, (page_id,)))
    query = """
        SELECT id, length(document), picture FROM status_page_version
        WHERE status_page_id = ? ORDER BY id DESC
    """
    size = 0
    for kept, (number, document, picture) in enumerate(list(db.execute(query, (page_id,))), 1):
        size += document + sizes.pop(picture, 0)  # each picture counts once
        if kept > MAX_VERSIONS or (kept > _LEAST and size > MAX_BYTES):
            db.execute(
                "DELETE FROM status_page_version WHERE status_page_id = ? AND id <= ?", (page_id, number)
            )
            break
    db.execute(
        """
        DELETE FROM status_page_picture WHERE status_page_id = ? AND digest NOT IN (
            SELECT picture FROM status_page_version WHERE status_page_id = ? AND picture IS NOT NULL)
        """,
        (page_id, page_id),
    )


def _version(row: Any) -> Version:
    number, saved_at, saved_by, document, picture = row
    return Version(number, saved_at, saved_by, json.loads(document), picture)
