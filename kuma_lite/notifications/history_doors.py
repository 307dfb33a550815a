"""The history of deliveries for our own page, and over the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kuma_lite.core import wire_values
from kuma_lite.core.access import Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Event, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.notifications.history import USUAL_COUNT, WORDS, History, wanted_of
from kuma_lite.notifications.model import Delivery, Outcome

SENT_AGAIN = "The message is on its way again."


class HistoryDoors:
    """The events of the page."""

    def __init__(self, history: History) -> None:
        self._history = history

    def events(self) -> Sequence[Event]:
        """What the page asks (docs/page-protocol.md)."""
        view, edit = Right.NOTIFICATIONS_VIEW, Right.NOTIFICATIONS_EDIT
        return (
            Event("deliveries", self._page, 1, namespaces=(PAGE,), needs=view),
            Event("sendAgain", self._again, 1, namespaces=(PAGE,), needs=edit),
            Event("deleteDelivery", self._remove, 1, namespaces=(PAGE,), needs=edit),
        )

    async def _page(self, caller: Caller, wishes: Any) -> Answer:
        """A part of the deliveries, the newest first."""
        found = wishes if isinstance(wishes, dict) else {}
        offset = wire_values.whole(found.get("offset")) or 0
        count = wire_values.whole(found.get("count")) or USUAL_COUNT
        if not 0 <= offset < wire_values.MAX_ID or count < 1:
            raise UserError("offset and count must be positive whole numbers.")
        deliveries, total = await self._history.page(actor_of(caller), wanted_of(found), offset, count)
        return {"ok": True, "total": total, "deliveries": [_row(one) for one in deliveries]}

    async def _again(self, caller: Caller, key: Any) -> Answer:
        """Send a message once more."""
        await self._history.again(actor_of(caller), key)
        return {"ok": True, "msg": SENT_AGAIN}

    async def _remove(self, caller: Caller, key: Any) -> Answer:
        """Forget a delivery."""
        await self._history.remove(actor_of(caller), key)
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}


def _row(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "notification": one.channel_id,
        "notificationName": one.channel,
        "type": one.service,
        "monitor": one.monitor_id,
        "monitorName": one.monitor,
        "created": one.created,
        "ended": one.ended,
        "due": one.due if one.outcome is Outcome.WAITING else None,
        "attempts": one.attempts,
        "outcome": WORDS[one.outcome],
        "error": one.error,
        "answer": one.answer,
        "text": one.text,
        "status": one.status,
    }
