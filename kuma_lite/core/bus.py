"""How features tell each other what happened, without knowing each other.

An event is a frozen dataclass; who cares subscribes to its class. Publishing calls the subscribers at once,
in the order of their subscription, on the event loop. A subscriber that fails is logged and does not
disturb the others: what was recorded stays recorded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

log = logging.getLogger(__name__)

E = TypeVar("E")


class Bus:
    """A typed, synchronous publish/subscribe hub of one process."""

    def __init__(self) -> None:
        self._subscribers: dict[type[Any], tuple[Callable[[Any], None], ...]] = {}

    def subscribe(self, event: type[E], subscriber: Callable[[E], None]) -> Callable[[], None]:
        """Call `subscriber` for each published `event`; returns the function that ends it."""
        self._subscribers[event] = (*self._subscribers.get(event, ()), subscriber)

        def unsubscribe() -> None:
            left = list(self._subscribers[event])
            if subscriber in left:
                left.remove(subscriber)
                self._subscribers[event] = tuple(left)

        return unsubscribe

    def publish(self, event: object) -> None:
        """Tell everybody who subscribed to the class of `event`."""
        for subscriber in self._subscribers.get(type(event), ()):
            try:
                subscriber(event)
            except Exception:
                log.exception("A subscriber of %s failed", type(event).__name__)
