"""What can be done with tags, and with what carries them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.resources import Document, Missing
from kuma_lite.core.sql import Connection
from kuma_lite.tags import store
from kuma_lite.tags.store import TagOnMonitor, TagRow

T = TypeVar("T")

Carried = dict[int, list[TagOnMonitor]]  # monitor → what it carries


class Database(Protocol):
    """Where tags are kept."""

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """Run in the next transaction."""

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run on a snapshot."""


class TaggedMonitors(Protocol):
    """What tags need of monitors."""

    def editable_id(self, actor: Actor, monitor_id: Any) -> int:
        """The id of a monitor that the actor may edit. Raises UserError."""

    async def tags_changed(self, monitor_id: int, tags: Sequence[TagOnMonitor], *, push: bool) -> None:
        """A monitor carries other tags than before: take them over; `push` the monitor."""


class Tags:
    """The tags of all organisations."""

    def __init__(self, database: Database, monitors: TaggedMonitors, clock: Clock) -> None:
        self._database = database
        self._monitors = monitors
        self._clock = clock
        self.deleted: list[Callable[[int], None]] = []  # told the id of a tag that is gone

    # --- as the keeper of a resource ---------------------------------------------------------------------

    async def all(self, actor: Actor) -> list[TagRow]:
        """The tags of an organisation, oldest first."""
        return await self._database.read(lambda db: store.all_tags(db, actor.organisation))

    async def find(self, _actor: Actor, key: Any) -> TagRow | None:
        """One by its id."""
        return await self._database.read(lambda db: store.find(db, whole_or_none(key)))

    def document(self, tag: TagRow) -> Document:
        """What can be chosen."""
        return tag.document()

    async def create(self, actor: Actor, document: Any) -> TagRow:
        """A new tag. Raises UserError."""
        name, color = read_tag(document)
        now = to_ms(self._clock.now())
        return await self._database.write(lambda db: store.insert(db, actor.organisation, name, color, now))

    async def replace(self, _actor: Actor, tag: TagRow, document: Any) -> TagRow:
        """Another name or colour; what carries it is not pushed (as in the original). Raises UserError."""
        name, color = read_tag(document)
        changed = tag._replace(name=name, color=color)

        def write(connection: Connection) -> Carried:
            if store.find(connection, tag.id) is None:
                raise Missing("tag")
            carriers = store.carriers(connection, tag.id)
            store.change(connection, changed)
            return {carrier: store.tags_of(connection, carrier) for carrier in carriers}

        await self._take_over(await self._database.write(write), push=False)
        return changed

    async def delete(self, _actor: Actor, tag: TagRow) -> None:
        """Remove a tag from everywhere; nothing is pushed (as in the original)."""

        def write(connection: Connection) -> Carried:
            carriers = store.carriers(connection, tag.id)
            store.delete(connection, tag.id)
            return {carrier: store.tags_of(connection, carrier) for carrier in carriers}

        await self._take_over(await self._database.write(write), push=False)
        for tell in self.deleted:
            tell(tag.id)

    # --- on monitors -------------------------------------------------------------------------------------

    async def attach(self, actor: Actor, tag_id: Any, monitor_id: Any, value: Any) -> None:
        """Put a tag on a monitor. Raises UserError."""

        def attach(connection: Connection, monitor: int) -> None:
            tag = store.find(connection, whole_or_none(tag_id))
            if tag is None or tag.organisation != actor.organisation:
                raise UserError("The tag does not exist.")
            store.attach(connection, tag.id, monitor, text_or_none(value))

        await self._change(actor, monitor_id, attach)

    async def set_value(self, actor: Actor, tag_id: Any, monitor_id: Any, value: Any) -> None:
        """Another value for a tag on a monitor. Raises UserError."""
        await self._change(
            actor,
            monitor_id,
            lambda db, monitor: store.set_value(db, whole_or_none(tag_id), monitor, text_or_none(value)),
        )

    async def detach(self, actor: Actor, tag_id: Any, monitor_id: Any, value: Any) -> None:
        """Take a tag with exactly this value off a monitor. Raises UserError."""
        await self._change(
            actor,
            monitor_id,
            lambda db, monitor: store.detach(db, whole_or_none(tag_id), monitor, text_or_none(value)),
        )

    async def spread(
        self, actor: Actor, tag_id: Any, value: Any, more: Iterable[Any], fewer: Iterable[Any]
    ) -> None:
        """Put a tag on some monitors, take it off others: all or nothing. Raises UserError."""
        text = text_or_none(value)
        added = {self._monitors.editable_id(actor, monitor) for monitor in more}
        removed = {self._monitors.editable_id(actor, monitor) for monitor in fewer}

        def write(connection: Connection) -> Carried:
            tag = store.find(connection, whole_or_none(tag_id))
            if tag is None or tag.organisation != actor.organisation:
                raise Missing("tag")
            for monitor in removed:
                store.strip(connection, tag.id, monitor)
            for monitor in added:
                store.detach(connection, tag.id, monitor, text)  # never twice with one value
                store.attach(connection, tag.id, monitor, text)
            return {monitor: store.tags_of(connection, monitor) for monitor in added | removed}

        await self._take_over(await self._database.write(write))

    async def put_on(self, actor: Actor, monitor_id: Any, tags: Iterable[tuple[int, str | None]]) -> None:
        """Let a monitor carry exactly these tags. Raises UserError."""
        wanted = list(tags)

        def put_on(connection: Connection, monitor: int) -> None:
            known = {tag.id for tag in store.all_tags(connection, actor.organisation)}
            if any(tag_id not in known for tag_id, _ in wanted):
                raise UserError("The tag does not exist.", about="tags")
            store.put_on(connection, monitor, wanted)

        await self._change(actor, monitor_id, put_on)

    async def _change(self, actor: Actor, monitor_id: Any, change: Callable[[Connection, int], None]) -> None:
        monitor = self._monitors.editable_id(actor, monitor_id)

        def write(connection: Connection) -> list[TagOnMonitor]:
            change(connection, monitor)
            return store.tags_of(connection, monitor)

        await self._take_over({monitor: await self._database.write(write)})

    async def _take_over(self, carried: Carried, *, push: bool = True) -> None:
        for monitor_id, tags in carried.items():
            await self._monitors.tags_changed(monitor_id, tags, push=push)


def read_tag(payload: Any) -> tuple[str, str]:
    """Name and colour of a tag. Raises UserError."""
    found = payload if isinstance(payload, Mapping) else {}
    name = wire_values.short_text(found.get("name"), "The name of a tag", about="name")
    color = wire_values.short_text(found.get("color"), "The colour of a tag", about="color")
    if name is None:
        raise UserError("The tag needs a name.", about="name")
    if color is None:
        raise UserError("The tag needs a colour.", about="color")
    return name, color


def whole_or_none(value: Any) -> int | None:
    """An id as clients send it; None for what cannot be one."""
    return wire_values.identifier(value)


def text_or_none(value: Any) -> str | None:
    """A tag's value; numbers become text. Raises UserError."""
    text = wire_values.text(value)
    if text is None and value is not None:
        raise UserError("The value of a tag must be text.")
    return text
