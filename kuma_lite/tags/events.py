"""The Socket.IO events about tags (Uptime Kuma 2.5, socket reference §4.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Push, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.core.resource_events import ResourceEvents, Told
from kuma_lite.core.resources import Resource
from kuma_lite.tags.service import Tags, text_or_none, whole_or_none
from kuma_lite.tags.store import TagRow

MAX_TAGS: Final = 1_000  # on one monitor; five times what somebody was seen to have in all
MAX_TAGGED: Final = 100_000  # monitors at once; ten times what one server is built for


def tag_doors(resource: Resource[TagRow], tags: Tags, push: Push) -> Doors:
    """What clients may ask of tags; no list is pushed."""
    events = ResourceEvents(resource, page=push, missing="tagNotFound", i18n=True, reading=_read)

    async def set_tags(caller: Caller, monitor_id: Any, wanted: Any) -> Answer:
        """Let a monitor carry exactly these tags, each with its value."""
        await tags.put_on(actor_of(caller), monitor_id, _pairs(wanted))
        return {"ok": True}

    async def tag_monitors(caller: Caller, tag_id: Any, value: Any, more: Any, fewer: Any) -> Answer:
        """Put a tag on some monitors and take it off others, whatever value it has there."""
        await tags.spread(actor_of(caller), tag_id, value, _list(more), _list(fewer))
        return {"ok": True, "msg": "Saved.", "msgi18n": True}

    return Doors(
        events=[
            events.listed("getTags", "tags", TagRow.as_wire),
            events.create("addTag", _answer),
            events.edit("editTag", _answer, nameless="The tag must be an object with an id."),
            events.delete("deleteTag", Told.NEVER, forgiving=True),
            _on_monitor("addMonitorTag", tags.attach, "successAdded"),
            _on_monitor("editMonitorTag", tags.set_value, "successEdited"),
            _on_monitor("deleteMonitorTag", tags.detach, "successDeleted"),
            Event("setMonitorTags", set_tags, 2, namespaces=(PAGE,), needs=Right.MONITORS_EDIT),
            Event("tagMonitors", tag_monitors, 4, namespaces=(PAGE,), needs=Right.MONITORS_EDIT),
        ]
    )


def _answer(tag: TagRow) -> dict[str, Any]:
    return {"tag": tag.as_wire()}


def _read(_caller: Caller, payload: Any, old: TagRow | None) -> Any:
    """What an edit leaves out stays."""
    return {**old.document(), **payload} if old and isinstance(payload, Mapping) else payload


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_TAGGED:
        raise UserError("Monitors must be a list of at most {most} ids.", most=MAX_TAGGED)
    return value


def _pairs(value: Any) -> list[tuple[int, str | None]]:
    """Ids of tags with their values. Raises UserError."""
    if not isinstance(value, list) or len(value) > MAX_TAGS:
        raise UserError("Tags must be a list of at most {most}.", most=MAX_TAGS)
    pairs = []
    for item in value:
        tag = whole_or_none(item[0]) if isinstance(item, list) and len(item) == 2 else None
        if tag is None:
            raise UserError("Each tag must be a list of its id and its value.")
        pairs.append((tag, text_or_none(item[1])))
    return pairs


def _on_monitor(name: str, change: Callable[[Actor, Any, Any, Any], Awaitable[None]], message: str) -> Event:
    """By the ids of a tag and a monitor, and the value: change what the monitor carries."""

    async def handler(caller: Caller, tag_id: Any, monitor_id: Any, value: Any) -> Answer:
        await change(actor_of(caller), tag_id, monitor_id, value)
        return {"ok": True, "msg": message, "msgi18n": True}

    return Event(name, handler, 3, needs=Right.MONITORS_EDIT)
