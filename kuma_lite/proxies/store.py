"""The SQL of proxies."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection
from kuma_lite.proxies.model import Proxy

_COLUMNS: Final = "user_id, protocol, host, port, auth, username, password, active, is_default, created_date"


def read_all(db: Connection) -> list[Proxy]:
    """Every proxy, oldest first."""
    rows: Any = db.execute(f"SELECT id, {_COLUMNS} FROM proxy ORDER BY id")  # noqa: S608
    return [
        Proxy(*row)._replace(auth=bool(row[5]), active=bool(row[8]), default=bool(row[9])) for row in rows
    ]


def put(db: Connection, proxy: Proxy) -> int:
    """Store a proxy, a new one when its id is 0; returns the id. A default one is the only default."""
    if proxy.default:
        db.execute("UPDATE proxy SET is_default = 0 WHERE user_id = ?", (proxy.owner,))
    values = tuple(proxy)
    if proxy.id:
        db.execute(
            f"UPDATE proxy SET ({_COLUMNS}) = (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) WHERE id = ?1",  # noqa: S608
            values,
        )
        return proxy.id
    return sql.insert(
        db,
        f"INSERT INTO proxy ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        values[1:],
    )


def delete(db: Connection, proxy_id: int) -> None:
    """Remove a proxy."""
    db.execute("DELETE FROM proxy WHERE id = ?", (proxy_id,))
