"""Integrations: the notifications of the page, seen through the Servers API.

One table, one dispatcher, two faces. What the hosted product lacks is `Integrations::<Kind>Integration`
with the options of our form. Answers mask secrets; a mask that comes back keeps what is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from kuma_lite.core.access import Actor
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.iso_time import iso
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.rest.errors import NotFound, Unprocessable
from kuma_lite.servers.store import new_uuid

_FRAME: Final = ("Integrations::", "Integration")
# Kind of the API → type of our notifications, where it is not the name in small letters.
_TYPES: Final = {"Webhook": "webhook", "Email": "smtp"}
_KINDS: Final = {name: kind for kind, name in _TYPES.items()}
# Setting of the API → option of our form.
_OPTIONS: Final = {"webhook": {"webhook_url": "webhookURL"}, "smtp": {"email": "smtpTo"}}
_FILLED: Final[Mapping[str, Mapping[str, Any]]] = {
    "webhook": {"httpMethod": "post", "webhookContentType": "json"}
}
MAX_NAME_CHARS: Final = 150
_KEY_CHARS: Final = 40  # of a client's key in a sentence


class Shown(dict[str, Any]):
    """An integration as the API shows it; `options` has its secrets as well."""

    __slots__ = ("options",)

    def __init__(self, shown: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        super().__init__(shown)
        self.options = options


Declared = Mapping[str, bool]  # the options of a kind, and whether they are secrets


class Channel(Struct, frozen=True):
    """A notification as this feature needs it. `options` may hold secrets."""

    id: int
    name: str
    type: str
    options: Mapping[str, Any]


class Channels(Protocol):
    """The notifications, wherever they are kept."""

    async def types(self) -> Sequence[str]:
        """What kinds there are."""

    def declared(self, kind: str) -> Declared:
        """The options of a kind; none of one that nothing declares."""

    async def all(self, organisation: int) -> Sequence[Channel]:
        """Every notification of an organisation."""

    async def save(self, actor: Actor, form: Mapping[str, Any], channel_id: int | None) -> int:
        """Add one, or edit one; its id. Raises UserError."""

    async def remove(self, actor: Actor, channel_id: int) -> None:
        """Remove one. Raises UserError."""


class Integrations:
    """What the API can do with them."""

    def __init__(self, channels: Channels, database: Transactions, clock: Clock) -> None:
        self._channels = channels
        self._database = database
        self._clock = clock
        self._changing = asyncio.Lock()  # of two changes at once, the second sees what the first has done

    async def list(self, actor: Actor) -> Sequence[Shown]:
        """Every integration of a project, in the order of creation; the first one has the page's as well."""
        named = await self._named(actor.organisation)
        return [self._wire(channel, name) for channel, name in named if name.project_id == actor.project_id]

    async def of(self, organisation: int, channel_ids: set[int]) -> Sequence[Shown]:
        """Those with these ids of notifications."""
        named = await self._named(organisation)
        return [self._wire(channel, name) for channel, name in named if channel.id in channel_ids]

    async def get(self, actor: Actor, key: object) -> Shown:
        """One of the actor's project by its UUID. Raises NotFound."""
        return (await self.find(actor, key))[1]

    async def find(self, actor: Actor, key: object) -> tuple[Channel, Shown]:
        """The same with its notification. Raises NotFound."""
        for channel, name in await self._named(actor.organisation):
            if name.uuid == key and name.project_id == actor.project_id:
                return channel, self._wire(channel, name)
        raise NotFound

    async def create(self, actor: Actor, wishes: Mapping[str, Any], /) -> Shown:
        """A new one. Raises Unprocessable, UserError, NotFound when it or its project is removed at once."""
        kind = type_of(wishes.get("type"), await self._channels.types())
        form = _form(kind, wishes, {}, self._channels.declared(kind))
        number = await self._channels.save(actor, form, None)
        now = to_ms(self._clock.now())
        names = await self._database.write(lambda db: _add_names(db, [number], now, actor.project_id))
        if number not in names or names[number].project_id != actor.project_id:
            # The project went meanwhile; the first one must not get what was made for it.
            await self._discard(actor, number)
            raise NotFound
        return await self._only(actor, number)

    async def patch(self, actor: Actor, key: object, wishes: Mapping[str, Any], /) -> Shown:
        """Other settings; what is not mentioned, or comes back masked, stays.

        Raises NotFound, Unprocessable, UserError.
        """
        async with self._changing:
            channel, _ = await self.find(actor, key)
            stored = {**channel.options, "name": channel.name}
            form = _form(channel.type, wishes, stored, self._channels.declared(channel.type))
            try:
                await self._channels.save(actor, form, channel.id)
            except UserError:
                await self._only(actor, channel.id)  # the page may have removed it meanwhile
                raise
            now = to_ms(self._clock.now())
            await self._database.write(lambda connection: _note_change(connection, channel.id, now))
            return await self._only(actor, channel.id)

    async def delete(self, actor: Actor, key: object) -> None:
        """Remove one. Raises NotFound."""
        async with self._changing:
            channel, _ = await self.find(actor, key)
            await self._discard(actor, channel.id)

    async def _discard(self, actor: Actor, channel_id: int) -> None:
        """Remove a notification. Raises NotFound."""
        try:
            await self._channels.remove(actor, channel_id)
        except UserError:
            raise NotFound from None  # the page was quicker

    async def _only(self, actor: Actor, channel_id: int) -> Shown:
        """One by the id of its notification. Raises NotFound."""
        for found in await self.of(actor.organisation, {channel_id}):
            return found
        raise NotFound

    def _wire(self, channel: Channel, name: Name) -> Shown:
        return Shown(wire(channel, name, self._channels.declared(channel.type)), channel.options)

    async def _named(self, organisation: int) -> Sequence[tuple[Channel, Name]]:
        channels = await self._channels.all(organisation)
        ids = [channel.id for channel in channels]
        names = await self._database.read(_names)
        if not names.keys() >= set(ids):
            now = to_ms(self._clock.now())
            names = await self._database.write(lambda connection: _add_names(connection, ids, now))
        # What was removed since it was read has no name.
        return [(channel, names[channel.id]) for channel in channels if channel.id in names]


def type_of(kind: object, known: Sequence[str]) -> str:
    """Our type of a kind such as `Integrations::WebhookIntegration`. Raises Unprocessable."""
    start, end = _FRAME
    if isinstance(kind, str) and kind.startswith(start) and kind.endswith(end):
        middle = kind[len(start) : -len(end)]
        wanted = _TYPES.get(middle, middle).lower()
        for name in known:
            if name.lower() == wanted:
                return name
    raise Unprocessable("The type of the integration is unknown")


def kind_of(name: str) -> str:
    """The inverse."""
    kind = _KINDS.get(name, name[:1].upper() + name[1:])
    return f"{_FRAME[0]}{kind}{_FRAME[1]}"


def wire(channel: Channel, name: Name, declared: Declared) -> dict[str, Any]:
    """The object of the API.

    Clients of Uptime Kuma store what they like; what the kind does not declare may be a credential.
    """
    words = {option: setting for setting, option in _OPTIONS.get(channel.type, {}).items()}
    settings = {
        words.get(key, key): _masked(value) if declared[key] else value
        for key, value in channel.options.items()
        if key in declared
    }
    return {
        "uuid": name.uuid,
        "type": kind_of(channel.type),
        "name": channel.name,
        "settings": settings,
        "editable": True,
        "deletable": True,
        "created_at": iso(name.created),
        "updated_at": iso(name.updated),
    }


def _masked(value: Any) -> Any:
    """A secret as far as it is none: the host of an address, and that there is something.

    Masking what is masked changes nothing; that is how a mask is known when it comes back.
    """
    if value is None or value == "" or isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return "***"
    try:
        parts = urlsplit(value)
    except ValueError:
        return "***"
    if parts.scheme in ("http", "https") and parts.hostname:
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return f"{parts.scheme}://{host}/..."
    return "***"


def _is_mask(value: Any) -> bool:
    """Whether it is what answers show in place of a secret."""
    return isinstance(value, str) and value != "" and value == _masked(value)


def _form(
    kind: str, wishes: Mapping[str, Any], stored: Mapping[str, Any], declared: Declared
) -> dict[str, Any]:
    """Our form, of what the API sends. Raises Unprocessable."""
    settings = wishes.get("settings", {})
    if not isinstance(settings, Mapping):
        raise Unprocessable("settings must be an object")
    name = wishes.get("name", stored.get("name") or kind.capitalize())
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME_CHARS:
        raise Unprocessable(f"name must be a text of at most {MAX_NAME_CHARS} characters")
    options = _options(kind, settings, stored, declared)
    return {"isDefault": False, **_FILLED.get(kind, {}), **stored, **options, "name": name, "type": kind}


def _options(
    kind: str, settings: Mapping[str, Any], stored: Mapping[str, Any], declared: Declared
) -> dict[str, Any]:
    """The options that settings change; not secrets that came back masked. Raises Unprocessable."""
    words = _OPTIONS.get(kind, {})
    changed, errors = {}, []
    for key, value in settings.items():
        option = words.get(key, key)
        if option not in declared:
            errors.append(f"settings.{key[:_KEY_CHARS]} is unknown")
        elif not (declared[option] and _is_mask(value)):
            changed[option] = value
        elif value != _masked(stored.get(option)):
            # Nothing is stored that it could be the mask of: the secret itself would be lost.
            errors.append(f"settings.{key} is the masked form of a secret; send the secret itself")
    if errors:
        raise Unprocessable(*errors)
    return changed


# --- names -------------------------------------------------------------------------------------------------


class Name(Struct, frozen=True):
    """What the API calls a notification, and since when it knows it; times in ms."""

    uuid: str
    project_id: int
    created: int
    updated: int


def _names(connection: Connection) -> dict[int, Name]:
    rows: Any = connection.execute(
        "SELECT notification_id, uuid, project_id, created, updated FROM notification_uuid"
    )
    return {number: Name(*rest) for number, *rest in rows}


def _add_names(
    connection: Connection, ids: Sequence[int], now: int, project_id: int | None = None
) -> dict[int, Name]:
    """Name notifications; those of the page (`project_id` None) belong to the first project.

    What does not exist any more, and what is for a project that does not, gets no name.
    """
    connection.executemany(
        "INSERT INTO notification_uuid (notification_id, uuid, project_id, created, updated) "
        "SELECT notification.id, ?, project.id, ?, ? FROM notification "
        "JOIN project ON project.id = coalesce(?, (SELECT id FROM project WHERE is_root = 1)) "
        "WHERE notification.id = ? "
        "ON CONFLICT (notification_id) DO UPDATE "
        "SET project_id = coalesce(?, notification_uuid.project_id)",
        [(new_uuid(), now, now, project_id, number, project_id) for number in ids],
    )
    return _names(connection)


def _note_change(connection: Connection, channel_id: int, now: int) -> None:
    connection.execute(
        "UPDATE notification_uuid SET updated = ? WHERE notification_id = ?", (now, channel_id)
    )
