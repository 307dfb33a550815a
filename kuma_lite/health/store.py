"""The SQL of problems that people were told of, and how a case stands in its row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct

from kuma_lite.core.clock import MILLISECONDS
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.sql import Connection
from kuma_lite.health.rules import Case


class Row(NamedTuple):
    """A problem that was told; times in milliseconds since 1970."""

    key: str
    since: int
    told_at: int
    returns: int
    label: str
    ending: str
    members: str  # JSON


class Moment(Struct, frozen=True):
    """Both clocks at once."""

    monotonic: float
    ms: int

    def wall(self, monotonic: float) -> int:
        """Milliseconds since 1970, by the clock as it is set now."""
        return self.ms - round((self.monotonic - monotonic) * MILLISECONDS)

    def steady(self, ms: int) -> float:
        """The inverse; what lies in the future, because the clock was set back, is now."""
        return self.monotonic - max(0, self.ms - ms) / MILLISECONDS


def row_of(case: Case, now: Moment) -> Row:
    """A case that was told."""
    return Row(
        case.key,
        now.wall(case.began),
        now.wall(case.told_at),
        case.returns,
        case.label,
        case.over,
        compact_json(sorted(case.told or ())),
    )


def case_of(row: Row, now: Moment) -> Case:
    """A case of an earlier run: not seen in this one so far."""
    return Case(
        row.key,
        now.steady(row.since),
        row.ending,
        row.label,
        gone=now.monotonic,
        told=frozenset(json.loads(row.members)),
        told_at=now.steady(row.told_at),
        returns=row.returns,
    )


def read_all(connection: Connection) -> list[Row]:
    """What was told and not ended."""
    query = "SELECT key, since, told_at, returns, label, ending, members FROM told_problem ORDER BY key"
    return [Row(*row) for row in connection.execute(query)]


def replace_all(connection: Connection, rows: Iterable[Row]) -> None:
    """All there are; there are few, and it seldom happens."""
    connection.execute("DELETE FROM told_problem")
    connection.executemany(
        "INSERT INTO told_problem (key, since, told_at, returns, label, ending, members)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
