"""What features may ask of a database connection, whichever database it leads to.

The connection of today is apsw's, which has all of this without anything in between. The SQL that goes in is
what several databases understand; `tests/test_portable_sql.py` refuses the rest. Where they differ, the
functions of this module are the one place to say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

Row: TypeAlias = tuple[Any, ...]
Values: TypeAlias = Sequence[Any]  # for the question marks of a statement, in their order


class Result(Protocol):
    """The rows of a statement, each handed out once."""

    def __iter__(self) -> Iterator[Any]:
        """What is left of the rows."""

    def fetchone(self) -> Row | None:
        """The next row."""

    def fetchall(self) -> list[Any]:
        """What is left of the rows."""


class Connection(Protocol):
    """A connection inside a transaction (`core.transactions`)."""

    def execute(self, sql: str, values: Values = (), /) -> Result:
        """Run one statement."""

    def executemany(self, sql: str, values: Iterable[Values], /) -> object:
        """Run one statement for each of the values."""

    def changes(self) -> int:
        """Rows inserted, updated or deleted by the latest statement; those that cascade are not counted."""


def value(connection: Connection, sql: str, values: Values = ()) -> Any:
    """The first column of the first row; None when there is no row."""
    rows = connection.execute(sql, values).fetchall()
    return rows[0][0] if rows else None


def insert(connection: Connection, sql: str, values: Values = ()) -> int:
    """Insert one row and return its `id`; `sql` is the INSERT, without RETURNING."""
    return int(value(connection, f"{sql} RETURNING id", values))
