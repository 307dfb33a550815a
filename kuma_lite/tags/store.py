"""The SQL of tags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection

_TAG: Final = "id, organisation_id, name, color"


class TagRow(NamedTuple):
    """A tag of an organisation."""

    id: int
    organisation: int
    name: str
    color: str

    def document(self) -> dict[str, Any]:
        """What can be chosen."""
        return {"name": self.name, "color": self.color}

    def as_wire(self) -> dict[str, Any]:
        """`{id, name, color}`."""
        return {"id": self.id, **self.document()}


class TagOnMonitor(NamedTuple):
    """A tag on a monitor; the same tag may be there several times with different values."""

    tag_id: int
    value: str | None
    name: str
    color: str


def all_tags(connection: Connection, organisation: int) -> list[TagRow]:
    """Every tag of an organisation, oldest first."""
    query = f"SELECT {_TAG} FROM tag WHERE organisation_id = ? ORDER BY id"  # noqa: S608
    return [TagRow(*row) for row in connection.execute(query, (organisation,))]


def find(connection: Connection, tag_id: int | None) -> TagRow | None:
    """The tag of that id."""
    row: Any = connection.execute(f"SELECT {_TAG} FROM tag WHERE id = ?", (tag_id,)).fetchone()  # noqa: S608
    return TagRow(*row) if row else None


def insert(connection: Connection, organisation: int, name: str, color: str, now: int) -> TagRow:
    """A new tag; `now` in milliseconds since 1970."""
    query = "INSERT INTO tag (organisation_id, name, color, created_date) VALUES (?, ?, ?, ?)"
    number = sql.insert(connection, query, (organisation, name, color, now))
    return TagRow(number, organisation, name, color)


def change(connection: Connection, tag: TagRow) -> None:
    """Write a tag's name and colour."""
    connection.execute("UPDATE tag SET name = ?, color = ? WHERE id = ?", (tag.name, tag.color, tag.id))


def delete(connection: Connection, tag_id: int) -> None:
    """Remove a tag from everywhere."""
    connection.execute("DELETE FROM tag WHERE id = ?", (tag_id,))


def attach(connection: Connection, tag_id: int, monitor_id: int, value: str | None) -> None:
    """Put a tag on a monitor."""
    connection.execute(
        "INSERT INTO monitor_tag (tag_id, monitor_id, value) VALUES (?, ?, ?)", (tag_id, monitor_id, value)
    )


def set_value(connection: Connection, tag_id: Any, monitor_id: int, value: str | None) -> None:
    """Give all occurrences of a tag on a monitor one value."""
    connection.execute(
        "UPDATE monitor_tag SET value = ? WHERE tag_id = ? AND monitor_id = ?", (value, tag_id, monitor_id)
    )


def detach(connection: Connection, tag_id: Any, monitor_id: int, value: str | None) -> None:
    """Take a tag with exactly this value off a monitor."""
    connection.execute(
        "DELETE FROM monitor_tag WHERE tag_id = ? AND monitor_id = ? AND value IS NOT DISTINCT FROM ?",
        (tag_id, monitor_id, value),
    )


def strip(connection: Connection, tag_id: int, monitor_id: int) -> None:
    """Take a tag off a monitor, whatever value it has there."""
    connection.execute("DELETE FROM monitor_tag WHERE tag_id = ? AND monitor_id = ?", (tag_id, monitor_id))


def put_on(connection: Connection, monitor_id: int, tags: Iterable[tuple[int, str | None]]) -> None:
    """Let a monitor carry exactly these tags, each with its value."""
    connection.execute("DELETE FROM monitor_tag WHERE monitor_id = ?", (monitor_id,))
    for tag_id, value in tags:
        attach(connection, tag_id, monitor_id, value)


def tags_of(connection: Connection, monitor_id: int) -> list[TagOnMonitor]:
    """What a monitor carries, in the order in which it was attached."""
    rows = connection.execute(
        """
        SELECT tag.id, monitor_tag.value, tag.name, tag.color
        FROM monitor_tag JOIN tag ON tag.id = monitor_tag.tag_id
        WHERE monitor_tag.monitor_id = ? ORDER BY monitor_tag.id
        """,
        (monitor_id,),
    )
    return [TagOnMonitor(*row) for row in rows]


def carriers(connection: Connection, tag_id: int) -> list[int]:
    """The monitors that carry a tag."""
    rows = connection.execute("SELECT DISTINCT monitor_id FROM monitor_tag WHERE tag_id = ?", (tag_id,))
    return [int(monitor_id) for (monitor_id,) in rows]


def on_monitors(connection: Connection, monitor_ids: Iterable[int]) -> list[tuple[int, int, TagOnMonitor]]:
    """What some monitors carry, by name: id of the monitor, of the tag being there, and the tag."""
    among, ids = sql.among("monitor_tag.monitor_id", list(monitor_ids))
    query = f"""
        SELECT monitor_tag.monitor_id, monitor_tag.id, tag.id, monitor_tag.value, tag.name, tag.color
        FROM monitor_tag JOIN tag ON tag.id = monitor_tag.tag_id
        WHERE {among} ORDER BY tag.name, monitor_tag.id
    """  # noqa: S608 - placeholders only
    rows: Any = connection.execute(query, ids)
    return [(monitor_id, link_id, TagOnMonitor(*tag)) for monitor_id, link_id, *tag in rows]
