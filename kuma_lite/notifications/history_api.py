"""The routes about deliveries and the health of notifications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.iso_time import iso
from kuma_lite.notifications.history import OUTCOMES, USUAL_COUNT, WORDS, History, wanted_of
from kuma_lite.notifications.model import Delivery, Outcome
from kuma_lite.rest.errors import Unprocessable
from kuma_lite.rest.requests import MAX_PER_PAGE, PAGE, AnyRequest, TextQuery, WholeQuery, actor_of, part_of
from kuma_lite.rest.route import DELETE, GET, NO_CONTENT, POST, Route, key_in
from kuma_lite.rest.shapes import MOMENT, named, nullable, one_of

Overview = Callable[[int], Awaitable[list[dict[str, Any]]]]

_TAG: Final = "Notifications"
_PATH: Final = "/api/v1/deliveries"
_PER_PAGE: Final = WholeQuery("per_page", "Deliveries per page", USUAL_COUNT, MAX_PER_PAGE)
_MONITOR: Final = TextQuery("monitor", "Number of a monitor")
_NOTIFICATION: Final = TextQuery("notification", "Number of a notification")
_SERVICE: Final = TextQuery("service", "Type of the notification, as in `webhook`")
_OUTCOME: Final = TextQuery("outcome", "All when it is left out", choices=tuple(OUTCOMES))
_FILTERS: Final = (_MONITOR, _NOTIFICATION, _SERVICE, _OUTCOME)

DELIVERY: Final = named(
    "Delivery",
    {
        "id": 4711,
        "notification": {"id": 1, "name": "On call", "type": "webhook"},
        "monitor": nullable(named("MonitorReference", {"id": 7, "name": nullable("Shop")})),
        "status": nullable(0),
        "text": "[Shop] [🔴 Down] connect ECONNREFUSED 192.0.2.7:443",
        "outcome": one_of("delivered", "waiting", "given_up"),
        "attempts": 1,
        "created_at": MOMENT,
        "ended_at": nullable(MOMENT),
        "next_attempt_at": nullable(MOMENT, shown=False),
        "error": nullable("Request failed with status code 503", shown=False),
        "answer": nullable("200 ok"),
    },
)
HEALTH: Final = named(
    "NotificationHealth",
    {
        "id": 1,
        "name": nullable("On call"),
        "type": nullable("webhook"),
        "active": True,
        "last_success_at": nullable(MOMENT),
        "last_error_at": nullable(MOMENT, shown=False),
        "last_error": nullable("Request failed with status code 503", shown=False),
        "waiting": 0,
        "given_up": 0,
    },
)
_META: Final = {"current_page": 1, "per_page": USUAL_COUNT, "total_pages": 1, "total_count": 1}


class HistoryApi:
    """What was told to whom, sending again, and how delivering goes.

    Args:
        history: of all deliveries.
        overview: the channels of an organisation as our own page has them.
        test: sends a test message to one by its id. Raises UserError.
    """

    def __init__(
        self, history: History, overview: Overview, test: Callable[[Actor, str], Awaitable[str]]
    ) -> None:
        self._history = history
        self._test = test
        self._overview = overview

    def routes(self) -> Iterator[Route]:
        """The routes."""
        view, edit = Right.NOTIFICATIONS_VIEW, Right.NOTIFICATIONS_EDIT
        yield Route(
            name="list_deliveries",
            method=GET,
            path=_PATH,
            needs=view,
            handler=self.page,
            tag=_TAG,
            response={"data": [DELIVERY], "meta": _META},
            query=[PAGE, _PER_PAGE, *_FILTERS],
        )
        yield Route(
            name="send_delivery_again",
            method=POST,
            path=f"{_PATH}/{{key:str}}/send-again",
            needs=edit,
            handler=self.again,
            tag=_TAG,
            status=NO_CONTENT,
        )
        yield Route(
            name="delete_delivery",
            method=DELETE,
            path=f"{_PATH}/{{key:str}}",
            needs=edit,
            handler=self.remove,
            tag=_TAG,
            status=NO_CONTENT,
        )
        yield Route(
            name="notification_test",
            method=POST,
            path="/api/v1/notifications/{key:str}/test",
            needs=edit,
            handler=self.test,
            tag=_TAG,
            people=True,
            problems=True,
            response={"answer": "Sent Successfully."},
        )
        yield Route(
            name="list_notification_health",
            method=GET,
            path="/api/v1/notification-health",
            needs=view,
            handler=self.health,
            tag=_TAG,
            response=[HEALTH],
        )

    async def page(self, request: AnyRequest) -> dict[str, Any]:
        """List what was told to whom, the newest first; for a month, and a few thousand messages."""
        number, count = PAGE.of(request), _PER_PAGE.of(request)
        try:
            wanted = wanted_of({one.name: request.query_params.get(one.name) or None for one in _FILTERS})
        except UserError as error:
            raise Unprocessable(error.message) from None
        found, total = await self._history.page(actor_of(request), wanted, (number - 1) * count, count)
        return {
            "data": [_document(one) for one in found],
            "meta": part_of(total, number, count),
        }

    async def again(self, request: AnyRequest) -> None:
        """Send a message that was delivered or given up once more."""
        await self._history.again(actor_of(request), key_in(request))

    async def remove(self, request: AnyRequest) -> None:
        """Forget a message that was delivered or given up."""
        await self._history.remove(actor_of(request), key_in(request))

    async def test(self, request: AnyRequest) -> dict[str, Any]:
        """Send a test message with what is stored; the answer says what the service said."""
        return {"answer": await self._test(actor_of(request), key_in(request))}

    async def health(self, request: AnyRequest) -> list[dict[str, Any]]:
        """List how delivering to each notification goes."""
        return [
            {
                "id": row["id"],
                "name": row["name"],
                "type": row["type"],
                "active": row["active"],
                "last_success_at": iso(row["lastSuccess"]),
                "last_error_at": iso(row["lastErrorAt"]),
                "last_error": row["lastError"],
                "waiting": row["waiting"],
                "given_up": row["dead"],
            }
            for row in await self._overview(actor_of(request).organisation)
        ]


def _document(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "notification": {"id": one.channel_id, "name": one.channel, "type": one.service},
        "monitor": None if one.monitor_id is None else {"id": one.monitor_id, "name": one.monitor},
        "status": one.status,
        "text": one.text,
        "outcome": WORDS[one.outcome],
        "attempts": one.attempts,
        "created_at": iso(one.created),
        "ended_at": iso(one.ended),
        "next_attempt_at": iso(one.due) if one.outcome is Outcome.WAITING else None,
        "error": one.error,
        "answer": one.answer,
    }
