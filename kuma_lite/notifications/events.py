"""The Socket.IO events of notifications: those of Uptime Kuma 2.5, and those of our own page."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from kuma_lite.core.access import Audience, Right
from kuma_lite.core.bus import Bus
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Push, actor_of
from kuma_lite.notifications.model import ChannelsChanged, DeliveryRecorded

if TYPE_CHECKING:
    from kuma_lite.notifications.service import Notifications


def notification_doors(notifications: Notifications, bus: Bus, push: Push) -> Doors:
    """Everything a client can ask about notifications."""
    live = NotificationEvents(notifications, bus, push)

    def routes() -> Sequence[Any]:
        from kuma_lite.notifications.routes import notification_routes

        return notification_routes(notifications.services)

    return Doors(
        events=[
            Event("addNotification", live.add, 2, optional=1, needs=Right.NOTIFICATIONS_EDIT),
            Event("deleteNotification", live.delete, 1, needs=Right.NOTIFICATIONS_EDIT),
            Event("testNotification", live.test, 1, needs=Right.NOTIFICATIONS_EDIT),
            Event(
                "checkApprise", live.check_apprise, on_error=lambda _: False, needs=Right.NOTIFICATIONS_VIEW
            ),
            Event("notifications", live.overview, namespaces=(PAGE,), needs=Right.NOTIFICATIONS_VIEW),
            Event("notification", live.form, 1, namespaces=(PAGE,), needs=Right.NOTIFICATIONS_VIEW),
        ],
        routes=routes,
        on_login=live.greet,
        needs=Right.NOTIFICATIONS_VIEW,
    )


class NotificationEvents:
    """The handlers, and what is pushed when something changes."""

    def __init__(self, notifications: Notifications, bus: Bus, push: Push) -> None:
        self._notifications = notifications
        self._push = push
        self._pushing: set[asyncio.Task[None]] = set()
        bus.subscribe(ChannelsChanged, self._on_change)
        bus.subscribe(DeliveryRecorded, self._on_delivery)

    # --- compatible events -------------------------------------------------------------------------------

    async def greet(self, caller: Caller) -> None:
        """Every log-in pushes the list to all connections of the user."""
        await self._push_list(actor_of(caller).myself(Right.NOTIFICATIONS_VIEW))

    async def add(self, caller: Caller, config: Any, channel_id: Any = None) -> Answer:
        """Add a channel, or edit one when its id is given."""
        number = await self._notifications.save(
            config, channel_id, actor_of(caller), from_page=caller.namespace == PAGE
        )
        await self._push_list(actor_of(caller).everybody(Right.NOTIFICATIONS_VIEW))
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "id": number}

    async def delete(self, caller: Caller, channel_id: Any) -> Answer:
        """Delete a channel."""
        await self._notifications.delete(channel_id, actor_of(caller))
        await self._push_list(actor_of(caller).everybody(Right.NOTIFICATIONS_VIEW))
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

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

    async def _push_list(self, audience: Audience) -> None:
        channels = await self._notifications.channels(audience.organisation)
        editors, viewers = audience.parted(Right.NOTIFICATIONS_EDIT)
        everything = [channel.as_wire() for channel in channels]
        await self._push.to_audience(editors, "notificationList", everything)
        if self._push.has_listeners(viewers):
            shown = [
                {**channel.as_wire(), "config": self._notifications.shown(channel)} for channel in channels
            ]
            await self._push.to_audience(viewers, "notificationList", shown)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._pushing.add(task)
        task.add_done_callback(self._pushing.discard)
