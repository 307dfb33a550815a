"""The Socket.IO events about status pages and incidents (Uptime Kuma 2.5, socket reference §4.7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from kuma_lite.core.access import Right, may
from kuma_lite.core.doors import PAGE, Access, Answer, Caller, Doors, Event, Push, actor_of, this_one
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.incidents import NO_PAGE, Incidents
from kuma_lite.status_pages.pages import Pages

_LOGIN_ORDER: Final = 40  # after all other lists


def _translated(error: UserError) -> Answer:
    """These events mark whatever went wrong as a key of the message file."""
    return {**error.as_answer(), "msgi18n": True}


@contextmanager
def _without_fields(caller: Caller) -> Iterator[None]:
    """Only our own page is told which field is wrong; others get what they know."""
    try:
        yield
    except UserError as error:
        if caller.namespace != PAGE:
            error.extra = {}
        raise


class StatusPageEvents:
    """What clients may ask of status pages."""

    def __init__(self, pages: Pages, incidents: Incidents, push: Push) -> None:
        self._pages = pages
        self._incidents = incidents
        self._push = push

    def doors(self) -> Doors:
        """Every event of this feature, and the list at login."""
        return Doors(
            events=[
                Event("addStatusPage", self.add, 2, needs=Right.STATUS_PAGES_EDIT),
                Event("getStatusPage", self.get, 1, needs=Right.STATUS_PAGES_VIEW),
                Event("saveStatusPage", self.save, 4, needs=Right.STATUS_PAGES_EDIT),
                Event("deleteStatusPage", self.delete, 1, needs=Right.STATUS_PAGES_EDIT),
                Event("postIncident", self.post_incident, 2, needs=Right.STATUS_PAGES_EDIT),
                Event("unpinIncident", self.unpin_incident, 1, needs=Right.STATUS_PAGES_EDIT),
                Event("getIncidentHistory", self.incident_history, 2, Access.PUBLIC),
                Event(
                    "editIncident", self.edit_incident, 3, on_error=_translated, needs=Right.STATUS_PAGES_EDIT
                ),
                Event(
                    "deleteIncident",
                    self.delete_incident,
                    2,
                    on_error=_translated,
                    needs=Right.STATUS_PAGES_EDIT,
                ),
                Event(
                    "resolveIncident",
                    self.resolve_incident,
                    2,
                    on_error=_translated,
                    needs=Right.STATUS_PAGES_EDIT,
                ),
            ],
            on_login=self.send_list,
            login_order=_LOGIN_ORDER,
            needs=Right.STATUS_PAGES_VIEW,
        )

    async def send_list(self, caller: Caller) -> None:
        """`statusPageList`; there is no other occasion for it."""
        actor = actor_of(caller)
        pages = {str(page.id): page.private_config() for page in self._pages.of(actor.organisation)}
        await self._push.to_audience(this_one(caller, Right.STATUS_PAGES_VIEW), "statusPageList", pages)

    async def add(self, caller: Caller, title: Any, slug: Any) -> Answer:
        """A new page."""
        with _without_fields(caller):
            page = await self._pages.add(actor_of(caller), title, slug)
        return {"ok": True, "msg": "successAdded", "msgi18n": True, "slug": page.slug}

    async def get(self, caller: Caller, slug: Any) -> Answer:
        """What those who edit a page see of it."""
        page = self._pages.named(slug)
        if page is None or not may(actor_of(caller), Right.STATUS_PAGES_VIEW, page):
            raise UserError("No slug?")
        return {"ok": True, "config": page.private_config()}

    async def save(self, caller: Caller, slug: Any, config: Any, logo: Any, groups: Any) -> Answer:
        """Changes to a page; new groups come back with their ids."""
        with _without_fields(caller):
            saved = await self._pages.save(actor_of(caller), slug, config, logo, groups)
        return {"ok": True, "publicGroupList": saved}

    async def delete(self, caller: Caller, slug: Any) -> Answer:
        """Remove a page."""
        await self._pages.delete(actor_of(caller), slug)
        return {"ok": True}

    async def post_incident(self, caller: Caller, slug: Any, payload: Any) -> Answer:
        """A new incident, or an old one again."""
        incident = (await self._incidents.post(actor_of(caller), slug, payload)).as_wire()
        if incident["lastUpdatedDate"] is None:
            del incident["lastUpdatedDate"]  # absent in this one answer, null everywhere else
        return {"ok": True, "incident": incident}

    async def unpin_incident(self, caller: Caller, slug: Any) -> Answer:
        """Take all incidents off a page."""
        await self._incidents.unpin(actor_of(caller), slug)
        return {"ok": True}

    async def incident_history(self, caller: Caller, slug: Any, cursor: Any) -> Answer:
        """One page of all incidents; visitors of pages for everybody may ask as well."""
        page, actor = self._pages.named(slug), caller.actor
        if page is None:
            raise UserError(NO_PAGE)
        is_public = page.published and not self._pages.is_protected(page.id)
        if not is_public and (actor is None or not may(actor, Right.STATUS_PAGES_VIEW, page)):
            raise UserError(NO_PAGE)
        return {"ok": True, **await self._incidents.history(page, cursor)}

    async def edit_incident(self, caller: Caller, slug: Any, incident_id: Any, payload: Any) -> Answer:
        """Other words for an incident."""
        incident = await self._incidents.edit(actor_of(caller), slug, incident_id, payload)
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "incident": incident.as_wire()}

    async def delete_incident(self, caller: Caller, slug: Any, incident_id: Any) -> Answer:
        """Remove an incident."""
        await self._incidents.delete(actor_of(caller), slug, incident_id)
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    async def resolve_incident(self, caller: Caller, slug: Any, incident_id: Any) -> Answer:
        """An incident is over."""
        incident = await self._incidents.resolve(actor_of(caller), slug, incident_id)
        return {"ok": True, "msg": "Resolved", "msgi18n": True, "incident": incident.as_wire()}
