"""The SQL of API keys."""

from __future__ import annotations

from typing import Any, NamedTuple

from kuma_lite.core import sql
from kuma_lite.core.clock import MILLISECONDS, wire_date
from kuma_lite.core.sql import Connection


class ApiKey(NamedTuple):
    """A key of a user."""

    id: int
    owner: int
    hash: str  # bcrypt
    name: str
    created: int  # milliseconds since 1970
    active: bool
    expires: str | None  # wall clock time in the server's zone, as the client wrote it

    def as_wire(self, status: str) -> dict[str, Any]:
        """An entry of `apiKeyList`; never the hash."""
        return {
            "id": self.id,
            "name": self.name,
            "userID": self.owner,
            "createdDate": wire_date(self.created / MILLISECONDS),
            "active": int(self.active),
            "expires": self.expires,
            "status": status,
        }


def read_all(db: Connection) -> list[ApiKey]:
    """Every key, oldest first."""
    rows: Any = db.execute(
        "SELECT id, user_id, key, name, created_date, active, expires FROM api_key ORDER BY id"
    )
    return [ApiKey(*row)._replace(active=bool(row[5])) for row in rows]


def insert(db: Connection, key: ApiKey) -> int:
    """Store a new key; returns its id."""
    return sql.insert(
        db,
        "INSERT INTO api_key (user_id, key, name, created_date, active, expires) VALUES (?, ?, ?, ?, ?, ?)",
        tuple(key)[1:],
    )


def switch(db: Connection, key_id: int, active: bool) -> None:
    """Switch a key on or off."""
    db.execute("UPDATE api_key SET active = ? WHERE id = ?", (int(active), key_id))


def delete(db: Connection, key_id: int) -> None:
    """Remove a key."""
    db.execute("DELETE FROM api_key WHERE id = ?", (key_id,))
