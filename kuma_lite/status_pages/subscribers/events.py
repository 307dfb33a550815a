"""What our own page asks about subscribers (namespace `/page`; docs/page-protocol.md)."""

from __future__ import annotations

from typing import Any

from kuma_lite.core import wire_values
from kuma_lite.core.access import Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Event, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.incidents import NO_PAGE
from kuma_lite.status_pages.model import Page
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.subscribers.documents import csv_of, overview, read_offer
from kuma_lite.status_pages.subscribers.service import Subscribers

NOBODY = "There is no such subscriber."


class SubscriberEvents:
    """They."""

    def __init__(self, pages: Pages, subscribers: Subscribers) -> None:
        self._pages = pages
        self._subscribers = subscribers

    def events(self) -> list[Event]:
        """The page's questions and orders."""
        return [
            _event("pageSubscribers", self.get, 1),
            _event("savePageSubscribers", self.save, 2),
            _event("deletePageSubscriber", self.delete, 2),
            _event("exportPageSubscribers", self.export, 1, Right.OWNER),
        ]

    async def get(self, caller: Caller, slug: Any) -> Answer:
        """How visitors may subscribe, and who has; without addresses."""
        page = self._editable(caller, slug)
        return {"ok": True, **await overview(self._subscribers, page)}

    async def save(self, caller: Caller, slug: Any, offer: Any) -> Answer:
        """Other ways to subscribe."""
        page = self._editable(caller, slug)
        senders = await self._subscribers.senders.names(page.organisation)
        await self._subscribers.put_offer(read_offer(page.id, offer, senders))
        return {"ok": True, "msg": "Saved.", "msgi18n": True, **await overview(self._subscribers, page)}

    async def delete(self, caller: Caller, slug: Any, number: Any) -> Answer:
        """Forget somebody."""
        page, known = self._editable(caller, slug), wire_values.identifier(number)
        if known is None or not await self._subscribers.remove(page.id, known):
            raise UserError(NOBODY)
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    async def export(self, caller: Caller, slug: Any) -> Answer:
        """Everybody with their addresses."""
        page = self._editable(caller, slug)
        return {"ok": True, "csv": csv_of(await self._subscribers.of(page), self._subscribers.names(page))}

    def _editable(self, caller: Caller, slug: Any) -> Page:
        page = self._pages.editable(actor_of(caller), slug)
        if page is None:
            raise UserError(NO_PAGE)
        return page


def _event(name: str, handler: Any, arguments: int, needs: Right = Right.STATUS_PAGES_EDIT) -> Event:
    return Event(name, handler, arguments, namespaces=(PAGE,), needs=needs)
