"""The Socket.IO events of notifications: those of Uptime Kuma 2.5, and those of our own page."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.access import Actor, Audience, Right
from kuma_lite.core.bus import Bus
from kuma_lite.core.doors import COMPATIBLE, PAGE, Answer, Caller, Doors, Event, Push, actor_of
from kuma_lite.core.records import replace
from kuma_lite.core.resource_events import PushedList, ResourceEvents
from kuma_lite.core.resources import Resource
from kuma_lite.notifications.history_doors import HistoryDoors
from kuma_lite.notifications.model import NOT_FOUND, Channel, ChannelsChanged, DeliveryRecorded
from kuma_lite.notifications.resource import Sent

if TYPE_CHECKING:
    from kuma_lite.notifications.service import Notifications


_LOGIN_ORDER: Final = 50  # of the list


def notification_doors(
    notifications: Notifications, resource: Resource[Channel], bus: Bus, push: Push
) -> Doors:
    """Everything a client can ask about notifications."""
    live = NotificationEvents(notifications, bus, push)
    listing = PushedList("notificationList", resource, push, live.shown)
    events = ResourceEvents(resource, listing, missing=NOT_FOUND, reading=_read)

    def routes() -> Sequence[Any]:
        from kuma_lite.notifications.history_api import HistoryApi
        from kuma_lite.notifications.routes import notification_routes
        from kuma_lite.rest.route import mounted

        async def test(actor: Actor, key: str) -> str:
            channel = await resource.get(actor, key, Right.NOTIFICATIONS_EDIT)
            return await notifications.test(dict(channel.config), actor)

        api = HistoryApi(notifications.history, notifications.overview, test)
        return [*notification_routes(notifications.services, notifications.previews), *mounted(api.routes())]

    (doors,) = events.doors(
        [
            events.save("addNotification", lambda channel: {"id": channel.id}, optional=1),
            events.delete("deleteNotification"),
            Event("testNotification", live.test, 1, needs=Right.NOTIFICATIONS_EDIT),
            Event(
                "checkApprise", live.check_apprise, on_error=lambda _: False, needs=Right.NOTIFICATIONS_VIEW
            ),
            Event(
                "previewTemplate",
                live.preview,
                2,
                namespaces=(PAGE,),
                needs=Right.NOTIFICATIONS_EDIT,
                optional=1,
            ),
            Event("notifications", live.overview, namespaces=(PAGE,), needs=Right.NOTIFICATIONS_VIEW),
            Event("notification", live.form, 1, namespaces=(PAGE,), needs=Right.NOTIFICATIONS_VIEW),
            *HistoryDoors(notifications.history).events(),
        ],
        {COMPATIBLE: _LOGIN_ORDER},
    )
    return replace(doors, routes=routes)


def _read(caller: Caller, payload: Any, _old: Channel | None) -> Sent:
    return Sent(payload, caller.namespace == PAGE)


class NotificationEvents:
    """The handlers, and what is pushed when something changes."""

    def __init__(self, notifications: Notifications, bus: Bus, push: Push) -> None:
        self._notifications = notifications
        self._push = push
        self._pushing: set[asyncio.Task[None]] = set()
        bus.subscribe(ChannelsChanged, self._on_change)
        bus.subscribe(DeliveryRecorded, self._on_delivery)

    def shown(self, channel: Channel, secrets: bool) -> dict[str, Any]:
        """A channel as compatible clients see it; those who may not edit it, without what may be a secret."""
        wire = channel.as_wire()
        return wire if secrets else {**wire, "config": self._notifications.shown(channel)}

    # --- compatible events -------------------------------------------------------------------------------

    async def test(self, caller: Caller, config: Any) -> Answer:
        """Send a test message with an unsaved form."""
        said = await self._notifications.test(config, actor_of(caller), from_page=caller.namespace == PAGE)
        return {"ok": True, "msg": said}

    async def check_apprise(self, caller: Caller) -> Answer:
        """Whether Apprise can be used; a plain boolean."""
        from kuma_lite.notifications.services.apprise import is_installed

        del caller
        return is_installed()

    # --- our own page ------------------------------------------------------------------------------------

    async def preview(self, caller: Caller, form: Any, monitor_id: Any = None) -> Answer:
        """What the templates of an unsaved form make of sample messages."""
        return {
            "ok": True,
            "previews": await self._notifications.previews.of(actor_of(caller), form, monitor_id),
        }

    async def overview(self, caller: Caller) -> Answer:
        """The channels, and how delivering to them goes."""
        return {
            "ok": True,
            "notifications": await self._notifications.overview(actor_of(caller).organisation),
        }

    async def form(self, caller: Caller, channel_id: Any) -> Answer:
        """One channel with its options; secrets are marked, not shown."""
        return {
            "ok": True,
            "notification": await self._notifications.form(channel_id, actor_of(caller).organisation),
        }

    # --- pushes ------------------------------------------------------------------------------------------

    def _on_change(self, event: ChannelsChanged) -> None:
        self._tell_page(event.organisation)

    def _on_delivery(self, event: DeliveryRecorded) -> None:
        self._tell_page(event.organisation)

    def _tell_page(self, organisation: int) -> None:
        viewers = Audience(organisation, Right.NOTIFICATIONS_VIEW)
        if self._push.has_listeners(viewers, PAGE):
            self._spawn(self._push.to_audience(viewers, "notificationsChanged", {}, namespace=PAGE))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._pushing.add(task)
        task.add_done_callback(self._pushing.discard)
