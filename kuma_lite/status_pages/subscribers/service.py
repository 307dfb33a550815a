"""Subscribers of all pages: who they are, and what they are told."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, Protocol

from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.declarations import PushKeys
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages.model import DEFAULT_ICON, IncidentHappened, Monitors, Page
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.subscribers import store
from kuma_lite.status_pages.subscribers.delivery import Told
from kuma_lite.status_pages.subscribers.keys import Purpose, new_seed, number_in, opens, token
from kuma_lite.status_pages.subscribers.letters import PageFacts
from kuma_lite.status_pages.subscribers.model import (
    Kind,
    KnownPlan,
    News,
    Offer,
    ShownPlan,
    Stage,
    State,
    Subscriber,
    What,
)
from kuma_lite.status_pages.subscribers.rules import (
    asks_then,
    incident_news,
    is_told,
    may_be_asked,
    plan_news,
)
from kuma_lite.status_pages.subscribers.targets import Target, is_same_browser

MOST_OF_A_PAGE: Final = 10_000  # subscribers, whatever their state
MOST_PENDING: Final = 1_000  # of a page; nobody needs more in a day, and a flood ends there
MAX_ICON_CHARS: Final = 200  # in a message: not the picture itself
FORGET_EVERY_S: Final = 600
FULL: Final = "Nobody can subscribe at the moment. Please try again tomorrow."
_KEY_BYTES: Final = 12  # of what tells one message from all others

PlansOn = Callable[[int], Mapping[int, ShownPlan]]  # page → its plans


class Senders(Protocol):
    """The channels of an organisation that can send e-mails."""

    async def names(self, organisation: int) -> dict[int, str]:
        """Id → name."""

    async def form(self, organisation: int, number: int) -> Mapping[str, Any] | None:
        """The whole form of one, secrets included."""


class Subscribers:
    """They.

    Args:
        database: where they are kept.
        clock: for dates.
        pages: whose subscribers they are.
        monitors: for names.
        plans_on: the maintenance of a page.
        senders: who sends e-mails.
        base_url: address of this server, "" where nobody has set one.
        push_keys: the pair that push services know this server by.
        wake: begins to deliver what was enqueued.
    """

    def __init__(
        self,
        database: Transactions,
        clock: Clock,
        pages: Pages,
        monitors: Monitors,
        plans_on: PlansOn,
        senders: Senders,
        base_url: Callable[[], str],
        push_keys: Callable[[], Awaitable[PushKeys]],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._pages = pages
        self._monitors = monitors
        self._plans_on = plans_on
        self.senders = senders
        self._base_url = base_url
        self._push_keys = push_keys
        self._wake = wake
        self._offers: dict[int, Offer] = {}
        self._looking = asyncio.Lock()
        self._forgot = 0  # when those were deleted last who never confirmed, seconds since 1970
        self.outdated: Callable[[], None] = lambda: None  # what visitors see is another
        self.changed: Callable[[int], Awaitable[None]] = _nobody_to_tell  # by organisation

    async def load(self) -> None:
        """Read what pages offer."""
        before, self._offers = self._offers, await self._database.read(store.offers)
        if before != self._offers:
            self.outdated()

    def forget(self, page_id: int) -> None:
        """To be told when a page is removed; its rows went with it."""
        self._offers.pop(page_id, None)

    # --- What a page offers ------------------------------------------------------------------------------

    def offer(self, page_id: int) -> Offer:
        """How visitors of a page may subscribe, as its owner has chosen."""
        return self._offers.get(page_id) or Offer(page_id=page_id)

    def kinds(self, page: Page) -> tuple[Kind, ...]:
        """The ways that work: e-mails need a sender, and links need an address to begin with.

        Browsers are at the right host already.
        """
        offer, linked = self.offer(page.id), bool(self.address(page))
        works = {Kind.EMAIL: linked and offer.sender is not None, Kind.PUSH: True}
        return tuple(kind for kind in offer.kinds if works.get(kind, linked))

    async def push_key(self) -> str:
        """The public key that browsers subscribe with, in base64url."""
        return (await self._push_keys()).public

    def address(self, page: Page) -> str:
        """The address of a page, as messages name it; "" where none is known.

        Never that of a request: whoever fills in the form could make our mails lead anywhere.
        """
        own = f"https://{page.domains[0]}" if page.domains else self._base_url()
        begins = (self.offer(page.id).address or own).rstrip("/")
        return f"{begins}/status/{page.slug}" if begins else ""

    async def put_offer(self, offer: Offer) -> None:
        """Let visitors subscribe so from now on; what is planned by then is no news."""
        async with self._looking:
            before = self.offer(offer.page_id)
            known = before.plans_known and bool(before.kinds)
            changed = replace(offer, plans_known=known)
            await self._database.write(lambda db: store.put_offer(db, changed))
            self._offers[offer.page_id] = changed
        self.outdated()
        await self.look()

    # --- Visitors ----------------------------------------------------------------------------------------

    async def sign_up(self, page: Page, kind: Kind, target: Target, monitors: frozenset[int] | None) -> None:
        """Ask a target whether it wants to be told; nothing that can be seen depends on who is known.

        Raises UserError when the page has too many.
        """
        now = int(self._clock.now())

        def write(db: Connection) -> None:
            store.forget_unconfirmed(db, now)
            found = store.known(db, page.id, kind, target.key)
            if found is None:
                crowded = store.count(db, page.id) >= MOST_OF_A_PAGE
                if crowded or store.count(db, page.id, State.PENDING) >= MOST_PENDING:
                    raise UserError(FULL, status=503)
                fresh = Subscriber(
                    id=0, page_id=page.id, kind=kind, target=target.text, target_key=target.key,
                    monitors=monitors, state=State.PENDING, seed=new_seed(), created=now, asked=now, asks=1,
                )  # fmt: skip
                self._enqueue(db, [store.insert(db, fresh)], News(What.CONFIRM, at=now))
            elif kind is Kind.PUSH and found.state is State.ACTIVE:
                if is_same_browser(found, target.text):  # only it knows its keys: there is nothing to confirm
                    store.update(db, replace(found, monitors=monitors))
            elif may_be_asked(found, now):
                asked = replace(found, asked=now, asks=asks_then(found, now))
                if found.state is State.ACTIVE:
                    self._enqueue(db, [asked], News(What.KNOWN, at=now))
                else:
                    asked = replace(asked, target=target.text, monitors=monitors, state=State.PENDING)
                    self._enqueue(db, [asked], News(What.CONFIRM, at=now))
                store.update(db, asked)

        await self._database.write(write)
        self._wake()

    async def holder(self, key: str, purpose: Purpose) -> tuple[Subscriber, Page] | None:
        """Whom a key of a link belongs to, and whose page that is about; None: the key is not good."""
        number = number_in(key)
        found = None if number is None else await self._database.read(lambda db: store.find(db, number))
        if found is None or not opens(key, found, purpose, self._clock.now()):
            return None
        page = self._pages.get(found.page_id)
        return None if page is None else (found, page)

    async def browser(self, page: Page, target: Target) -> Subscriber | None:
        """The browser that is told with these very keys, which nobody else knows; None: it is not told."""
        found = await self._database.read(lambda db: store.known(db, page.id, Kind.PUSH, target.key))
        known = found is not None and found.state is State.ACTIVE and is_same_browser(found, target.text)
        return found if known else None

    async def move(self, subscriber: Subscriber, target: Target) -> None:
        """A browser has got another address from its maker."""

        def write(db: Connection) -> None:
            found = store.find(db, subscriber.id)
            other = store.known(db, subscriber.page_id, Kind.PUSH, target.key)
            if found is None or (other is not None and other.id != found.id):
                return
            store.update(db, replace(found, target=target.text, target_key=target.key))

        await self._database.write(write)

    async def confirm(self, subscriber: Subscriber) -> Subscriber:
        """Tell somebody from now on."""
        now = int(self._clock.now())

        def write(db: Connection) -> Subscriber:
            found = store.find(db, subscriber.id) or subscriber
            confirmed = replace(found, state=State.ACTIVE, confirmed=found.confirmed or now, failures=0)
            store.update(db, confirmed)
            return confirmed

        confirmed = await self._database.write(write)
        await self._changed(subscriber.page_id)
        return confirmed

    @staticmethod
    def managing(subscriber: Subscriber) -> str:
        """The key with which somebody changes what it is told."""
        return token(subscriber, Purpose.MANAGE)

    async def choose(self, subscriber: Subscriber, monitors: frozenset[int] | None) -> Subscriber:
        """Tell somebody of these services only (None: of everything)."""

        def write(db: Connection) -> Subscriber:
            changed = replace(store.find(db, subscriber.id) or subscriber, monitors=monitors)
            store.update(db, changed)
            return changed

        return await self._database.write(write)

    async def remove(self, page_id: int, number: int) -> bool:
        """Forget somebody with everything there is; False: the page has no such subscriber."""

        def write(db: Connection) -> bool:
            found = store.find(db, number)
            return found is not None and found.page_id == page_id and store.delete(db, number)

        removed = await self._database.write(write)
        if removed:
            await self._changed(page_id)
        return removed

    async def bounced(self, page: Page, addresses: Iterable[str]) -> int:
        """Mails to these came back: they are told no more. Returns how many of them were on this page."""
        keys = {address.lower() for address in addresses}

        def write(db: Connection) -> int:
            found = [store.known(db, page.id, Kind.EMAIL, key) for key in keys]
            ended = [each for each in found if each is not None and each.state is not State.OFF]
            for each in ended:
                store.switch_off(db, each)
            return len(ended)

        count = await self._database.write(write)
        if count:
            await self._changed(page.id)
        return count

    # --- Owners ------------------------------------------------------------------------------------------

    async def of(self, page: Page) -> list[Subscriber]:
        """All of a page, the newest first."""
        return await self._database.read(lambda db: store.of_page(db, page.id))

    def names(self, page: Page) -> dict[int, str]:
        """The services on a page, in its order."""
        found = ((number, self._monitors.find(number)) for number in self._pages.public_members(page.id))
        return {number: monitor.name for number, monitor in found if monitor is not None}

    # --- Telling -----------------------------------------------------------------------------------------

    def on_incident(self, db: Connection, happened: IncidentHappened) -> None:
        """Let those wait to be told whom it concerns, in the transaction of what has happened."""
        page = self._pages.get(happened.after.page_id)
        news = incident_news(happened, int(self._clock.now()))
        if page is not None and page.published and news is not None:
            self._tell(db, page, [news])

    def wake(self) -> None:
        """Something that subscribers may be told of is committed."""
        if self._offers:
            self._wake()

    async def look(self) -> None:
        """Tell what has become of maintenance since the last look, and forget those who never confirmed."""
        now = int(self._clock.now())
        async with self._looking:
            for offer in list(self._offers.values()):
                page = self._pages.get(offer.page_id)
                if page is None:
                    self._offers.pop(offer.page_id)
                elif page.published and offer.kinds:
                    await self._look_at(page, offer, now)
        if self._offers and abs(now - self._forgot) >= FORGET_EVERY_S:
            self._forgot = now
            await self._database.write(lambda db: store.forget_unconfirmed(db, now), urgent=False)

    async def _look_at(self, page: Page, offer: Offer, now: int) -> None:
        shown = self._plans_on(page.id)
        known = await self._database.read(lambda db: store.known_plans(db, page.id))
        told, then = plan_news(known, shown, now)
        if offer.plans_known and not told and then == known:
            return
        if not offer.plans_known:
            told, then = [], {number: _as_known(plan) for number, plan in shown.items()}
        seen = replace(offer, plans_known=True)

        def write(db: Connection) -> None:
            store.put_offer(db, seen)
            store.put_plans(db, page.id, then)
            self._tell(db, page, told)

        await self._database.write(write)
        self._offers[page.id] = seen
        self._wake()

    def _tell(self, db: Connection, page: Page, told: Iterable[News]) -> None:
        kinds = self.kinds(page)
        news = list(told) if kinds else []
        listeners = [each for each in store.active_of_page(db, page.id) if each.kind in kinds] if news else []
        for each in news:
            self._enqueue(db, [one for one in listeners if is_told(one, each)], each)

    def _enqueue(self, db: Connection, subscribers: Iterable[Subscriber], news: News) -> None:
        messages = [(each.id, news.packed(_new_key())) for each in subscribers]
        store.enqueue(db, messages, to_ms(self._clock.now()))

    async def look_up(self, number: int) -> Told | None:
        """All about a subscriber that is to be told; None: it is gone, or its page is not shown."""
        subscriber = await self._database.read(lambda db: store.find(db, number))
        page = None if subscriber is None else self._pages.get(subscriber.page_id)
        if (
            subscriber is None
            or page is None
            or not page.published
            or subscriber.kind not in self.kinds(page)
        ):
            return None
        offer = self.offer(page.id)
        sender = None
        if subscriber.kind is Kind.EMAIL and offer.sender is not None:
            sender = await self.senders.form(page.organisation, offer.sender)
        return Told(subscriber, offer, self._facts(page), sender)

    def _facts(self, page: Page) -> PageFacts:
        path = f"/status/{page.slug}"
        icon = page.shown_icon if page.shown_icon != DEFAULT_ICON else ""
        short = icon if len(icon) <= MAX_ICON_CHARS else ""
        return PageFacts(page.title, self.address(page), path, self.names(page), short)

    async def _changed(self, page_id: int) -> None:
        page = self._pages.get(page_id)
        if page is not None:
            await self.changed(page.organisation)


def _as_known(plan: ShownPlan) -> KnownPlan:
    return KnownPlan(Stage.RUNNING if plan.running else Stage.PLANNED, plan)


def _new_key() -> str:
    return f"msg_{secrets.token_hex(_KEY_BYTES)}"


async def _nobody_to_tell(_organisation: int) -> None:
    return None
