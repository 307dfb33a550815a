"""The routes about the incidents of status pages: what was, what is, and what is new about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.clock import parse_wire_time
from kuma_lite.core.iso_time import iso
from kuma_lite.rest.requests import AnyRequest, json_object
from kuma_lite.rest.route import CREATED, DELETE, GET, POST, Route, key_in
from kuma_lite.rest.shapes import MOMENT, named, nullable, one_of
from kuma_lite.status_pages.model import Document, IncidentState
from kuma_lite.status_pages.page_api import PageApi
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.timelines.timelines import Timelines

_TAG: Final = "Status pages"
_INCIDENTS: Final = "/api/v1/status_pages/{key:str}/incidents"
_INCIDENT: Final = f"{_INCIDENTS}/{{incident:str}}"
_STATES: Final = tuple(state.value for state in IncidentState)

_UPDATE: Final = named(
    "PageIncidentUpdate",
    {"id": 12, "state": one_of(*_STATES), "content": "We found the cause.", "created_at": MOMENT},
)
_PAGE_INCIDENT: Final = named(
    "PageIncident",
    {
        "id": 3,
        "title": "Slow checkout",
        "content": "Some orders take **minutes**.",
        "style": one_of("info", "warning", "danger", "primary", "light", "dark"),
        "pinned": True,
        "active": True,
        "state": nullable(one_of(*_STATES)),
        "created_at": MOMENT,
        "updated_at": nullable(MOMENT),
        "updates": [_UPDATE],
        "monitors": [7],
    },
)
_NEW: Final = {
    "title": "Slow checkout",
    "content": "Some orders take minutes.",
    "state": "investigating",
    "monitors": [7],
}
_STEP: Final = {"state": "identified", "content": "We found the cause."}


class IncidentApi(PageApi):
    """Incidents of status pages. Pages belong to the first project, as what they show does.

    Args:
        pages: which there are.
        timelines: their incidents.
        is_root: whether a caller asks in the first project.
    """

    def __init__(self, pages: Pages, timelines: Timelines, is_root: Callable[[Actor], bool]) -> None:
        super().__init__(pages, is_root)
        self._timelines = timelines

    def routes(self) -> Iterator[Route]:
        """The routes."""
        yield Route(
            name="list_page_incidents",
            method=GET,
            path=_INCIDENTS,
            needs=Right.STATUS_PAGES_VIEW,
            handler=self.list,
            tag=_TAG,
            response={"incidents": [_PAGE_INCIDENT]},
        )
        change = partial(
            Route, needs=Right.STATUS_PAGES_EDIT, tag=_TAG, response={"incident": _PAGE_INCIDENT}
        )
        yield change(
            name="post_page_incident",
            method=POST,
            path=_INCIDENTS,
            handler=self.begin,
            status=CREATED,
            request=_NEW,
        )
        yield change(
            name="update_page_incident",
            method=POST,
            path=f"{_INCIDENT}/updates",
            handler=self.go_on,
            status=CREATED,
            request=_STEP,
        )
        yield change(
            name="delete_page_incident_update",
            method=DELETE,
            path=f"{_INCIDENT}/updates/{{update:str}}",
            handler=self.take_back,
        )

    async def list(self, request: AnyRequest) -> Document:
        """List the newest incidents of a status page, with their timelines; `key` is its slug."""
        return {"incidents": [_shown(each) for each in await self._timelines.listed(self.viewed(request))]}

    async def begin(self, request: AnyRequest) -> Document:
        """Post an incident on a status page."""
        actor, page = self.edited(request)
        return {"incident": _shown(await self._timelines.begin(actor, page.slug, await json_object(request)))}

    async def go_on(self, request: AnyRequest) -> Document:
        """Say what is new about an incident; `resolved` takes it off the page."""
        actor, page = self.edited(request)
        body, number = await json_object(request), key_in(request, "incident")
        return {"incident": _shown(await self._timelines.go_on(actor, page.slug, number, body))}

    async def take_back(self, request: AnyRequest) -> Document:
        """Remove an update of an incident."""
        actor, page = self.edited(request)
        incident, update = key_in(request, "incident"), key_in(request, "update")
        return {"incident": _shown(await self._timelines.take_back(actor, page.slug, incident, update))}


def _shown(incident: Document) -> Document:
    return {
        "id": incident["id"],
        "title": incident["title"],
        "content": incident["content"],
        "style": incident["style"],
        "pinned": incident["pin"],
        "active": incident["active"],
        "state": incident["state"],
        "created_at": _moment(incident["createdDate"]),
        "updated_at": _moment(incident["lastUpdatedDate"]),
        "monitors": incident["monitors"],
        "updates": [
            {
                "id": update["id"],
                "state": update["state"],
                "content": update["content"],
                "created_at": _moment(update["createdDate"]),
            }
            for update in incident["updates"]
        ],
    }


def _moment(written: str | None) -> str | None:
    return None if written is None else iso(parse_wire_time(written))
