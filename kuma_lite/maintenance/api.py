"""What the API has for maintenance plans beside their fields: beginning now, and ending now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from kuma_lite.core.access import Right
from kuma_lite.core.clock import Clock
from kuma_lite.core.resources import Resource
from kuma_lite.core.wire_values import whole
from kuma_lite.maintenance.document import plan_from_now
from kuma_lite.maintenance.plans import Entry, Plans
from kuma_lite.maintenance.resource import MONITORS
from kuma_lite.rest.problems import Problem
from kuma_lite.rest.requests import AnyRequest, actor_of, json_object
from kuma_lite.rest.route import CREATED, POST, Route, key_in, mounted
from kuma_lite.rest.shapes import MOMENT, named, nullable, one_of

_PATH: Final = "/api/v1/maintenance"
_STATUS: Final = one_of("inactive", "scheduled", "under-maintenance", "ended", "unknown")
_STATE: Final = {"status": _STATUS, "begins_at": nullable(MOMENT), "ends_at": nullable(MOMENT)}
_SHOWN: Final = named(
    "RunningMaintenance", {"id": 1, "title": "New router", "monitors": [1], "state": _STATE}
)
_START: Final = {"title": "New router", "minutes": nullable(60), "monitors": [1]}


class MaintenanceApi:
    """The routes; `changed` is told whose plans are others now."""

    def __init__(
        self,
        plans: Plans,
        resource: Resource[Entry],
        state: Callable[[Entry], Mapping[str, Any]],
        changed: Callable[[int], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._plans = plans
        self._resource = resource
        self._state = state
        self._changed = changed
        self._clock = clock

    def mounted(self) -> Sequence[Any]:
        """All of them, as `Doors.routes` has them."""
        return mounted(self.routes())

    def routes(self) -> Iterator[Route]:
        """All of them."""
        route = partial(
            Route,
            method=POST,
            tag="Maintenance",
            needs=Right.MAINTENANCE_EDIT,
            people=True,
            problems=True,
            response=_SHOWN,
        )
        yield route(
            name="maintenance_start",
            path=f"{_PATH}/start",
            handler=self.start,
            request=_START,
            status=CREATED,
        )
        yield route(name="maintenance_end", path=f"{_PATH}/{{key:str}}/end", handler=self.end)

    async def start(self, request: AnyRequest) -> dict[str, Any]:
        """Begin maintenance now, for some minutes, or with null until it is ended."""
        body = await json_object(request)
        monitors = body.get(MONITORS)
        ids = [whole(one) for one in monitors] if isinstance(monitors, list) else [None]
        if not ids or None in ids:
            raise Problem(422, "monitors must be numbers of monitors.", (MONITORS, "no numbers"))
        plan = plan_from_now(body.get("title"), body.get("minutes"), self._clock.now())
        return await self._shown(await self._resource.create(actor_of(request), {**plan, MONITORS: ids}))

    async def end(self, request: AnyRequest) -> dict[str, Any]:
        """End what is under maintenance now; what repeats goes on with its next window."""
        actor, key = actor_of(request), key_in(request)
        entry = await self._resource.get(actor, key, Right.MAINTENANCE_EDIT)
        await self._plans.end(actor, entry.id)
        return await self._shown(entry)

    async def _shown(self, entry: Entry) -> dict[str, Any]:
        await self._changed(entry.organisation)
        return {
            "id": entry.id,
            "title": entry.plan.title,
            "monitors": list(self._plans.monitors_of(entry)),
            "state": self._state(entry),
        }
