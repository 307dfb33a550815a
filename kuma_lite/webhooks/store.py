"""The SQL of webhooks and their messages. Functions run inside a transaction."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection
from kuma_lite.webhooks.model import Letter, Webhook

_COLUMNS: Final = "organisation_id, name, url, secret, kinds, active, failing_since, last_success, last_error"


def read_all(db: Connection) -> list[Webhook]:
    """Every webhook, oldest first."""
    rows: Any = db.execute(f"SELECT id, {_COLUMNS} FROM webhook ORDER BY id")  # noqa: S608
    return [Webhook._make([*row[:5], tuple(row[5].split()), bool(row[6]), *row[7:]]) for row in rows]


def read_letters(db: Connection) -> list[Letter]:
    """What has not arrived, oldest first."""
    rows: Any = db.execute("SELECT id, webhook_id, created, body FROM webhook_message ORDER BY created, id")
    return [Letter(key, webhook, created, bytes(body)) for key, webhook, created, body in rows]


def put(db: Connection, webhook: Webhook) -> int:
    """Store one, a new one when its id is 0; returns the id."""
    values = (
        *webhook[1:5],
        " ".join(webhook.kinds),
        int(webhook.active),
        webhook.failing_since,
        webhook.last_success,
        webhook.last_error,
    )
    if webhook.id:
        db.execute(
            "UPDATE webhook SET organisation_id = ?, name = ?, url = ?, secret = ?, kinds = ?, active = ?,"
            " failing_since = ?, last_success = ?, last_error = ? WHERE id = ?",
            (*values, webhook.id),
        )
        return webhook.id
    query = f"INSERT INTO webhook ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    return sql.insert(db, query, values)


def delete(db: Connection, webhook_id: int) -> None:
    """Remove one, with its messages."""
    db.execute("DELETE FROM webhook_message WHERE webhook_id = ?", (webhook_id,))
    db.execute("DELETE FROM webhook WHERE id = ?", (webhook_id,))


def write_letter(db: Connection, one: Letter) -> None:
    """Keep a message until it has arrived; not where its webhook is gone."""
    db.execute(
        "INSERT INTO webhook_message (id, webhook_id, created, body)"
        " SELECT ?, id, ?, ? FROM webhook WHERE id = ?",
        (one.id, one.created, one.body, one.webhook_id),
    )


def forget_letter(db: Connection, key: str) -> None:
    """It has arrived, or never will."""
    db.execute("DELETE FROM webhook_message WHERE id = ?", (key,))


def forget_letters(db: Connection, webhook_id: int) -> None:
    """None of a webhook's will arrive."""
    db.execute("DELETE FROM webhook_message WHERE webhook_id = ?", (webhook_id,))
