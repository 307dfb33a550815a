"""The Socket.IO events about tags (Uptime Kuma 2.5, socket reference §4.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.doors import Answer, Caller, Doors, Event, actor_of
from kuma_lite.core.resource_events import ResourceEvents, Told
from kuma_lite.core.resources import Resource
from kuma_lite.tags.service import Tags
from kuma_lite.tags.store import TagRow


def tag_doors(resource: Resource[TagRow], tags: Tags) -> Doors:
    """What clients may ask of tags; no list is pushed."""
    events = ResourceEvents(resource, missing="tagNotFound", i18n=True, reading=_read)
    return Doors(
        events=[
            events.listed("getTags", "tags", TagRow.as_wire),
            events.create("addTag", _answer),
            events.edit("editTag", _answer, nameless="The tag must be an object with an id."),
            events.delete("deleteTag", Told.NEVER, forgiving=True),
            _on_monitor("addMonitorTag", tags.attach, "successAdded"),
            _on_monitor("editMonitorTag", tags.set_value, "successEdited"),
            _on_monitor("deleteMonitorTag", tags.detach, "successDeleted"),
        ]
    )


def _answer(tag: TagRow) -> dict[str, Any]:
    return {"tag": tag.as_wire()}


def _read(_caller: Caller, payload: Any, old: TagRow | None) -> Any:
    """What an edit leaves out stays."""
    return {**old.document(), **payload} if old and isinstance(payload, Mapping) else payload


def _on_monitor(name: str, change: Callable[[Actor, Any, Any, Any], Awaitable[None]], message: str) -> Event:
    """By the ids of a tag and a monitor, and the value: change what the monitor carries."""

    async def handler(caller: Caller, tag_id: Any, monitor_id: Any, value: Any) -> Answer:
        await change(actor_of(caller), tag_id, monitor_id, value)
        return {"ok": True, "msg": message, "msgi18n": True}

    return Event(name, handler, 3, needs=Right.MONITORS_EDIT)
