"""What the API has for monitors beside their fields and their past: pushing, and many at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from kuma_lite.core.access import Right
from kuma_lite.core.clock import Clock
from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import MAX_PING_MS
from kuma_lite.monitors.doors.api import ONE, TAG, monitor_in
from kuma_lite.monitors.doors.bulk_changes import ACTIONS, BulkChanges
from kuma_lite.monitors.doors.push_route import since_last
from kuma_lite.monitors.doors.pushes import MonitorPushes
from kuma_lite.monitors.engine.outcome import Outcome
from kuma_lite.monitors.service import Monitors
from kuma_lite.rest.problems import Problem, problem_body
from kuma_lite.rest.requests import AnyRequest, actor_of
from kuma_lite.rest.route import NO_CONTENT, POST, Route
from kuma_lite.rest.shapes import named, nullable, one_of, optional

MAX_MESSAGE_CHARS: Final = 10_000
_PUSHED: Final = {"up": Status.UP, "down": Status.DOWN}
PUSH: Final = named(
    "Push",
    {
        "status": optional(one_of(*_PUSHED)),
        "message": optional("1,204 rows copied"),
        "ping": optional(nullable(41.2)),
    },
)
BULK: Final = named(
    "BulkChange",
    {
        "monitors": [1, 2],
        "action": one_of(*ACTIONS),
        "children": optional(False, shown=False),
        "group": optional(nullable(7), shown=False),
        "seconds": optional(60, shown=False),
        "notification": optional(1, shown=False),
        "on": optional(True, shown=False),
    },
)


class MonitorDeeds:
    """The routes.

    Args:
        monitors: all of them.
        pushes: who tells compatible clients.
        clock: the time.
    """

    def __init__(self, monitors: Monitors, pushes: MonitorPushes, clock: Clock) -> None:
        self._monitors = monitors
        self._changes = BulkChanges(monitors)
        self._pushes = pushes
        self._clock = clock

    def routes(self) -> Iterator[Route]:
        """All of them."""
        route = partial(Route, method=POST, tag=TAG, people=True, problems=True)
        yield route(
            name="monitor_push",
            path=f"{ONE}/push",
            needs=Right.MONITORS_PUSH,
            handler=self.push,
            request=PUSH,
            status=NO_CONTENT,
        )
        yield route(
            name="monitors_bulk",
            path="/api/v1/monitors/bulk",
            needs=Right.MONITORS_EDIT,
            handler=self.bulk,
            request=BULK,
            response={"changed": [1, 2], "removed": [3]},
        )

    async def push(self, request: AnyRequest) -> None:
        """Tell how a push monitor is: its `status`, `up` if not given, a `message`, a `ping` in ms."""
        monitor = monitor_in(self._monitors, request, Right.MONITORS_PUSH)
        body = await problem_body(request)
        if monitor.type != "push":
            raise Problem(422, "Only a monitor of the type push can be pushed.")
        if not monitor.active:
            raise Problem(422, "The monitor is paused.")
        status, message, ping = _pushed(body)
        now = self._clock.now()
        duration = since_last(self._monitors.engine, monitor.id, now)
        down = status is Status.DOWN
        await self._monitors.engine.pushed(Outcome(monitor.id, now, status, down, message, ping, duration))

    async def bulk(self, request: AnyRequest) -> dict[str, Any]:
        """Change many monitors at once, all of them or none.

        `action` says how: `pause`, `resume`, `delete` (with `children`), `move` (into `group`, null for the
        top), `interval` (`seconds`), `notification` (its number, `on` or off).
        """
        actor, body = actor_of(request), await problem_body(request)
        try:
            done = await self._changes.apply(actor, body.get("monitors"), body)
        except UserError as error:
            raise Problem(error.status if error.status == 403 else 422, error.message) from None
        await self._pushes.push_monitors(actor.organisation, done.changed)
        await self._pushes.push_all_removed(actor.organisation, done.removed)
        return {"changed": done.changed, "removed": done.removed}


def _pushed(body: Mapping[str, Any]) -> tuple[Status, str, float | None]:
    """What a body says. Raises Problem."""
    status, message, ping = body.get("status", "up"), body.get("message", "OK"), body.get("ping")
    if not isinstance(status, str) or status not in _PUSHED:
        raise Problem(422, "The status is up or down.", ("status", "neither up nor down"))
    if not isinstance(message, str) or len(message) > MAX_MESSAGE_CHARS:
        raise Problem(422, f"The message has at most {MAX_MESSAGE_CHARS} characters.", ("message", "no text"))
    if ping is not None:
        number = isinstance(ping, int | float) and not isinstance(ping, bool) and math.isfinite(ping)
        if not number or not 0 <= ping <= MAX_PING_MS:
            raise Problem(422, f"The ping is between 0 and {MAX_PING_MS} ms.", ("ping", "out of range"))
    return _PUSHED[status], message or "OK", float(ping) if ping else None
