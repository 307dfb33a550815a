"""Monitors on disk: their documents, links, tags and certificates; and, by inheritance, their beats."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.beats import sealing
from kuma_lite.beats.history import BeatHistory, remove_monitor
from kuma_lite.beats.sealing import COUNTER
from kuma_lite.core import sql
from kuma_lite.core.access import Actor
from kuma_lite.core.sql import Connection
from kuma_lite.core.stored_json import stored_json
from kuma_lite.monitors.document.fields import DEFAULTS, Document, sparse
from kuma_lite.monitors.engine.roster import Tag

TOGETHER: Final = 50  # monitors whose beats are removed at once; others can write in between


class StoredMonitor(Struct):
    """A monitor as it is on disk."""

    id: int
    organisation: int
    active: bool
    document: Document  # sparse, see `document.fields`
    created: int  # milliseconds since 1970
    notification_ids: tuple[int, ...] = ()
    tags: tuple[Tag, ...] = ()


class MonitorStore(BeatHistory):
    """Everything that is kept of monitors. What returns is on disk."""

    async def load(self) -> list[StoredMonitor]:
        """All monitors, in the order of their ids."""
        return await self._database.read(_load)

    async def insert(
        self, actor: Actor, active: bool, document: Document, notification_ids: Iterable[int], created: int
    ) -> int:
        """A new monitor; `created` is milliseconds since 1970. Returns its id."""
        links = tuple(notification_ids)

        def write(connection: Connection) -> int:
            monitor_id = sql.insert(
                connection,
                "INSERT INTO monitor (organisation_id, user_id, active, created_date, type, name, parent,"
                " weight, push_token, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (actor.organisation, actor.user_id, int(active), created, *_columns(document)),
            )
            _link(connection, monitor_id, links)
            return monitor_id

        return await self._database.write(write)

    async def update(
        self,
        monitor_id: int,
        document: Document,
        notification_ids: Iterable[int],
        *,
        unlink_children: bool = False,
    ) -> None:
        """Replace document and links; `unlink_children` lets its children stand at the top."""
        links = tuple(notification_ids)

        def write(connection: Connection) -> None:
            connection.execute(
                "UPDATE monitor SET type = ?, name = ?, parent = ?, weight = ?, push_token = ?, document = ?"
                " WHERE id = ?",
                (*_columns(document), monitor_id),
            )
            connection.execute("DELETE FROM monitor_notification WHERE monitor_id = ?", (monitor_id,))
            _link(connection, monitor_id, links)
            if unlink_children:
                _unlink_children(connection, monitor_id)

        await self._database.write(write)

    async def set_active(self, monitor_ids: Sequence[int], active: bool) -> None:
        """Remember whether monitors are switched on."""
        among, ids = sql.among("id", monitor_ids)
        query = f"UPDATE monitor SET active = ? WHERE {among}"  # noqa: S608 - placeholders only
        await self._database.write(lambda connection: _execute(connection, query, (int(active), *ids)))

    async def set_field(self, monitor_ids: Sequence[int], key: str, value: int | None) -> None:
        """Give a field of some documents one value."""
        among, ids = sql.among("id", monitor_ids)
        query = f"UPDATE monitor SET parent = ? WHERE {among}"  # noqa: S608 - placeholders only

        def write(connection: Connection) -> None:
            _change_documents(connection, lambda document: sparse({**document, key: value}), among, *ids)
            if key == "parent":  # which has a column as well
                connection.execute(query, (value, *ids))

        await self._database.write(write)

    async def link_notification(self, monitor_ids: Sequence[int], notification_id: int, *, on: bool) -> None:
        """Give some monitors a notification, or take it off them."""

        def write(connection: Connection) -> None:
            for monitor_id in monitor_ids:
                if on:
                    _link(connection, monitor_id, (notification_id,))
                else:
                    connection.execute(
                        "DELETE FROM monitor_notification WHERE monitor_id = ? AND notification_id = ?",
                        (monitor_id, notification_id),
                    )

        await self._database.write(write)

    async def delete(self, monitor_ids: Sequence[int]) -> None:
        """Remove monitors and everything recorded about them; children that stay stand at the top."""
        upto = self._recorder.last_id

        def write(connection: Connection) -> None:
            sealing.set_mark(connection, COUNTER, upto)
            for monitor_id in monitor_ids:
                _unlink_children(connection, monitor_id)
                _execute(connection, "DELETE FROM monitor WHERE id = ?", (monitor_id,))
                sealing.remove_mark(connection, monitor_id)

        await self._database.write(write)
        for monitor_id in monitor_ids:
            self._recorder.forget(monitor_id)
        for first in range(0, len(monitor_ids), TOGETHER):  # their transactions share commits
            await asyncio.gather(
                *(remove_monitor(self._database, each) for each in monitor_ids[first : first + TOGETHER])
            )

    async def put_last_result(self, monitor_id: int, field: str, value: str | list[str]) -> None:
        """Keep what the latest answer had, in the monitor's document."""

        def write(connection: Connection) -> None:
            _change_documents(connection, lambda document: {**document, field: value}, "id = ?", monitor_id)

        await self._database.write(write, urgent=False)

    async def existing_notifications(self, organisation: int, notification_ids: Iterable[int]) -> list[int]:
        """Those of the ids that are notifications of the organisation."""
        query = "SELECT id FROM notification WHERE organisation_id = ?"
        rows = await self._database.read(
            lambda connection: connection.execute(query, (organisation,)).fetchall()
        )
        known = {number for (number,) in rows}
        return [number for number in notification_ids if number in known]

    # --- certificates ------------------------------------------------------------------------------------

    async def load_tls(self) -> dict[int, str]:
        """Monitor id → `certInfo` document as JSON."""
        query = "SELECT monitor_id, info FROM monitor_tls"
        rows: list[Any] = await self._database.read(lambda connection: connection.execute(query).fetchall())
        return dict(rows)

    async def put_tls(self, monitor_id: int, info: str, fingerprint: str | None = None) -> None:
        """Keep a `certInfo` document; that of a monitor that is gone is not kept."""
        await self._database.write(
            lambda connection: put_tls(connection, monitor_id, info, fingerprint), urgent=False
        )


# Fields whose values most monitors share with others: each value is kept once, not for each monitor.
_REPEATED: Final = ("type", "interval", "retryInterval", "timeout")

# --- SQL ---------------------------------------------------------------------------------------------------


def _load(connection: Connection) -> list[StoredMonitor]:
    query = "SELECT id, organisation_id, active, document, created_date FROM monitor ORDER BY id"
    found = {}
    kept: dict[object, Any] = {}
    for number, organisation, active, text, created in connection.execute(query):
        document = stored_json(text)
        for key in _REPEATED:
            value = document.get(key)
            if type(value) is int or type(value) is str:
                document[key] = kept.setdefault(value, value)
        found[number] = StoredMonitor(number, organisation, bool(active), document, created)
    links = "SELECT monitor_id, notification_id FROM monitor_notification ORDER BY 1, 2"
    for monitor_id, notification_id in connection.execute(links):
        found[monitor_id].notification_ids += (notification_id,)
    tags = """
        SELECT monitor_id, tag_id, value, name, color FROM monitor_tag JOIN tag ON tag.id = tag_id
        ORDER BY monitor_tag.id
    """
    for monitor_id, *tag in connection.execute(tags):
        found[monitor_id].tags += (Tag(*tag),)
    return list(found.values())


def _columns(document: Document) -> tuple[Any, ...]:
    """What is kept beside the document, for queries."""
    return (
        document.get("type") or "",
        document.get("name") or "",
        document.get("parent"),
        int(document.get("weight", DEFAULTS["weight"]) or 0),
        document.get("pushToken") or None,
        _text(document),
    )


def _text(document: Document) -> str:
    return json.dumps(document, separators=(",", ":"))


def _execute(connection: Connection, query: str, values: tuple[Any, ...]) -> None:
    connection.execute(query, values)


def put_tls(connection: Connection, monitor_id: int, info: str, fingerprint: str | None) -> None:
    """Keep a `certInfo` document; that of a monitor that is gone is not kept."""
    connection.execute(
        """
        INSERT INTO monitor_tls (monitor_id, info, fingerprint)
        SELECT id, ?, ? FROM monitor WHERE id = ?
        ON CONFLICT (monitor_id) DO UPDATE SET info = excluded.info, fingerprint = excluded.fingerprint
        """,
        (info, fingerprint, monitor_id),
    )


def insert_row(connection: Connection, row: Sequence[Any]) -> None:
    """A monitor from elsewhere (an import), at the top until `set_parents`.

    Args:
        connection: the writer's, inside a transaction.
        row: id, owner, type, name, active, weight, push token, document, created (milliseconds since 1970).
    """
    *columns, document, created = row
    connection.execute(
        "INSERT INTO monitor (id, user_id, type, name, active, weight, push_token, document, created_date)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*columns, _text(document), created),
    )


def set_parents(connection: Connection, parents: Iterable[tuple[int, int]]) -> None:
    """Put monitors from elsewhere below their groups: pairs of a monitor and its group."""
    connection.executemany(
        "UPDATE monitor SET parent = ? WHERE id = ?", [(parent, number) for number, parent in parents]
    )


def link_all(connection: Connection, notification_id: int, organisation: int) -> None:
    """Give a notification to every monitor of an organisation that lacks it."""
    connection.execute(
        "INSERT INTO monitor_notification (monitor_id, notification_id)"
        " SELECT id, ? FROM monitor WHERE organisation_id = ? ON CONFLICT DO NOTHING",
        (notification_id, organisation),
    )


def _link(connection: Connection, monitor_id: int, notification_ids: Sequence[int]) -> None:
    # One that has been removed in the meantime is left out.
    connection.executemany(
        "INSERT INTO monitor_notification (monitor_id, notification_id)"
        " SELECT ?, id FROM notification WHERE id = ? ON CONFLICT DO NOTHING",
        [(monitor_id, notification_id) for notification_id in notification_ids],
    )


def _unlink_children(connection: Connection, monitor_id: int) -> None:
    _change_documents(connection, lambda document: _without(document, "parent"), "parent = ?", monitor_id)
    connection.execute("UPDATE monitor SET parent = NULL WHERE parent = ?", (monitor_id,))


def set_reference(connection: Connection, organisation: int, key: str, value: int) -> None:
    """Let the documents of all monitors of an organisation refer to `value`."""
    _change_documents(
        connection, lambda document: {**document, key: value}, "organisation_id = ?", organisation
    )


def clear_reference(connection: Connection, key: str, value: int) -> None:
    """Remove a reference to `value` from all documents that have it."""

    def change(document: Document) -> Document:
        return _without(document, key) if document.get(key) == value else document

    _change_documents(connection, change)


def _change_documents(
    connection: Connection, change: Callable[[Document], Document], where: str = "1 = 1", *values: int
) -> None:
    query = f"SELECT id, document FROM monitor WHERE {where}"  # noqa: S608 - own conditions
    found = [(number, json.loads(text)) for number, text in connection.execute(query, values)]
    changed = [(number, new) for number, old in found if (new := change(old)) != old]
    connection.executemany(
        "UPDATE monitor SET document = ? WHERE id = ?", [(_text(new), number) for number, new in changed]
    )


def _without(document: Document, key: str) -> Document:
    return {name: value for name, value in document.items() if name != key}
