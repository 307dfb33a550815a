"""What a monitor is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor, Right
from kuma_lite.core.declarations import AnyMonitorType
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.registry import Registry
from kuma_lite.core.resources import Document, Reference, Resource
from kuma_lite.monitors.document.fields import DEFAULTS, FIELDS, sparse
from kuma_lite.monitors.engine.roster import Monitor
from kuma_lite.monitors.service import Monitors

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

_NOTIFICATIONS: Final = "notifications"
_TAGS: Final = "tags"
_OF_TAG: Final = frozenset({"tag", "value"})
_CODES: Final = "accepted_statuscodes"
_LINKS: Final = frozenset({_NOTIFICATIONS, _TAGS})

# Fields of whatever type; what types declare with `Words.refers_to` must be here (a test sees to it).
REFERENCES: Final = (
    Reference("parent", "monitor"),
    Reference("proxyId", "proxy"),
    Reference("docker_host", "docker_host"),
    Reference("remote_browser", "remote_browser"),
    Reference(f"{_NOTIFICATIONS}[]", "notification"),
    Reference(f"{_TAGS}[].tag", "tag"),
)

# Lets a monitor carry exactly these tags, each with its value. Raises UserError.
PutTags = Callable[[Actor, int, Sequence[tuple[int, str | None]]], Awaitable[None]]


class MonitorKeeper:
    """Monitors with their notifications and tags as things that people keep."""

    def __init__(self, monitors: Monitors, put_tags: PutTags) -> None:
        self._monitors = monitors
        self._put_tags = put_tags

    async def all(self, actor: Actor) -> list[Monitor]:
        """The monitors of an organisation, oldest first."""
        found = self._monitors.roster.of(actor.organisation)
        return sorted(found, key=lambda monitor: monitor.id)

    async def find(self, _actor: Actor, key: Any) -> Monitor | None:
        """One by its id."""
        return self._monitors.find(key)

    def document(self, monitor: Monitor) -> Document:
        """The stored fields, its own switch, and what it is linked with."""
        return {
            **monitor.document,
            "active": monitor.active,
            _NOTIFICATIONS: list(monitor.notification_ids),
            _TAGS: [{"tag": tag.tag_id, "value": tag.value} for tag in monitor.tags],
        }

    async def create(self, actor: Actor, document: Any) -> Monitor:
        """A new one. Raises UserError."""
        tags, actor = _tags(document), replace(actor, reach=None)  # what comes of all steps is within it
        monitor = await self._monitors.add(actor, _payload(document))
        try:
            if tags:
                await self._put_tags(actor, monitor.id, tags)
        except UserError:
            await self._monitors.delete(actor, monitor.id)
            raise
        return monitor

    async def replace(self, actor: Actor, monitor: Monitor, document: Any) -> Monitor:
        """Another document for one; what it leaves out has its default. Raises UserError."""
        tags, actor = _tags(document), replace(actor, reach=None)
        old = [(tag.tag_id, tag.value) for tag in monitor.tags]
        if tags != old:
            await self._put_tags(actor, monitor.id, tags)
        try:
            return await self._monitors.replace(actor, monitor.id, _payload(document))
        except UserError:
            if tags != old:
                await self._put_tags(actor, monitor.id, old)
            raise

    def settled(self, _actor: Actor, monitor: Monitor | None, document: Document) -> Document:
        """Raises UserError for what does not fit, whatever else there is."""
        tags = [{"tag": tag, "value": value} for tag, value in _tags(document)]
        read = self._monitors.read(monitor, _payload(document))
        return {**document, **{key: read[key] for key in read.keys() & document.keys()}, _TAGS: tags}

    async def delete(self, actor: Actor, monitor: Monitor) -> None:
        """Remove one; what stands below it moves to the top."""
        await self._monitors.delete(actor, monitor.id)


def copied_monitor(document: Document) -> Document:
    """The document of a copy: a push monitor gets an address of its own."""
    return {**document, "pushToken": None}


def _payload(document: Any) -> Document:
    """What `add` takes; some defaults it would refuse if they were sent. Raises UserError."""
    linked = document.get(_NOTIFICATIONS) or []
    if not isinstance(linked, list):
        raise UserError("notifications must be a list.", about=_NOTIFICATIONS)
    payload = sparse({key: value for key, value in document.items() if key not in _LINKS})
    if isinstance(codes := payload.get(_CODES), list | tuple):  # as people write them in a file
        payload[_CODES] = [str(code) if type(code) is int else code for code in codes]
    return {**payload, "notificationIDList": {str(number): True for number in linked}}


def _tags(document: Any) -> list[tuple[int, str | None]]:
    """Tags with their values. Raises UserError."""
    if not isinstance(document, Mapping):
        raise UserError("The monitor must be an object.")
    given = document.get(_TAGS) or []
    if not isinstance(given, list) or not all(isinstance(item, Mapping) and "tag" in item for item in given):
        raise UserError("tags must be a list of objects with a tag.", about=_TAGS)
    for name in (name for item in given for name in item.keys() - _OF_TAG):
        sentence = "A {shown_name} has no field “{name}”."
        raise UserError(sentence, shown_name="tag", name=name, about=_TAGS)
    return [(item["tag"], _value(item.get("value"))) for item in given]


def _value(value: Any) -> str | None:
    """The value of a tag; numbers become texts. Raises UserError."""
    text = wire_values.text(value)
    if text is None and value is not None:
        raise UserError("The value of a tag must be text.", about=_TAGS)
    return text


def monitor_resource(monitors: Monitors, put_tags: PutTags) -> Resource[Monitor]:
    """Monitors."""
    keeper = MonitorKeeper(monitors, put_tags)
    return Resource(
        name="monitor",
        plural="monitors",
        view=Right.MONITORS_VIEW,
        edit=Right.MONITORS_EDIT,
        keeper=keeper,
        options=lambda document: _options(monitors.types, document),
        title=lambda monitor: monitor.name,
        variants=lambda: (kind.name for kind in monitors.types),
        references=REFERENCES,
        defaults=DEFAULTS,
        undeclared=_undeclared,
        settled=keeper.settled,
    )


def _options(types: Registry[AnyMonitorType], document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.monitors.document.common_options import MonitorOptions

    kind = types.get(str(document.get("type")))
    return (MonitorOptions, kind.options) if kind else (MonitorOptions,)


def _undeclared(_document: Mapping[str, Any], key: str) -> bool | None:
    """Whether a field that the type does not use, or of a type that nothing declares, is a secret."""
    field = FIELDS.get(key)
    return None if field is None or field.read_only else field.sensitive
