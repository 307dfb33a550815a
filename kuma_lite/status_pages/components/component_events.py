"""What our own page asks about states that are set by hand (namespace `/page`; docs/page-protocol.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.access import Right
from kuma_lite.core.clock import MILLISECONDS, Clock
from kuma_lite.core.doors import PAGE, Answer, Caller, Event, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages.component_model import SetState
from kuma_lite.status_pages.components import component_store
from kuma_lite.status_pages.components.components import STATES, WORDS
from kuma_lite.status_pages.incidents import NO_PAGE
from kuma_lite.status_pages.model import Document, Page
from kuma_lite.status_pages.pages import Pages

MAX_TEXT_CHARS: Final = 2_000


class ComponentEvents:
    """States of components.

    Args:
        database: where they are kept.
        pages: whose components they are.
        clock: for when a state was set.
        outdated: called when something visible has changed.
    """

    def __init__(
        self, database: Transactions, pages: Pages, clock: Clock, outdated: Callable[[], None]
    ) -> None:
        self._database = database
        self._pages = pages
        self._clock = clock
        self._outdated = outdated

    def events(self) -> list[Event]:
        """The page's question and order."""
        right = Right.STATUS_PAGES_EDIT
        return [
            Event("componentStates", self.states, 1, namespaces=(PAGE,), needs=right),
            Event("setComponentState", self.put, 3, namespaces=(PAGE,), needs=right),
        ]

    async def states(self, caller: Caller, slug: Any) -> Answer:
        """All components of a page, and what somebody has set."""
        return self._answer(self._page(caller, slug))

    async def put(self, caller: Caller, slug: Any, component_id: Any, wishes: Any) -> Answer:
        """Say how a component is, or let its rule decide again."""
        page, number = self._page(caller, slug), wire_values.identifier(component_id)
        groups = self._pages.public_groups(page.id)
        if number is None or not any(each.id == number for group in groups for each in group.components):
            raise UserError("This component does not exist any more. Load the page again.")
        by_hand = _read(wishes, self._clock.now())
        await self._database.write(lambda db: component_store.set_state(db, number, by_hand))
        await self._pages.load()
        self._outdated()
        return self._answer(page)

    def _page(self, caller: Caller, slug: Any) -> Page:
        page = self._pages.editable(actor_of(caller), slug)
        if page is None:
            raise UserError(NO_PAGE)
        return page

    def _answer(self, page: Page) -> Answer:
        now = self._clock.now()
        return {
            "ok": True,
            "components": [
                {"id": each.id, "name": each.name, "group": group.name, "set": _document(each.set_state(now))}
                for group in self._pages.public_groups(page.id)
                for each in group.components
            ],
        }


def _document(by_hand: SetState | None) -> Document | None:
    if by_hand is None:
        return None
    until = None if by_hand.until is None else by_hand.until * MILLISECONDS
    return {
        "state": WORDS[by_hand.status],
        "text": by_hand.text,
        "since": by_hand.since * MILLISECONDS,
        "until": until,
    }


def _read(wishes: Any, now: float) -> SetState | None:
    """`{state, text?, until?: ms|null}`, or null. Raises UserError."""
    if wishes is None:
        return None
    if not isinstance(wishes, Mapping) or wishes.get("state") not in STATES:
        raise UserError("The state must be up, down, pending or maintenance.", extra={"field": "state"})
    text = (wire_values.text(wishes.get("text")) or "").strip()
    if len(text) > MAX_TEXT_CHARS:
        raise UserError(
            "The text may have at most {most} characters.", most=MAX_TEXT_CHARS, extra={"field": "text"}
        )
    until = wishes.get("until")
    if until is not None:
        until = wire_values.whole(until)
        if until is None or until // MILLISECONDS <= now:
            raise UserError("The end must be in the future.", extra={"field": "until"})
        until //= MILLISECONDS
    return SetState(STATES[wishes["state"]], text, int(now), until)
