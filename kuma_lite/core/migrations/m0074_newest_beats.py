"""The newest beat that is in a block, beside the block: a start reads it without unpacking anything."""

from __future__ import annotations

from typing import Final

import apsw

OWNERS: Final[dict[str, str]] = {}


def apply(connection: apsw.Connection) -> None:
    """Add the column; it is filled as blocks are written, and until then found in the block."""
    connection.execute("ALTER TABLE beat_mark ADD COLUMN last TEXT")
