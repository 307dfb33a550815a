"""Incidents as timelines: what is known step by step, until it is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.clock import MILLISECONDS, Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages import store
from kuma_lite.status_pages.components import component_store
from kuma_lite.status_pages.incidents import Incidents, content_of, object_of, title_of
from kuma_lite.status_pages.model import (
    Document,
    Incident,
    IncidentHappened,
    IncidentState,
    Page,
    Update,
)
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.rules import incident_style
from kuma_lite.status_pages.timelines import affected_store, timeline_store

NO_STATE: Final = "The state must be investigating, identified, monitoring or resolved."
NO_UPDATE: Final = "The update does not exist."
MAX_LISTED: Final = 200  # incidents, the newest
MAX_UPDATES: Final = 200  # of one incident
TOO_MANY: Final = "An incident has at most {most} updates."
NO_TIME: Final = "The time must be a number of milliseconds since 1970, and not in the future."
NOT_ON_PAGE: Final = "What is affected must be monitors of the status page."
SLACK_S: Final = 60  # seconds that the clock of a browser may be ahead


class Timelines:
    """The steps of all incidents.

    Args:
        database: where they are kept.
        pages: what is on them.
        incidents: whose they are.
        clock: for their dates.
        outdated: called when something visible has changed.
    """

    def __init__(
        self,
        database: Transactions,
        pages: Pages,
        incidents: Incidents,
        clock: Clock,
        outdated: Callable[[], None],
    ) -> None:
        self._database = database
        self._pages = pages
        self._incidents = incidents
        self._clock = clock
        self._outdated = outdated

    async def listed(self, page: Page) -> list[Document]:
        """The newest incidents of a page with their timelines, newest first."""

        def read(db: Connection) -> list[Document]:
            found, _total = store.incident_page(db, page.id, None, MAX_LISTED)
            numbers = [incident.id for incident in found]
            updates = timeline_store.updates_of(db, numbers)
            affected = affected_store.affected_by(db, numbers)
            return [
                document(incident, updates.get(incident.id, ()), affected.get(incident.id, ()))
                for incident in found
            ]

        return await self._database.read(read)

    async def begin(self, actor: Actor, slug: Any, payload: Any) -> Document:
        """A new incident with the first entry of its timeline, and with the monitors that it affects.

        Raises:
            UserError: something is missing or does not fit.
        """
        page = self._incidents.page(actor, slug)
        payload = object_of(payload)
        title = title_of(payload)
        content, state = content_of(payload), _state(payload.get("state") or IncidentState.INVESTIGATING)
        return await self._begin(
            page, title, content, incident_style(payload.get("style")), state,
            at=self._time(payload), affected=self._affected(page, payload.get("monitors") or []),
        )  # fmt: skip

    async def begin_itself(
        self, page: Page, title: str, content: str, service: str, affected: Sequence[int]
    ) -> Document:
        """An incident that an outage begins; `service` is what is down (see `auto_incidents`)."""
        state = IncidentState.INVESTIGATING
        return await self._begin(
            page,
            title,
            content,
            "danger",
            state,
            at=int(self._clock.now()),
            affected=affected,
            service=service,
        )

    async def end_itself(self, page: Page, incident_id: int, content: str, service: str) -> None:
        """The outage is over; an incident that somebody has resolved before stays as it is."""
        now = int(self._clock.now())

        def write(db: Connection) -> Document:
            component_store.forget_auto_incident(db, page.id, service)
            incident = store.find_incident(db, page.id, incident_id)
            if incident is None or not incident.active:
                return {}
            over = replace(incident, pin=False, active=False, updated=now)
            last = timeline_store.insert_update(db, incident.id, IncidentState.RESOLVED, content, now)
            store.update_incident(db, over)
            self._tell(db, incident, over, last)
            return _stored(db, over)

        await self._changed(write)

    async def _begin(
        self,
        page: Page,
        title: str,
        content: str,
        style: str,
        state: IncidentState,
        *,
        at: int,
        affected: Sequence[int] = (),
        service: str | None = None,
    ) -> Document:
        over = state is IncidentState.RESOLVED
        fresh = Incident(0, page.id, title, content, style, at, None, pin=not over, active=not over)

        def write(db: Connection) -> Document:
            incident = store.insert_incident(db, fresh)
            affected_store.put(db, incident.id, affected)
            if service is not None:
                component_store.note_auto_incident(db, page.id, service, incident.id)
            first = timeline_store.insert_update(db, incident.id, state, "", at)
            self._incidents.told(db, IncidentHappened(None, incident, first, tuple(affected)))
            return document(incident, [first], affected)

        return await self._changed(write)

    async def go_on(self, actor: Actor, slug: Any, incident_id: Any, payload: Any) -> Document:
        """Another entry; `resolved` takes the incident off the page, any other puts it there.

        Raises:
            UserError: there is no such incident, or something is missing.
        """
        incident = await self._found(actor, slug, incident_id)
        payload = object_of(payload)
        content, state, at = content_of(payload), _state(payload.get("state")), self._time(payload)

        def write(db: Connection) -> Document:
            known = timeline_store.updates_of(db, [incident.id]).get(incident.id, [])
            if len(known) >= MAX_UPDATES:
                raise UserError(TOO_MANY, most=MAX_UPDATES)
            added = timeline_store.insert_update(db, incident.id, state, content, at)
            after = _follow(db, incident)
            self._tell(db, incident, after, added)
            return _stored(db, after)

        return await self._changed(write)

    async def reword(
        self, actor: Actor, slug: Any, incident_id: Any, update_id: Any, payload: Any
    ) -> Document:
        """An entry with another text, state or time; what is left out stays, and the incident follows.

        The text of an entry that says what its incident says is that of the incident.

        Raises:
            UserError: there is no such entry, or something does not fit.
        """
        incident = await self._found(actor, slug, incident_id)
        payload, number = object_of(payload), wire_values.identifier(update_id)
        content = content_of(payload) if "content" in payload else None
        state = _state(payload["state"]) if "state" in payload else None
        at = self._time(payload) if "time" in payload else None

        def write(db: Connection) -> Document:
            known = timeline_store.updates_of(db, [incident.id]).get(incident.id, [])
            old = next((each for each in known if each.id == number), None)
            if old is None:
                raise UserError(NO_UPDATE, status=404)
            now = incident
            own = content
            if content is not None and old is known[0] and not old.content:
                now, own = replace(incident, content=content), None
            changed = replace(
                old,
                state=state or old.state,
                content=old.content if own is None else own,
                created=old.created if at is None else at,
            )
            timeline_store.update_update(db, changed)
            after = _follow(db, now)
            self._tell(db, incident, after)
            return _stored(db, after)

        return await self._changed(write)

    async def take_back(self, actor: Actor, slug: Any, incident_id: Any, update_id: Any) -> Document:
        """Remove an entry; the incident stays as it is. Raises UserError."""
        incident = await self._found(actor, slug, incident_id)
        number = wire_values.identifier(update_id)

        def write(db: Connection) -> Document:
            if number is None or not timeline_store.delete_update(db, incident.id, number):
                raise UserError(NO_UPDATE, status=404)
            return _stored(db, incident)

        return await self._changed(write)

    async def affect(self, actor: Actor, slug: Any, incident_id: Any, monitors: Any) -> Document:
        """Other monitors that an incident affects. Raises UserError for one that is not on the page."""
        incident = await self._found(actor, slug, incident_id)
        affected = self._affected(self._incidents.page(actor, slug), monitors)

        def write(db: Connection) -> Document:
            affected_store.put(db, incident.id, affected)
            return _stored(db, incident)

        return await self._changed(write)

    def _tell(self, db: Connection, before: Incident, after: Incident, added: Update | None = None) -> None:
        affected = affected_store.affected_by(db, [after.id]).get(after.id, ())
        self._incidents.told(db, IncidentHappened(before, after, added, tuple(affected)))

    async def _found(self, actor: Actor, slug: Any, incident_id: Any) -> Incident:
        return await self._incidents.existing(self._incidents.page(actor, slug), incident_id)

    def _affected(self, page: Page, monitors: Any) -> list[int]:
        """Numbers of monitors, each once, in the order of the page. Raises UserError."""
        members = self._pages.public_members(page.id)
        if not isinstance(monitors, list) or not {*map(wire_values.identifier, monitors)} <= {*members}:
            raise UserError(NOT_ON_PAGE)
        chosen = {*map(wire_values.identifier, monitors)}
        return [number for number in members if number in chosen]

    def _time(self, payload: Mapping[str, Any]) -> int:
        """When it was, in seconds since 1970; now where nothing else is said. Raises UserError."""
        now, said = int(self._clock.now()), payload.get("time")
        if said is None:
            return now
        milliseconds = wire_values.whole(said)
        if milliseconds is None or not 0 < milliseconds <= (now + SLACK_S) * MILLISECONDS:
            raise UserError(NO_TIME)
        return min(milliseconds // MILLISECONDS, now)

    async def _changed(self, write: Callable[[Connection], Document]) -> Document:
        written = await self._database.write(write)
        self._outdated()
        return written


def document(incident: Incident, updates: Sequence[Update], affected: Sequence[int]) -> Document:
    """An incident with its timeline; the state is that of the latest entry, null without any."""
    return {
        **incident.as_wire(),
        "state": updates[-1].state.value if updates else None,
        "updates": [update.as_wire() for update in updates],
        "monitors": list(affected),
    }


def _stored(db: Connection, incident: Incident) -> Document:
    """An incident with what is stored beside it."""
    updates = timeline_store.updates_of(db, [incident.id]).get(incident.id, [])
    return document(incident, updates, affected_store.affected_by(db, [incident.id]).get(incident.id, []))


def _follow(db: Connection, incident: Incident) -> Incident:
    """An incident that is over, or is not, as its latest entry says; stored so."""
    last = timeline_store.updates_of(db, [incident.id])[incident.id][-1]
    over = last.state is IncidentState.RESOLVED
    changed = replace(incident, pin=not over, active=not over, updated=last.created)
    store.update_incident(db, changed)
    return changed


def _state(value: Any) -> IncidentState:
    try:
        return IncidentState(value)
    except ValueError:
        raise UserError(NO_STATE) from None
