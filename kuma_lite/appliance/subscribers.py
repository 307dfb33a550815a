"""Where the subscribers of status pages meet maintenance and what delivers messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from kuma_lite.appliance.ground import Ground
from kuma_lite.appliance.monitors import Monitoring
from kuma_lite.core.access import FIRST_ORGANISATION
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import MILLISECONDS
from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.core.sql import Connection
from kuma_lite.maintenance.model import MaintenanceChanged, MaintenanceEnded, MaintenanceStarted
from kuma_lite.maintenance.service import Maintenance
from kuma_lite.net.public_only import public_http
from kuma_lite.notifications.dispatcher import Dispatcher
from kuma_lite.notifications.model import Channel, ChannelsChanged, Config, Queue, Waiting
from kuma_lite.notifications.service import Notifications
from kuma_lite.status_pages.model import StatusPageRemoved
from kuma_lite.status_pages.service import StatusPages
from kuma_lite.status_pages.subscribers import store
from kuma_lite.status_pages.subscribers.delivery import Delivery, blame_of
from kuma_lite.status_pages.subscribers.model import ShownPlan
from kuma_lite.status_pages.subscribers.service import Subscribers

LOOK_EVERY_S: Final = 60.0  # at maintenance, besides when it begins, changes or ends
PLANNED_DAYS: Final = 90  # what lies further ahead is told when it comes nearer
_SMTP: Final = "smtp"


class SubscriberQueue:
    """What waits for subscribers, as a dispatcher wants it: each of them is a channel to it."""

    def __init__(self) -> None:
        self._blamed: dict[int, int] = {}  # subscriber → how much its latest attempt counts against it

    def queues(self, connection: Connection, /) -> list[Queue]:
        """What waits, per subscriber."""
        return [Queue(*row) for row in store.queues(connection)]

    def dead_letters(self, _connection: Connection, /) -> int:
        """None is kept."""
        return 0

    def channel(self, connection: Connection, number: int, /) -> Channel | None:
        """A subscriber."""
        return None if store.find(connection, number) is None else _channel(number)

    def oldest(self, connection: Connection, number: int, but: Collection[int] = (), /) -> Waiting | None:
        """What it must get next."""
        found = store.oldest(connection, number, but)
        if found is None:
            return None
        return Waiting(found.id, _channel(number), found.created, found.due, found.attempts, found.message)

    def taken(self, connection: Connection, row: int, number: int, now: int, _answer: str, /) -> None:
        """It has got a message."""
        store.taken(connection, row, number, now // MILLISECONDS)

    def failed(self, connection: Connection, message: Waiting, _now: int, _error: str, due: int, /) -> None:
        """An attempt failed; the next is at `due`."""
        store.failed(connection, message.id, due)

    def given_up(self, connection: Connection, message: Waiting, _now: int, _error: str, /) -> None:
        """A message is dropped."""
        number = message.channel.id
        store.given_up(connection, message.id, number, blamed=self._blamed.pop(number, 0))

    def blame(self, number: int, failure: DeliveryFailed) -> None:
        """Note whose fault it is that an attempt has failed."""
        self._blamed[number] = blame_of(failure)


def _channel(number: int) -> Channel:
    # The name stands in logs: never that of the target.
    return Channel(number, f"subscriber {number}", True, FIRST_ORGANISATION, None, False, _form(number))


def _form(number: int) -> str:
    return compact_json({"subscriber": number})


class MailChannels:
    """The channels that can send e-mails to subscribers."""

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications

    async def names(self, organisation: int) -> dict[int, str]:
        """Id → name."""
        channels = await self._notifications.channels(organisation)
        return {each.id: each.name or "" for each in channels if each.config.get("type") == _SMTP}

    async def form(self, organisation: int, number: int) -> Mapping[str, Any] | None:
        """The whole form of one, secrets included."""
        found = await self._notifications.find(number, organisation)
        return found.config if found is not None and found.config.get("type") == _SMTP else None


class ShownPlans:
    """The maintenance of a page, and what of the page it is for."""

    def __init__(self, maintenance: Maintenance, monitoring: Monitoring, pages: StatusPages) -> None:
        self._maintenance = maintenance
        self._ancestors = monitoring.ancestors
        self._pages = pages

    def on(self, page_id: int) -> Mapping[int, ShownPlan]:
        """Plan → its present or next time under maintenance."""
        found: dict[int, ShownPlan] = {}
        members = self._pages.public_members(page_id)
        for plan, window, running in self._maintenance.windows_on_page(page_id, PLANNED_DAYS, 1):
            if plan.id in found and (found[plan.id].running or not running):
                continue
            covered = set(self._maintenance.monitors_of(plan.id))
            about = [each for each in members if not covered.isdisjoint((each, *self._ancestors(each)))]
            found[plan.id] = ShownPlan(
                plan.id,
                plan.title,
                plan.description,
                _whole(window.start if window else None),
                _whole(window.end if window else None),
                running,
                plan.strategy.repeats,
                tuple(about),
            )
        return found


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds)


class Subscribing:
    """Everything about subscribers; `load` before use, `start` when maintenance is known."""

    def __init__(
        self, ground: Ground, monitoring: Monitoring, notifications: Notifications, pages: StatusPages
    ) -> None:
        self._ground = ground
        plans = ShownPlans(monitoring.maintenance, monitoring, pages)
        self._queue = SubscriberQueue()
        self._public = public_http(ground.clock)
        self.subscribers = Subscribers(
            ground.database,
            ground.clock,
            pages.pages,
            pages.monitors,
            plans.on,
            MailChannels(notifications),
            ground.settings.primary_base_url,
            ground.push_keys.pair,
            self._wake,
        )
        self._delivery = Delivery(
            self.subscribers.look_up,
            notifications.hand_over,
            self._public,
            ground.notification_network.http,
            ground.clock,
            ground.push_keys.pair,
        )
        # A bus of its own: what is delivered here is of no channel that anybody knows.
        self._dispatcher = Dispatcher(ground.database, self._deliver, ground.clock, Bus(), queue=self._queue)
        self._looks = PeriodicJob(
            "maintenance for subscribers",
            self.subscribers.look,
            every=LOOK_EVERY_S,
            first=0.0,
            failure="Subscribers could not be told of maintenance",
        )
        pages.let_subscribe(self.subscribers, ground.clients.place)
        for happening in (MaintenanceChanged, MaintenanceStarted, MaintenanceEnded):
            ground.bus.subscribe(happening, lambda _event: ground.spawn(self.subscribers.look()))
        # The one that sends e-mails may be gone, or switched to another kind.
        ground.bus.subscribe(ChannelsChanged, lambda _event: ground.spawn(self.subscribers.load()))
        ground.bus.subscribe(StatusPageRemoved, lambda event: self.subscribers.forget(event.page_id))

    async def load(self) -> None:
        """Read what pages offer."""
        await self.subscribers.load()

    async def start(self) -> None:
        """Begin to tell."""
        self._ground.at_close(self._public.close)
        await self._dispatcher.start()
        self._ground.at_close(self._dispatcher.stop)
        self._looks.start()
        self._ground.at_close(self._looks.stop)

    def _wake(self) -> None:
        self._dispatcher.wake()

    async def _deliver(self, config: Config, message: Message) -> str:
        number = int(config["subscriber"])
        try:
            await self._delivery.deliver(number, message.facts)
        except DeliveryFailed as failure:
            self._queue.blame(number, failure)
            raise
        return ""
