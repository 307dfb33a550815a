"""Incidents as timelines: what is known step by step, until it is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages import store, timeline_store
from kuma_lite.status_pages.incidents import Incidents, content_of, object_of, title_of
from kuma_lite.status_pages.model import (
    Document,
    Incident,
    IncidentHappened,
    IncidentState,
    Page,
    Update,
)
from kuma_lite.status_pages.rules import incident_style

NO_STATE: Final = "The state must be investigating, identified, monitoring or resolved."
NO_UPDATE: Final = "The update does not exist."
MAX_LISTED: Final = 200  # incidents, the newest
MAX_UPDATES: Final = 200  # of one incident
NOT_ON_PAGE: Final = "An incident can only be about monitors on its page."
TOO_MANY: Final = "An incident has at most {most} updates."


class Timelines:
    """The steps of all incidents.

    Args:
        database: where they are kept.
        incidents: whose they are.
        clock: for their dates.
        outdated: called when something visible has changed.
    """

    def __init__(
        self, database: Transactions, incidents: Incidents, clock: Clock, outdated: Callable[[], None]
    ) -> None:
        self._database = database
        self._incidents = incidents
        self._clock = clock
        self._outdated = outdated

    async def listed(self, page: Page) -> list[Document]:
        """The newest incidents of a page with their timelines, newest first."""

        def read(db: Connection) -> list[Document]:
            found, _total = store.incident_page(db, page.id, None, MAX_LISTED)
            updates = timeline_store.updates_of(db, [incident.id for incident in found])
            about = timeline_store.monitors_of(db, [incident.id for incident in found])
            return [
                document(incident, updates.get(incident.id, ()), about.get(incident.id, ()))
                for incident in found
            ]

        return await self._database.read(read)

    async def begin(self, actor: Actor, slug: Any, payload: Any) -> Document:
        """A new incident with the first entry of its timeline. Raises UserError."""
        page = self._incidents.page(actor, slug)
        payload = object_of(payload)
        title = title_of(payload)
        content, state = content_of(payload), _state(payload.get("state") or IncidentState.INVESTIGATING)
        now, over = int(self._clock.now()), state is IncidentState.RESOLVED
        style, about = incident_style(payload.get("style")), self._monitors(page, payload) or ()
        fresh = Incident(0, page.id, title, content, style, now, None, pin=not over, active=not over)

        def write(db: Connection) -> Document:
            incident = store.insert_incident(db, fresh)
            timeline_store.put_monitors(db, incident.id, about)
            update = timeline_store.insert_update(db, incident.id, state, "", now)
            self._incidents.told(db, IncidentHappened(None, incident, update, about))
            return document(incident, [update], about)

        return await self._changed(write)

    async def go_on(self, actor: Actor, slug: Any, incident_id: Any, payload: Any) -> Document:
        """Another entry; `resolved` takes the incident off the page, any other puts it there.

        Raises:
            UserError: there is no such incident, or something is missing.
        """
        page = self._incidents.page(actor, slug)
        incident = await self._incidents.existing(page, incident_id)
        payload = object_of(payload)
        content, state = content_of(payload), _state(payload.get("state"))
        now, over, about = (
            int(self._clock.now()),
            state is IncidentState.RESOLVED,
            self._monitors(page, payload),
        )
        changed = replace(incident, pin=not over, active=not over, updated=now)

        def write(db: Connection) -> Document:
            known = timeline_store.updates_of(db, [incident.id]).get(incident.id, [])
            if len(known) >= MAX_UPDATES:
                raise UserError(TOO_MANY, most=MAX_UPDATES)
            added = timeline_store.insert_update(db, incident.id, state, content, now)
            store.update_incident(db, changed)
            if about is not None:
                timeline_store.put_monitors(db, incident.id, about)
            concerned = timeline_store.monitors_of(db, [incident.id]).get(incident.id, ())
            self._incidents.told(db, IncidentHappened(incident, changed, added, tuple(concerned)))
            return document(changed, [*known, added], concerned)

        return await self._changed(write)

    async def take_back(self, actor: Actor, slug: Any, incident_id: Any, update_id: Any) -> Document:
        """Remove an entry; the incident stays as it is. Raises UserError."""
        page = self._incidents.page(actor, slug)
        incident = await self._incidents.existing(page, incident_id)
        number = wire_values.identifier(update_id)

        def write(db: Connection) -> Document:
            if number is None or not timeline_store.delete_update(db, incident.id, number):
                raise UserError(NO_UPDATE, status=404)
            left = timeline_store.updates_of(db, [incident.id]).get(incident.id, [])
            about = timeline_store.monitors_of(db, [incident.id]).get(incident.id, ())
            return document(incident, left, about)

        return await self._changed(write)

    def _monitors(self, page: Page, payload: Mapping[str, Any]) -> tuple[int, ...] | None:
        """What an incident is about, of what is on the page; None: nothing was said. Raises UserError."""
        said = payload.get("monitors")
        if said is None:
            return None
        numbers = [wire_values.whole(each) for each in said] if isinstance(said, list) else [None]
        on_page = set(self._incidents.monitors_on(page))
        if not all(number in on_page for number in numbers):
            raise UserError(NOT_ON_PAGE)
        return tuple(dict.fromkeys(number for number in numbers if number is not None))

    async def _changed(self, write: Callable[[Connection], Document]) -> Document:
        written = await self._database.write(write)
        self._outdated()
        return written


def document(incident: Incident, updates: Sequence[Update], monitors: Sequence[int] = ()) -> Document:
    """An incident with its timeline; the state is that of the latest entry, null without any.

    `monitors`: what it is about; none: the page as a whole.
    """
    return {
        **incident.as_wire(),
        "state": updates[-1].state.value if updates else None,
        "updates": [update.as_wire() for update in updates],
        "monitors": list(monitors),
    }


def _state(value: Any) -> IncidentState:
    try:
        return IncidentState(value)
    except ValueError:
        raise UserError(NO_STATE) from None
