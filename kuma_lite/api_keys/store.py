"""The SQL of API keys."""

from __future__ import annotations

from typing import Any, NamedTuple

from kuma_lite.core import sql
from kuma_lite.core.clock import MILLISECONDS, wire_date
from kuma_lite.core.records import hiding
from kuma_lite.core.scopes import Grant, of_columns
from kuma_lite.core.sql import Connection


class ApiKey(NamedTuple):
    """A key of an organisation."""

    id: int
    organisation: int
    user_id: int  # who made it
    hash: str  # bcrypt
    name: str
    created: int  # milliseconds since 1970
    active: bool
    expires: str | None  # wall clock time in the server's zone, as the client wrote it
    digest: str | None = None  # SHA-256 of the secret; None: of a key that was made without scopes
    last_used: int | None = None  # milliseconds since 1970
    grant: Grant = Grant()

    def __repr__(self) -> str:
        return hiding("hash", "digest")(self)

    def as_wire(self, status: str) -> dict[str, Any]:
        """An entry of `apiKeyList`; never the hash."""
        return {
            "id": self.id,
            "name": self.name,
            "userID": self.user_id,
            "createdDate": wire_date(self.created / MILLISECONDS),
            "active": int(self.active),
            "expires": self.expires,
            "status": status,
        }


def read_all(db: Connection) -> list[ApiKey]:
    """Every key, oldest first."""
    rows: Any = db.execute(
        "SELECT id, organisation_id, user_id, key, name, created_date, active, expires, digest, last_used,"
        " scopes, limit_kind, limit_id FROM api_key ORDER BY id"
    )
    return [ApiKey(*row[:10])._replace(active=bool(row[6]), grant=of_columns(*row[10:])) for row in rows]


def insert(db: Connection, key: ApiKey) -> int:
    """Store a new key; returns its id."""
    return sql.insert(
        db,
        "INSERT INTO api_key (organisation_id, user_id, key, name, created_date, active, expires, digest,"
        " last_used, scopes, limit_kind, limit_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*tuple(key)[1:10], *key.grant.columns()),
    )


def switch(db: Connection, key_id: int, active: bool) -> None:
    """Switch a key on or off."""
    db.execute("UPDATE api_key SET active = ? WHERE id = ?", (int(active), key_id))


def note_use(db: Connection, key_id: int, now: int) -> None:
    """Write down that it was used; milliseconds since 1970."""
    db.execute("UPDATE api_key SET last_used = ? WHERE id = ?", (now, key_id))


def delete(db: Connection, key_id: int) -> None:
    """Remove a key."""
    db.execute("DELETE FROM api_key WHERE id = ?", (key_id,))
