"""The SQL of kept answers (see `idempotency`). Functions run inside a transaction."""

from __future__ import annotations

import json
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.sql import Connection

KEPT_MS: Final = 24 * 3600 * 1000
MOST: Final = 20_000  # older ones go first; one is a few hundred bytes


class Answer(Struct, frozen=True):
    """What was answered, and to what."""

    request: str  # digest
    created: int  # milliseconds since 1970
    status: int
    headers: dict[str, str]
    body: bytes


def find(db: Connection, key: str, now: int) -> Answer | None:
    """The answer that was kept under a key, if it is not too old."""
    row: Any = db.execute(
        "SELECT request, created, status, headers, body FROM api_answer WHERE id = ? AND created > ?",
        (key, now - KEPT_MS),
    ).fetchone()
    return Answer(row[0], row[1], row[2], json.loads(row[3]), bytes(row[4])) if row else None


def keep(db: Connection, key: str, answer: Answer) -> None:
    """Keep one, and forget those that are too old or too many."""
    db.execute("DELETE FROM api_answer WHERE id = ? OR created <= ?", (key, answer.created - KEPT_MS))
    db.execute(
        "DELETE FROM api_answer WHERE created <= "
        "(SELECT created FROM api_answer ORDER BY created DESC LIMIT 1 OFFSET ?)",
        (MOST - 1,),
    )
    db.execute(
        "INSERT INTO api_answer (id, request, created, status, headers, body) VALUES (?, ?, ?, ?, ?, ?)",
        (key, answer.request, answer.created, answer.status, json.dumps(answer.headers), answer.body),
    )
