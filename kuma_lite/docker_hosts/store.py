"""The SQL of Docker hosts."""

from __future__ import annotations

from typing import Any

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection
from kuma_lite.docker_hosts.model import DockerHost


def read_all(db: Connection) -> list[DockerHost]:
    """Every host, oldest first."""
    rows: Any = db.execute(
        "SELECT id, organisation_id, user_id, docker_daemon, docker_type, name, labels"
        " FROM docker_host ORDER BY id"
    )
    return [DockerHost(*row)._replace(labels=bool(row[-1])) for row in rows]


def put(db: Connection, host: DockerHost) -> int:
    """Store a host, a new one when its id is 0; returns the id."""
    if host.id:
        db.execute(
            "UPDATE docker_host SET docker_daemon = ?, docker_type = ?, name = ?, labels = ? WHERE id = ?",
            (host.daemon, host.type, host.name, int(host.labels), host.id),
        )
        return host.id
    return sql.insert(
        db,
        "INSERT INTO docker_host (organisation_id, user_id, docker_daemon, docker_type, name, labels)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (*tuple(host)[1:-1], int(host.labels)),
    )


def delete(db: Connection, host_id: int) -> None:
    """Remove a host."""
    db.execute("DELETE FROM docker_host WHERE id = ?", (host_id,))
