"""What can be done with notification channels.

notifications = Notifications(database, network, settings, clock, bus, push)
await notifications.start()
...
# in the transaction of a beat
notifications.enqueue(connection, channel_ids, monitor_id, message_json, now_ms)
# after its commit
notifications.wake()
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor, Right, require
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.declarations import DeliveryFailed, Message, NotificationService, Pace
from kuma_lite.core.doors import Doors, Push
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import compact_json, text_of
from kuma_lite.core.kept_secrets import restored
from kuma_lite.core.redaction import forget_secrets, remember_secrets, secrets_of
from kuma_lite.core.registry import Registry
from kuma_lite.core.transactions import stored_soon
from kuma_lite.notifications import services as services_package
from kuma_lite.notifications import store
from kuma_lite.notifications.announcement import Announcement
from kuma_lite.notifications.delivery import UNKNOWN_TYPE, Context, KeyRing, Receipt, Services, deliver
from kuma_lite.notifications.dispatcher import Dispatcher
from kuma_lite.notifications.fields import validate
from kuma_lite.notifications.history import History
from kuma_lite.notifications.masking import masked
from kuma_lite.notifications.model import (
    COMMON_KEYS,
    NOT_FOUND,
    Channel,
    ChannelsChanged,
    Config,
    LinksChanged,
    Pending,
    pack,
)
from kuma_lite.notifications.preview import Previews
from kuma_lite.notifications.resource import notification_resource
from kuma_lite.notifications.rules import FinishedBeat, beat_text, heartbeat_object, trial_text

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection
    from kuma_lite.core.targets import Network
    from kuma_lite.core.transactions import GroupTransactions

_PAGE_KEYS: Final = frozenset({"id", "active"})  # in the page's form, but no part of the stored one


class SettingsReader(Protocol):
    """What messages need of the settings."""

    def primary_base_url(self) -> str:
        """Setting `primaryBaseURL`; "" when it is not set."""

    def timezone(self) -> str:
        """IANA name of the server's zone."""


class Notifications:
    """Channels, their outbox, and the one that empties it."""

    enqueue = staticmethod(store.enqueue)

    def __init__(
        self,
        database: GroupTransactions,
        network: Network,
        settings: SettingsReader,
        clock: Clock,
        bus: Bus,
        push: Push,
        *,
        services: Services | None = None,
        push_keys: KeyRing | None = None,
    ) -> None:
        # mypy wants a concrete class for an abstract base that the registry never instantiates itself.
        base: Any = NotificationService
        self.services: Services = services if services is not None else Registry(services_package, base)
        # What gets a channel that is applied to everything its organisation has, in the same transaction.
        self.applied: list[Callable[[Connection, int, int], None]] = []
        self.dispatcher = Dispatcher(database, self._carry, clock, bus, pace_of=self._pace_of)
        self.history = History(database, clock, bus, self.wake)
        self.previews = Previews(self.services, settings, clock)
        self.resource = notification_resource(self)
        self._database = database
        self._network = network
        self._settings = settings
        self._clock = clock
        self._bus = bus
        self._push = push
        self._push_keys = push_keys
        self._learning: asyncio.Task[None] | None = None

    def doors(self) -> Doors:
        """Events and routes."""
        from kuma_lite.notifications.events import notification_doors

        return notification_doors(self, self.resource, self._bus, self._push)

    # --- delivering --------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to deliver what waits."""
        self._learning = asyncio.create_task(self._learn_secrets(), name="secrets of notifications")
        await self.dispatcher.start()

    async def stop(self) -> None:
        """End within a second; what was not delivered stays in the outbox."""
        if self._learning is not None:
            self._learning.cancel()
        await self.dispatcher.stop()

    def wake(self) -> None:
        """Something was enqueued, and is committed."""
        self.dispatcher.wake()

    async def send(self, channel_ids: Collection[int], message: Message) -> None:
        """Tell some channels something that belongs to no monitor, in a transaction of its own.
        When nothing can be stored they are told from memory.
        """
        news = self.announcement(channel_ids, None, pack(message))
        stored = await stored_soon(self._database, news.write, news.ended)
        if stored is not True:
            news.let_go(writing=stored is None)
        self.wake()

    def announcement(self, channel_ids: Collection[int], monitor_id: int | None, packed: str) -> Announcement:
        """A message that is written down with what it is about, see `core.kept_writes`."""
        now = to_ms(self._clock.now())
        return Announcement(self.dispatcher.unstored, self.wake, channel_ids, monitor_id, packed, now)

    def pending(self) -> Pending:
        """Figures of the outbox, as of its latest look."""
        return self.dispatcher.pending()

    def beat_message(
        self,
        beat: FinishedBeat,
        monitor: Mapping[str, Any],
        *,
        response: str | None = None,
        last_down: int | None = None,
        since: int | None = None,
        pushed: bool = False,
    ) -> str:
        """The message about a beat as `enqueue` wants it.

        Args:
            beat: what was recorded.
            monitor: wire object without sensitive fields.
            response: the kept response body as text.
            last_down: milliseconds since 1970 of the last important DOWN beat.
            since: milliseconds since 1970 of the beat that a reminder is about.
            pushed: the beat came by request.
        """
        heartbeat = heartbeat_object(
            beat, self._settings.timezone(), response=response, last_down=last_down, pushed=pushed
        )
        text = beat_text(str(monitor.get("name")), beat.status, beat.msg)
        return pack(Message(text, monitor, heartbeat, {"since": since} if since is not None else {}))

    async def _carry(self, config: Config, message: Message) -> str:
        return (await self._hand_over(config, message)).answer

    async def hand_over(self, config: Config, message: Message) -> str:
        """One attempt for somebody who has no channel; what the service said. Raises DeliveryFailed."""
        return await self._carry(config, message)

    def _pace_of(self, config: Config) -> Pace | None:
        service = self.services.get(str(config.get("type")))
        return service.pace if service is not None else None

    async def _hand_over(self, config: Config, message: Message, *, trial: bool = False) -> Receipt:
        base_url = self._settings.primary_base_url().rstrip("/")
        context = Context(self._network, base_url, self._push_keys, self._settings.timezone())
        return await deliver(self.services, config, message, context, trial=trial)

    async def test(self, config: object, actor: Actor, *, from_page: bool = False) -> str:
        """Deliver a test message; returns what the service says. Raises UserError."""
        form = _form(config)
        if from_page:
            channel = await self.find(form.get("id"), actor.organisation)
            form = restored(form, channel.config if channel else {})
        # A nameless form is called what Uptime Kuma's runtime calls it.
        name = form.get("name", "undefined")
        text = trial_text(name if isinstance(name, str) else text_of(name))
        try:
            message = Message(text, facts={"at": to_ms(self._clock.now())})
            return (await self._hand_over(form, message, trial=True)).shown
        except DeliveryFailed as failure:
            raise UserError(failure.template, **failure.arguments) from None

    # --- channels ----------------------------------------------------------------------------------------

    async def channels(self, organisation: int) -> list[Channel]:
        """All channels of an organisation, oldest first."""
        return await self._database.read(lambda connection: store.channels_of(connection, organisation))

    async def save(
        self,
        config: object,
        channel_id: object,
        actor: Actor,
        *,
        author: int | None = None,
        active: bool | None = None,
        from_page: bool = False,
    ) -> int:
        """Add a channel (`channel_id` null) or edit one; returns its id.

        Compatible clients may store any object. From our own page secrets may be the mark that keeps what is
        stored, and what cannot work is refused. `author`: the user whose number a new channel carries, where
        the actor is none. `active`: whether it is switched on; None: as before. Raises UserError.
        """
        require(actor, Right.NOTIFICATIONS_EDIT)
        organisation = actor.organisation
        made_by = actor.author if author is None else author
        form = _form(config)
        known = None if channel_id in (None, 0, "") else await self.known(channel_id, organisation)
        if from_page:
            active = form.get("active")
            form = restored(form, known.config if known else {})
            form = {key: value for key, value in form.items() if key not in _PAGE_KEYS}
            self.validate(form)
        apply_existing = bool(form.get("applyExisting"))
        form["applyExisting"] = False  # an order carried out once, never a stored wish
        now = to_ms(self._clock.now())

        def write(connection: Connection) -> int:
            if known is None:
                number = store.add(connection, form, organisation, made_by)
            else:
                number = known.id
                store.change(connection, number, form, now)
            if isinstance(active, bool):
                store.set_active(connection, number, active)
            if apply_existing:
                for apply_to in self.applied:
                    apply_to(connection, number, organisation)
            return number

        number = await self._database.write(write)
        self._learn(number, form)
        await self._changed(organisation, links=apply_existing)
        return number

    async def delete(self, channel_id: object, actor: Actor) -> None:
        """Remove a channel with its links and messages. Raises UserError."""
        require(actor, Right.NOTIFICATIONS_EDIT)
        known = await self.known(channel_id, actor.organisation)
        await self._database.write(lambda connection: store.delete(connection, known.id))
        forget_secrets(("notification", known.id))
        await self._changed(actor.organisation, links=True)

    async def _learn_secrets(self) -> None:
        """Let logs know what is stored; the kinds are imported in a thread."""
        channels = await self._database.read(store.all_channels)

        def learn() -> None:
            for channel in channels:
                self._learn(channel.id, channel.config)

        await asyncio.to_thread(learn)

    def _learn(self, channel_id: int, config: Config) -> None:
        service = self.services.get(str(config.get("type")))
        secrets = secrets_of(service, config) if service is not None else []
        remember_secrets(("notification", channel_id), secrets)

    def validate(self, form: Config) -> None:
        """Refuse what our own form should not store; `field` names the input. Raises UserError."""
        name = form.get("name")
        if not isinstance(name, str) or not name.strip():
            raise UserError("Give the notification a name.", extra={"field": "name"})
        service = self.services.get(str(form.get("type")))
        if service is None:
            raise UserError(UNKNOWN_TYPE, extra={"field": "type"})
        validate(service, form)

    async def _changed(self, organisation: int, *, links: bool) -> None:
        """Tell those who know channels, and those who know which monitors use them."""
        if links:
            self._bus.publish(LinksChanged(await self._database.read(store.links)))
        self._bus.publish(ChannelsChanged(organisation))
        self.wake()

    @staticmethod
    def defaults(connection: Connection, organisation: int) -> list[int]:
        """Ids of the channels that new things get by themselves. For use inside a transaction."""
        return store.defaults(connection, organisation)

    async def known(self, channel_id: object, organisation: int) -> Channel:
        """A channel of an organisation. Raises UserError."""
        channel = await self.find(channel_id, organisation)
        if channel is None:
            raise UserError(NOT_FOUND)
        return channel

    async def find(self, channel_id: object, organisation: int) -> Channel | None:
        """A channel of an organisation by whatever a client sends as its id; None: it has none of that id."""
        number = _number(channel_id)
        if number is None:
            return None
        return await self._database.read(lambda connection: store.find(connection, number, organisation))

    # --- for our own page --------------------------------------------------------------------------------

    async def overview(self, organisation: int) -> list[dict[str, Any]]:
        """The channels without their options, and how delivering to them goes."""
        waiting = await self._database.read(lambda connection: store.counts(connection, organisation))
        return [
            {
                "id": channel.id,
                "name": channel.name,
                "type": channel.config.get("type"),
                "label": self._label(channel),
                "isDefault": channel.is_default,
                "active": channel.active,
                "lastSuccess": channel.last_success,
                "lastError": channel.last_error,
                "lastErrorAt": channel.last_error_at,
                "waiting": waiting.get(channel.id, Pending()).waiting,
                "dead": waiting.get(channel.id, Pending()).dead,
            }
            for channel in await self.channels(organisation)
        ]

    def _label(self, channel: Channel) -> str:
        """What people call the service of a channel; its name on the wire where it is not known here."""
        name = str(channel.config.get("type") or "")
        service = self.services.get(name)
        return service.label if service else name

    def shown(self, channel: Channel) -> str:
        """The stored form as JSON for those who may not edit it: without anything that may be a secret."""
        config = channel.config
        service = self.services.get(str(config.get("type")))
        declared = service.options.words() if service else {}
        open_keys = {key for key, (_, words) in declared.items() if not words.secret} | COMMON_KEYS
        return compact_json({key: value for key, value in config.items() if key in open_keys})

    async def form(self, channel_id: object, organisation: int) -> dict[str, Any]:
        """A channel as its form needs it; secrets are marked, not shown. Raises UserError."""
        channel = await self.known(channel_id, organisation)
        config = channel.config
        return {
            **masked(config, self.services.get(str(config.get("type")))),
            "id": channel.id,
            "isDefault": channel.is_default,
            "active": channel.active,
        }


def _form(config: object) -> dict[str, Any]:
    if not isinstance(config, dict):
        raise UserError("The notification must be an object.")
    return dict(config)


def _number(channel_id: object) -> int | None:
    """What clients send as an id: a number, or its text."""
    return wire_values.identifier(channel_id)
