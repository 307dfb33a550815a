"""The SQL of Docker hosts."""

from __future__ import annotations

from typing import Any

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection
from kuma_lite.docker_hosts.model import DockerHost


def read_all(db: Connection) -> list[DockerHost]:
    """Every host, oldest first."""
    rows: Any = db.execute(
        "SELECT id, user_id, docker_daemon, docker_type, name FROM docker_host ORDER BY id"
    )
    return [DockerHost(*row) for row in rows]


def put(db: Connection, host: DockerHost) -> int:
    """Store a host, a new one when its id is 0; returns the id."""
    if host.id:
        db.execute(
            "UPDATE docker_host SET (user_id, docker_daemon, docker_type, name) = (?2, ?3, ?4, ?5)"
            " WHERE id = ?1",
            tuple(host),
        )
        return host.id
    return sql.insert(
        db,
        "INSERT INTO docker_host (user_id, docker_daemon, docker_type, name) VALUES (?, ?, ?, ?)",
        tuple(host)[1:],
    )


def delete(db: Connection, host_id: int) -> None:
    """Remove a host."""
    db.execute("DELETE FROM docker_host WHERE id = ?", (host_id,))
