"""Which thing belongs to which file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kuma_lite.core.resources import Id
from kuma_lite.core.sql import Connection


class Owned(NamedTuple):
    """A thing that a file describes."""

    organisation: int
    kind: str  # name of the resource
    thing: str  # its id, as text: some kinds have numbers, others UUIDs
    file: str
    key: str  # in that file


def thing_of(number: Id) -> str:
    """An id as it is stored."""
    return str(number)


def read_all(connection: Connection) -> list[Owned]:
    """All of them."""
    rows = connection.execute(
        "SELECT organisation_id, kind, thing, file, thing_key FROM file_thing ORDER BY kind, file, thing_key"
    )
    return [Owned(*row) for row in rows]


def put(connection: Connection, things: Iterable[Owned]) -> None:
    """These things belong to these files, under these keys, whatever was so before."""
    for one in things:
        connection.execute(
            "DELETE FROM file_thing WHERE organisation_id = ? AND kind = ? AND "
            "(thing = ? OR (file = ? AND thing_key = ?))",
            (one.organisation, one.kind, one.thing, one.file, one.key),
        )
        connection.execute(
            "INSERT INTO file_thing (organisation_id, kind, thing, file, thing_key) VALUES (?, ?, ?, ?, ?)",
            one,
        )


def remove(connection: Connection, things: Iterable[Owned]) -> None:
    """These things belong to no file any more."""
    for one in things:
        connection.execute(
            "DELETE FROM file_thing WHERE organisation_id = ? AND kind = ? AND thing = ?",
            (one.organisation, one.kind, one.thing),
        )
