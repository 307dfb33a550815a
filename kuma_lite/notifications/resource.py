"""What a notification is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.resources import Document, Resource
from kuma_lite.notifications.delivery import Services
from kuma_lite.notifications.model import Channel

if TYPE_CHECKING:
    from kuma_lite.core.options import Options
    from kuma_lite.notifications.service import Notifications

_ORDERS: Final = frozenset({"applyExisting"})  # carried out once; no part of a document


class Sent(Struct, frozen=True):
    """What a client sent over Socket.IO: compatible ones may store anything, our page sends marks."""

    form: Any
    from_page: bool


class ChannelKeeper:
    """Notifications as things that people keep."""

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications

    async def all(self, actor: Actor) -> list[Channel]:
        """The channels of an organisation, oldest first."""
        return await self._notifications.channels(actor.organisation)

    async def find(self, actor: Actor, key: Any) -> Channel | None:
        """One by its id."""
        return await self._notifications.find(key, actor.organisation)

    def document(self, channel: Channel) -> Document:
        """The stored form, and whether it is switched on."""
        form = {key: value for key, value in channel.config.items() if key not in _ORDERS}
        return {**form, "active": channel.active}

    async def create(self, actor: Actor, document: Any) -> Channel:
        """A new one. Raises UserError."""
        return await self._save(actor, None, document)

    async def replace(self, actor: Actor, channel: Channel, document: Any) -> Channel:
        """Another form for one. Raises UserError."""
        return await self._save(actor, channel.id, document)

    def settled(self, _actor: Actor, _channel: Channel | None, document: Document) -> Document:
        """Raises UserError for what cannot work; of a service that nobody knows, anything may be."""
        if self._notifications.services.get(str(document.get("type"))) is not None:
            self._notifications.validate(document)
        return document

    async def delete(self, actor: Actor, channel: Channel) -> None:
        """Remove one with its links and messages."""
        await self._notifications.delete(channel.id, actor)

    async def _save(self, actor: Actor, channel_id: int | None, document: Any) -> Channel:
        if isinstance(document, Sent):
            number = await self._notifications.save(
                document.form, channel_id, actor, from_page=document.from_page
            )
        else:
            form = {key: value for key, value in document.items() if key != "active"}
            self.settled(actor, None, form)
            number = await self._notifications.save(
                form, channel_id, actor, active=document.get("active") is not False
            )
        return await self._notifications.known(number, actor.organisation)


def notification_resource(notifications: Notifications) -> Resource[Channel]:
    """Notifications."""
    keeper = ChannelKeeper(notifications)
    return Resource(
        name="notification",
        plural="notifications",
        view=Right.NOTIFICATIONS_VIEW,
        edit=Right.NOTIFICATIONS_EDIT,
        keeper=keeper,
        options=lambda document: _options(notifications.services, document),
        title=lambda channel: channel.name or "",
        variants=lambda: (service.name for service in notifications.services),
        undeclared=lambda document, _key: _is_unknown(notifications.services, document),
        settled=keeper.settled,
    )


def _options(services: Services, document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.notifications.options import NotificationOptions

    service = services.get(str(document.get("type")))
    return (NotificationOptions, service.options) if service else (NotificationOptions,)


def _is_unknown(services: Services, document: Mapping[str, Any]) -> bool | None:
    """Of a type that nothing declares every option may be a secret; of others the rest means nothing."""
    return True if services.get(str(document.get("type"))) is None else None
