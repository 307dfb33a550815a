"""What was told to whom: a part of the outbox for people, and sending again.

Messages stay for a month, and no more than `store.SENT_KEPT` and `store.DEAD_KEPT` of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor, Right, require
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.notifications import history_store
from kuma_lite.notifications.model import ChannelsChanged, Delivery, Outcome, Reach, Wanted

if TYPE_CHECKING:
    from kuma_lite.core.transactions import Transactions

MAX_COUNT: Final = 200
USUAL_COUNT: Final = 50
OUTCOMES: Final = {"waiting": Outcome.WAITING, "delivered": Outcome.DELIVERED, "given_up": Outcome.GIVEN_UP}
WORDS: Final = {outcome: word for word, outcome in OUTCOMES.items()}
NOT_THERE: Final = "There is no such delivery, or its notification is switched off."


class History:
    """The deliveries of every organisation."""

    def __init__(self, database: Transactions, clock: Clock, bus: Bus, wake: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._wake = wake

    async def page(self, actor: Actor, wanted: Wanted, offset: int, count: int) -> tuple[list[Delivery], int]:
        """Some deliveries, the newest first, and how many there are."""
        require(actor, Right.NOTIFICATIONS_VIEW)
        reach = _reach(actor)
        return await self._database.read(
            lambda found: history_store.page(found, reach, wanted, offset, min(count, MAX_COUNT))
        )

    async def again(self, actor: Actor, key: object) -> None:
        """Send the message of a delivery that ended once more. Raises UserError."""
        require(actor, Right.NOTIFICATIONS_EDIT)
        number, now = _number(key), to_ms(self._clock.now())
        if not await self._database.write(
            lambda found: history_store.again(found, number, _reach(actor), now)
        ):
            raise UserError(NOT_THERE, status=404)
        self._bus.publish(ChannelsChanged(actor.organisation))
        self._wake()

    async def remove(self, actor: Actor, key: object) -> None:
        """Forget a delivery that ended. Raises UserError."""
        require(actor, Right.NOTIFICATIONS_EDIT)
        number = _number(key)
        if not await self._database.write(lambda found: history_store.remove(found, number, _reach(actor))):
            raise UserError(NOT_THERE, status=404)
        self._bus.publish(ChannelsChanged(actor.organisation))


def wanted_of(wishes: Any) -> Wanted:
    """What a client wants to see: `{monitor?, notification?, service?, outcome?}`. Raises UserError."""
    found = wishes if isinstance(wishes, dict) else {}
    outcome = found.get("outcome")
    if outcome is not None and outcome not in OUTCOMES:
        raise UserError("The outcome is one of: {choices}.", choices=", ".join(OUTCOMES))
    service = found.get("service")
    return Wanted(
        monitor=_optional(found, "monitor"),
        channel=_optional(found, "notification"),
        service=None if service is None else str(service),
        outcome=None if outcome is None else OUTCOMES[outcome],
    )


def _reach(actor: Actor) -> Reach:
    return Reach(actor.organisation, monitors=Right.MONITORS_VIEW in actor.rights)


def _optional(wishes: dict[str, Any], name: str) -> int | None:
    value = wishes.get(name)
    if value is None:
        return None
    number = wire_values.identifier(value)
    if number is None:
        raise UserError("{name} must be the number of one.", name=name)
    return number


def _number(key: object) -> int:
    number = wire_values.identifier(key)
    if number is None:
        raise UserError(NOT_THERE, status=404)
    return number
