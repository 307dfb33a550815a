"""Monitors from the database of an Uptime Kuma; for their beats see `past`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.monitors.document.fields import ALIASES, FIELDS, Document, JsonKind, sparse
from kuma_lite.monitors.document.reading import read_value


def read_row(row: Mapping[str, Any]) -> tuple[Document, list[str]]:
    """The sparse document of a row of `monitor`, and the columns that could not be read.

    Nothing is refused: what a form would not let through has been running there, perhaps for years.
    """
    document: Document = {}
    unread = []
    for column, value in row.items():
        name = ALIASES.get(column, column)
        if name not in FIELDS:
            continue
        try:
            is_json = FIELDS[name].kind in (JsonKind.LIST, JsonKind.OBJECT) and isinstance(value, str)
            document[name] = read_value(name, parse_json(value) if is_json else value)
        except (UserError, JsonTextError):
            unread.append(column)
    return sparse(document), unread
