"""The line across the page: what is wrong with this program, at log-in and when it changes."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from kuma_lite.core.access import FIRST_ORGANISATION, Audience, Right
from kuma_lite.core.bus import Bus
from kuma_lite.core.doors import PAGE, Caller, Doors, Push, actor_of
from kuma_lite.health.model import ProblemsChanged
from kuma_lite.health.service import OwnHealth

EVENT: Final = "problems"
# There is one organisation; of several it is the one that runs the program, whose monitors are named here.
VIEWERS: Final = Audience(FIRST_ORGANISATION, Right.MONITORS_VIEW)


class HealthPage:
    """Pushes what is wrong."""

    def __init__(
        self,
        health: OwnHealth,
        push: Push,
        bus: Bus,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._health = health
        self._push = push
        self._spawn = spawn
        bus.subscribe(ProblemsChanged, self._on_change)

    def doors(self) -> Doors:
        """What is sent at log-in."""
        return Doors(on_login=self.send, namespace=PAGE, needs=VIEWERS.right)

    async def send(self, caller: Caller) -> None:
        """Also when nothing is wrong: a page that was connected before may show something."""
        if actor_of(caller).organisation == VIEWERS.organisation:
            await caller.emit(EVENT, self._message())

    def _on_change(self, event: ProblemsChanged) -> None:
        del event
        if self._push.has_listeners(VIEWERS, PAGE):
            self._spawn(self._push.to_audience(VIEWERS, EVENT, self._message(), namespace=PAGE))

    def _message(self) -> dict[str, Any]:
        return {"problems": self._health.shown()}
