"""The Socket.IO events about tags (Uptime Kuma 2.5, socket reference §4.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.doors import Answer, Caller, Doors, Event
from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.tags import store
from kuma_lite.tags.store import TagOnMonitor, TagRow

MAX_NAME_CHARS = 255  # as the column of Uptime Kuma


class TaggedMonitors(Protocol):
    """What tags need of monitors."""

    def owned_id(self, user_id: int, monitor_id: Any) -> int:
        """The id of a monitor of the user. Raises UserError."""

    async def tags_changed(self, user_id: int, monitor_id: int, tags: Sequence[TagOnMonitor]) -> None:
        """A monitor carries other tags than before: take them over and push the monitor."""


class TagEvents:
    """What clients may ask of tags."""

    def __init__(self, database: Transactions, monitors: TaggedMonitors, clock: Clock) -> None:
        self._database = database
        self._monitors = monitors
        self._clock = clock

    def doors(self) -> Doors:
        """Every event of this feature."""
        return Doors(
            events=[
                Event("getTags", self.get_all),
                Event("addTag", self.add, 1),
                Event("editTag", self.edit, 1),
                Event("deleteTag", self.delete, 1),
                Event("addMonitorTag", self.attach, 3),
                Event("editMonitorTag", self.set_value, 3),
                Event("deleteMonitorTag", self.detach, 3),
            ]
        )

    async def get_all(self, caller: Caller) -> Answer:
        """Every tag."""
        tags = await self._database.read(store.all_tags)
        return {"ok": True, "tags": [tag.as_wire() for tag in tags]}

    async def add(self, caller: Caller, payload: Any) -> Answer:
        """A new tag."""
        name, color = read_tag(payload)
        now = to_ms(self._clock.now())
        tag = await self._database.write(lambda connection: store.insert(connection, name, color, now))
        return {"ok": True, "tag": tag.as_wire()}

    async def edit(self, caller: Caller, payload: Any) -> Answer:
        """Another name or colour; the monitors that carry it are not pushed (as in the original)."""
        if not isinstance(payload, Mapping) or payload.get("id") is None:
            raise UserError("The tag must be an object with an id.")

        def write(connection: Connection) -> tuple[TagRow, dict[int, list[TagOnMonitor]]]:
            old = store.find(connection, whole_or_none(payload.get("id")))
            if old is None:
                raise UserError("tagNotFound", i18n=True)
            tag = TagRow(old.id, *read_tag({**old.as_wire(), **payload}))
            store.change(connection, tag)
            carriers = store.carriers(connection, tag.id)
            return tag, {carrier: store.tags_of(connection, carrier) for carrier in carriers}

        tag, carried = await self._database.write(write)
        await self._take_over(caller, carried, push=False)
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "tag": tag.as_wire()}

    async def delete(self, caller: Caller, tag_id: Any) -> Answer:
        """Remove a tag from everywhere; nothing is pushed (as in the original)."""

        def write(connection: Connection) -> dict[int, list[TagOnMonitor]]:
            carriers = store.delete(connection, whole_or_none(tag_id))
            return {carrier: store.tags_of(connection, carrier) for carrier in carriers}

        await self._take_over(caller, await self._database.write(write), push=False)
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    async def attach(self, caller: Caller, tag_id: Any, monitor_id: Any, value: Any) -> Answer:
        """Put a tag on a monitor."""
        monitor = self._monitor(caller, monitor_id)
        text = text_or_none(value)

        def write(connection: Connection) -> list[TagOnMonitor]:
            tag = store.find(connection, whole_or_none(tag_id))
            if tag is None:
                raise UserError("The tag does not exist.")
            store.attach(connection, tag.id, monitor, text)
            return store.tags_of(connection, monitor)

        await self._take_over(caller, {monitor: await self._database.write(write)})
        return {"ok": True, "msg": "successAdded", "msgi18n": True}

    async def set_value(self, caller: Caller, tag_id: Any, monitor_id: Any, value: Any) -> Answer:
        """Another value for a tag on a monitor."""
        return await self._change(caller, monitor_id, "successEdited", store.set_value, tag_id, value)

    async def detach(self, caller: Caller, tag_id: Any, monitor_id: Any, value: Any) -> Answer:
        """Take a tag with exactly this value off a monitor."""
        return await self._change(caller, monitor_id, "successDeleted", store.detach, tag_id, value)

    async def _change(
        self,
        caller: Caller,
        monitor_id: Any,
        message: str,
        action: Callable[[Connection, Any, int, str | None], None],
        tag_id: Any,
        value: Any,
    ) -> Answer:
        monitor = self._monitor(caller, monitor_id)
        text = text_or_none(value)

        def write(connection: Connection) -> list[TagOnMonitor]:
            action(connection, whole_or_none(tag_id), monitor, text)
            return store.tags_of(connection, monitor)

        await self._take_over(caller, {monitor: await self._database.write(write)})
        return {"ok": True, "msg": message, "msgi18n": True}

    def _monitor(self, caller: Caller, monitor_id: Any) -> int:
        assert caller.user_id is not None
        return self._monitors.owned_id(caller.user_id, monitor_id)

    async def _take_over(
        self, caller: Caller, carried: Mapping[int, Sequence[TagOnMonitor]], *, push: bool = True
    ) -> None:
        assert caller.user_id is not None
        for monitor_id, tags in carried.items():
            await self._monitors.tags_changed(caller.user_id if push else 0, monitor_id, tags)


def read_tag(payload: Any) -> tuple[str, str]:
    """Name and colour of a tag. Raises UserError."""
    found = payload if isinstance(payload, Mapping) else {}
    name, color = found.get("name"), found.get("color")
    if not isinstance(name, str) or not name or len(name) > MAX_NAME_CHARS:
        raise UserError("The tag needs a name.")
    if not isinstance(color, str) or not color or len(color) > MAX_NAME_CHARS:
        raise UserError("The tag needs a colour.")
    return name, color


def whole_or_none(value: Any) -> int | None:
    """An id as clients send it; None for what cannot be one."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text_or_none(value: Any) -> str | None:
    """A tag's value; numbers become text. Raises UserError."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise UserError("The value of a tag must be text.")
