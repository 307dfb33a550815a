"""Incidents: posting, editing, resolving, and paging through what was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages import store
from kuma_lite.status_pages.model import Document, Incident, IncidentHappened, Page
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.rules import INCIDENTS_PER_PAGE, cut_page, incident_style, read_cursor
from kuma_lite.status_pages.timelines import affected_store, timeline_store

NO_PAGE: Final = "slug is not found"
NO_INCIDENT: Final = "Incident not found or access denied"
NO_TITLE: Final = "Please input title"
NO_CONTENT: Final = "Please input content"


class Incidents:
    """The incidents of all pages.

    Args:
        database: where they are kept.
        pages: whose they are.
        clock: for their dates.
        outdated: called when something visible has changed.
    """

    def __init__(
        self, database: Transactions, pages: Pages, clock: Clock, outdated: Callable[[], None]
    ) -> None:
        self._database = database
        self._pages = pages
        self._clock = clock
        self._outdated = outdated
        # Told in the transaction of every change; what it has stored is on disk when the change is.
        self.told: Callable[[Connection, IncidentHappened], None] = _nobody_to_tell

    async def shown(self, page: Page) -> list[Incident]:
        """What visitors see at the top of a page, newest first."""
        return await self._database.read(lambda db: store.shown_incidents(db, page.id))

    async def history(self, page: Page, cursor: Any) -> Document:
        """One page of all incidents, newest first. Raises UserError for a cursor that is none."""
        after = read_cursor(cursor)
        found, total = await self._database.read(
            lambda db: store.incident_page(db, page.id, after, INCIDENTS_PER_PAGE + 1)
        )
        shown, following = cut_page(found)
        return {
            "incidents": [incident.as_wire() for incident in shown],
            "total": total,
            "nextCursor": following.text if following else None,
            "hasMore": following is not None,
        }

    async def post(self, actor: Actor, slug: Any, payload: Any) -> Incident:
        """A new incident at the top of a page; with the id of one of its incidents, that one again."""
        page, payload = self.page(actor, slug), object_of(payload)
        title, content = wire_values.text(payload.get("title")), wire_values.text(payload.get("content"))
        if title is None:
            raise UserError(NO_TITLE)
        if content is None:
            raise UserError(NO_CONTENT)
        style, now = incident_style(payload.get("style")), int(self._clock.now())
        known = await self._find(page, payload["id"]) if payload.get("id") else None
        if known is None:
            fresh = Incident(0, page.id, title, content, style, now, None)
            posted = await self._database.write(lambda db: self._insert(db, fresh))
            self._outdated()
            return posted
        return await self._update(
            known, replace(known, title=title, content=content, style=style, pin=True, active=True)
        )

    def _insert(self, db: Connection, fresh: Incident) -> Incident:
        posted = store.insert_incident(db, fresh)
        self.told(db, IncidentHappened(None, posted))
        return posted

    async def edit(self, actor: Actor, slug: Any, incident_id: Any, payload: Any) -> Incident:
        """Other words for an incident."""
        page = self.page(actor, slug)
        incident = await self.existing(page, incident_id)
        payload = object_of(payload)
        title, content = title_of(payload), content_of(payload)
        pin, style = payload.get("pin") is not False, incident_style(payload.get("style"))
        changed = replace(incident, title=title, content=content, style=style, pin=pin)
        return await self._update(incident, changed)

    async def resolve(self, actor: Actor, slug: Any, incident_id: Any) -> Incident:
        """It is over: off the page, into the history."""
        incident = await self.existing(self.page(actor, slug), incident_id)
        return await self._update(incident, replace(incident, pin=False, active=False))

    async def delete(self, actor: Actor, slug: Any, incident_id: Any) -> None:
        """Remove it, from the history as well."""
        incident = await self.existing(self.page(actor, slug), incident_id)
        await self._database.write(lambda db: store.delete_incident(db, incident.id))
        self._outdated()

    async def unpin(self, actor: Actor, slug: Any) -> None:
        """Take all incidents off a page; nothing happens to a page there is not."""
        page = self._pages.editable(actor, slug)
        if page is not None:
            await self._database.write(lambda db: store.unpin_incidents(db, page.id))
            self._outdated()

    async def _update(self, before: Incident, incident: Incident) -> Incident:
        now = int(self._clock.now())
        updated = replace(incident, updated=now)

        def write(db: Connection) -> None:
            store.update_incident(db, updated)
            timeline_store.follow(db, updated, now)
            about = affected_store.affected_by(db, [updated.id]).get(updated.id, ())
            self.told(db, IncidentHappened(before, updated, monitors=tuple(about)))

        await self._database.write(write)
        self._outdated()
        return updated

    def page(self, actor: Actor, slug: Any) -> Page:
        """The page at an address. Raises UserError when there is none that the actor may edit."""
        page = self._pages.editable(actor, slug)
        if page is None:
            raise UserError(NO_PAGE)
        return page

    async def _find(self, page: Page, incident_id: Any) -> Incident | None:
        number = wire_values.identifier(incident_id)
        if number is None:
            return None
        return await self._database.read(lambda db: store.find_incident(db, page.id, number))

    async def existing(self, page: Page, incident_id: Any) -> Incident:
        """An incident of a page. Raises UserError."""
        incident = await self._find(page, incident_id)
        if incident is None:
            raise UserError(NO_INCIDENT)
        return incident


def _nobody_to_tell(_db: Connection, _happened: IncidentHappened) -> None:
    return None


def object_of(payload: Any) -> Mapping[str, Any]:
    """What a client sent of an incident. Raises UserError."""
    if not isinstance(payload, Mapping):
        raise UserError("The incident must be an object.")
    return payload


def title_of(payload: Mapping[str, Any]) -> str:
    """Its title, which must not be empty. Raises UserError."""
    return _filled(payload, "title", NO_TITLE)


def content_of(payload: Mapping[str, Any]) -> str:
    """Its text, which must not be empty. Raises UserError."""
    return _filled(payload, "content", NO_CONTENT)


def _filled(payload: Mapping[str, Any], key: str, refusal: str) -> str:
    text = wire_values.text(payload.get(key))
    if text is None or not text.strip():
        raise UserError(refusal)
    return text
