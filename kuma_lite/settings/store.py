"""The SQL of settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from kuma_lite.core.sql import Connection
from kuma_lite.settings.rules import decode_value, encode_value


class Row(Struct, frozen=True):
    """One setting."""

    value: Any
    type: str | None


def read_all(db: Connection) -> dict[str, Row]:
    """Every setting."""
    return {
        str(key): Row(decode_value(str(key), text), kind)
        for key, text, kind in db.execute("SELECT key, value, type FROM setting")
    }


def write(db: Connection, values: Mapping[str, Any], kind: str | None) -> None:
    """Insert or overwrite settings, their type included."""
    put_rows(db, [(key, encode_value(key, value), kind) for key, value in values.items()])


def put_rows(db: Connection, rows: Iterable[tuple[str, str | None, str | None]]) -> None:
    """Insert or overwrite settings as they are stored: key, value, type."""
    db.executemany(
        "INSERT INTO setting (key, value, type) VALUES (?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value, type = excluded.type",
        rows,
    )
