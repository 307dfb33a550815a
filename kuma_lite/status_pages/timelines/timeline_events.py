"""What our own page asks about incidents as timelines (namespace `/page`; docs/page-protocol.md)."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.access import Right, may
from kuma_lite.core.doors import PAGE, Answer, Caller, Event, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.incidents import NO_PAGE
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.timelines.timelines import Timelines


class TimelineEvents:
    """Incidents with their timelines; the events of Uptime Kuma change the same incidents."""

    def __init__(self, pages: Pages, timelines: Timelines) -> None:
        self._pages = pages
        self._timelines = timelines

    def events(self) -> list[Event]:
        """The page's questions and orders."""
        return [
            _event("incidentTimelines", self.listed, 1, Right.STATUS_PAGES_VIEW),
            _event("beginIncident", self.begin, 2),
            _event("addIncidentUpdate", self.go_on, 3),
            _event("editIncidentUpdate", self.reword, 4),
            _event("deleteIncidentUpdate", self.take_back, 3),
            _event("setIncidentMonitors", self.affect, 3),
        ]

    async def listed(self, caller: Caller, slug: Any) -> Answer:
        """The newest incidents of a page, what is over included."""
        page = self._pages.named(slug)
        if page is None or not may(actor_of(caller), Right.STATUS_PAGES_VIEW, page):
            raise UserError(NO_PAGE)
        return {"ok": True, "incidents": await self._timelines.listed(page)}

    async def begin(self, caller: Caller, slug: Any, payload: Any) -> Answer:
        """A new incident."""
        return {"ok": True, "incident": await self._timelines.begin(actor_of(caller), slug, payload)}

    async def go_on(self, caller: Caller, slug: Any, incident_id: Any, payload: Any) -> Answer:
        """What is new about one."""
        incident = await self._timelines.go_on(actor_of(caller), slug, incident_id, payload)
        return {"ok": True, "incident": incident}

    async def reword(
        self, caller: Caller, slug: Any, incident_id: Any, update_id: Any, payload: Any
    ) -> Answer:
        """An entry that was not right."""
        actor = actor_of(caller)
        return {
            "ok": True,
            "incident": await self._timelines.reword(actor, slug, incident_id, update_id, payload),
        }

    async def take_back(self, caller: Caller, slug: Any, incident_id: Any, update_id: Any) -> Answer:
        """An entry that should not be there."""
        incident = await self._timelines.take_back(actor_of(caller), slug, incident_id, update_id)
        return {"ok": True, "incident": incident}

    async def affect(self, caller: Caller, slug: Any, incident_id: Any, monitors: Any) -> Answer:
        """Which monitors one affects."""
        incident = await self._timelines.affect(actor_of(caller), slug, incident_id, monitors)
        return {"ok": True, "incident": incident}


def _event(name: str, handler: Any, arguments: int, needs: Right = Right.STATUS_PAGES_EDIT) -> Event:
    return Event(name, handler, arguments, namespaces=(PAGE,), needs=needs)
