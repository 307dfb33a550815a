"""The addresses of subscribing, below that of a page, for everybody. None of them sets a cookie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs

from kuma_lite.core.client_address import peer_of_place
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Access, RawRoute, Unanswered
from kuma_lite.core.errors import UserError
from kuma_lite.core.rate_limits import KeyedLimiter
from kuma_lite.core.raw_http import answer, read_body
from kuma_lite.core.records import replace
from kuma_lite.status_pages.answering.answering import CSS, HTML, SCRIPT
from kuma_lite.status_pages.answering.cache import Answer
from kuma_lite.status_pages.answering.requests import send_answer
from kuma_lite.status_pages.model import Page
from kuma_lite.status_pages.subscribers import html, scripts
from kuma_lite.status_pages.subscribers.html import Form
from kuma_lite.status_pages.subscribers.keys import Purpose
from kuma_lite.status_pages.subscribers.letters import PARTS
from kuma_lite.status_pages.subscribers.model import Kind, Subscriber
from kuma_lite.status_pages.subscribers.service import Subscribers
from kuma_lite.status_pages.subscribers.targets import MAX_URL_CHARS, mailbox_of, read_target

MAX_BODY_BYTES: Final = 64_000  # of a form: three hundred services take ten thousand
MAX_FIELDS: Final = 2_000
MAX_QUERY_BYTES: Final = 2_000
FORMS_A_MINUTE: Final = 6  # of one address, for one page
FORMS_OF_ALL_A_MINUTE: Final = 60  # through one proxy, whatever it says of those behind it
ASKS_A_MINUTE: Final = 2  # for one mailbox, whatever the page; the database has a stricter rule for each page
KEYS_A_MINUTE: Final = 300  # that one address may try; they cannot be guessed, and mail providers ask a lot
CHOOSE: Final = "Choose at least one service, or all."
SAVED: Final = "Saved."
CONFIRMED: Final = "You are subscribed."

_SUBSCRIBE: Final = "subscribe"
_PURPOSES: Final = {part: purpose for purpose, part in PARTS.items()}
_POLICY: Final = b"content-security-policy"
_HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"x-robots-tag", b"noindex"),
)
_FILES: Final = {
    html.FORM_STYLE_PATH: Answer(200, html.STYLE.encode(), CSS),
    html.FORM_SCRIPT_PATH: Answer(200, scripts.FORM.encode(), SCRIPT),
    html.WORKER_PATH: Answer(200, scripts.WORKER.encode(), SCRIPT),
}

NOT_KNOWN: Final = (204, "")
Fields = dict[str, list[str]]
Shown = tuple[int, str]  # status, HTML


class Visitors:
    """What visitors of a page ask and order.

    Args:
        subscribers: they.
        place_of: what limits count a request by.
        clock: for limits.
    """

    def __init__(self, subscribers: Subscribers, place_of: Callable[[Any], str], clock: Clock) -> None:
        self._subscribers = subscribers
        self._place_of = place_of
        self._forms = KeyedLimiter(FORMS_A_MINUTE, clock)
        self._many_forms = KeyedLimiter(FORMS_OF_ALL_A_MINUTE, clock)
        self._asks = KeyedLimiter(ASKS_A_MINUTE, clock)
        self._keys = KeyedLimiter(KEYS_A_MINUTE, clock)

    def routes(self) -> list[RawRoute]:
        """What stands beside the pages."""
        return [RawRoute(path, self.file, Access.PUBLIC) for path in _FILES]

    async def file(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """How the forms look, and what they run."""
        found = _FILES.get(scope["path"])
        if found is None or scope["method"] not in ("GET", "HEAD"):
            return Unanswered.ELSEWHERE
        policy = ((_POLICY, html.SCRIPT_POLICY.encode()),)  # a worker has one of its own
        await send_answer(scope, send, found, policy)
        return None

    def offered(self, page: Page) -> bool:
        """Whether visitors of a page can subscribe."""
        return bool(self._subscribers.kinds(page))

    def address(self, page: Page) -> str:
        """Where a page is, absolute; "" where nobody has said so."""
        return self._subscribers.address(page)

    def serves(self, part: str) -> bool:
        """Whether an address below a page is one of these."""
        return part == _SUBSCRIBE or part in _PURPOSES

    async def serve(
        self, part: str, page: Page | None, scope: Any, receive: Any, send: Any
    ) -> Unanswered | None:
        """One of them; `page`: that of the address, where visitors may see it."""
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return Unanswered.ELSEWHERE
        posted = None
        if scope["method"] == "POST":
            body = await read_body(scope, receive, MAX_BODY_BYTES)
            posted = None if body is None else _fields(body)
            if posted is None:
                await self._send(scope, send, 413, html.no_key(page))
                return None
        if part != _SUBSCRIBE:
            await self._send(scope, send, *await self._with_key(_PURPOSES[part], page, scope, posted))
            return None
        if page is None or not self._subscribers.kinds(page):
            return Unanswered.MISSING
        shown = await (self._form(page, Form()) if posted is None else self._sign_up(page, scope, posted))
        runs = Kind.PUSH in self._subscribers.kinds(page)
        await self._send(scope, send, *shown, policy=html.SCRIPT_POLICY if runs else html.POLICY)
        return None

    async def _send(
        self, scope: Any, send: Any, status: int, text: str, *, policy: str = html.POLICY
    ) -> None:
        body, headers = text.encode("utf-8", "replace"), (*_HEADERS, (_POLICY, policy.encode()))
        await answer(send, status, b"" if scope["method"] == "HEAD" else body, HTML, headers)

    # --- Somebody new ------------------------------------------------------------------------------------

    async def _form(self, page: Page, form: Form) -> Shown:
        names, kinds = self._subscribers.names(page), self._subscribers.kinds(page)
        key = await self._subscribers.push_key() if Kind.PUSH in kinds else ""
        return 400 if form.problem else 200, html.subscribe(page, kinds, names, form, key)

    async def _sign_up(self, page: Page, scope: Any, posted: Fields) -> Shown:
        place = self._place_of(scope)
        few, many = f"{page.id} {place}", f"{page.id} {peer_of_place(place)}"
        if self._many_forms.take(many) is None or self._forms.take(few) is None:
            return 429, html.too_often(page)
        names, kinds = self._subscribers.names(page), self._subscribers.kinds(page)
        typed, said = _first(posted, "target"), _first(posted, "kind")
        kind = next((each for each in kinds if each.value == said), kinds[0])
        form = Form(kind, "" if kind is Kind.PUSH else typed[:MAX_URL_CHARS])
        try:
            form = replace(form, monitors=_monitors(posted, names))
            target = read_target(kind, typed, private=self._subscribers.offer(page.id).private)
        except UserError as error:
            return await self._form(page, replace(form, problem=error.message))
        if _first(posted, html.TRAP):
            return 200, html.asked(page)
        if self._asks.take(f"{kind} {mailbox_of(kind, target.key)}") is not None:
            try:
                await self._subscribers.sign_up(page, kind, target, form.monitors)
            except UserError as error:
                return error.status, (await self._form(page, replace(form, problem=error.message)))[1]
        return 200, html.asked(page)

    # --- Somebody who has a key --------------------------------------------------------------------------

    async def _with_key(
        self, purpose: Purpose, shown: Page | None, scope: Any, posted: Fields | None
    ) -> Shown:
        query = _fields(scope["query_string"][:MAX_QUERY_BYTES]) or {}
        key = _first(query, "t")
        found = None
        if self._keys.take(peer_of_place(self._place_of(scope))) is not None:
            if not key and posted is not None and purpose is not Purpose.CONFIRM:
                return await self._of_browser(purpose, shown, posted)
            found = await self._subscribers.holder(key, purpose)
        if found is None:
            return 404, html.no_key(None)
        subscriber, page = found
        names = self._subscribers.names(page)
        if posted is None:
            asking: dict[Purpose, Callable[[], str]] = {
                Purpose.CONFIRM: lambda: html.confirm(page, key),
                Purpose.UNSUBSCRIBE: lambda: html.unsubscribe(page, key),
                Purpose.MANAGE: lambda: html.manage(page, subscriber, names, key),
            }
            return 200, asking[purpose]()
        if purpose is Purpose.CONFIRM:
            confirmed = await self._subscribers.confirm(subscriber)
            own = self._subscribers.managing(confirmed)
            return 200, html.manage(page, confirmed, names, own, said=CONFIRMED)
        if purpose is Purpose.UNSUBSCRIBE or _first(posted, "delete"):
            return await self._end(page, subscriber)
        try:
            monitors = _monitors(posted, names, subscriber.monitors)
        except UserError as error:
            return 400, html.manage(page, subscriber, names, key, said=error.message)
        chosen = await self._subscribers.choose(subscriber, monitors)
        return 200, html.manage(page, chosen, names, key, said=SAVED)

    async def _of_browser(self, purpose: Purpose, page: Page | None, posted: Fields) -> Shown:
        """A browser says itself who it is, by keys that only it knows."""
        offer = None if page is None else self._subscribers.offer(page.id)
        if page is None or offer is None:
            return 404, html.no_key(None)
        try:
            known = read_target(Kind.PUSH, _first(posted, html.PUSH), private=offer.private)
            moved = _first(posted, html.MOVED)
            target = read_target(Kind.PUSH, moved, private=offer.private) if moved else None
        except UserError:
            return 404, html.no_key(None)
        subscriber = await self._subscribers.browser(page, known)
        if subscriber is None:  # asked by the form's script, too: that is no error
            return (404, html.no_key(None)) if purpose is Purpose.UNSUBSCRIBE else NOT_KNOWN
        if purpose is Purpose.UNSUBSCRIBE:
            return await self._end(page, subscriber)
        if target is not None:
            await self._subscribers.move(subscriber, target)
        own, names = self._subscribers.managing(subscriber), self._subscribers.names(page)
        return 200, html.manage(page, subscriber, names, own)

    async def _end(self, page: Page, subscriber: Subscriber) -> Shown:
        await self._subscribers.remove(page.id, subscriber.id)
        return 200, html.gone(page)


def _fields(data: bytes) -> Fields | None:
    """A form as browsers send it; None: it is none."""
    try:
        return parse_qs(data.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return None


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0]


def _monitors(
    fields: Fields, names: dict[int, str], before: frozenset[int] | None = None
) -> frozenset[int] | None:
    """The services somebody has chosen, of those on the page; None: all. Raises UserError for none.

    Whoever is told of all and ticks some wants these, also where "all" was forgotten: without a script the
    form cannot follow.
    """
    known = {str(number): number for number in names}
    chosen = frozenset(known[value] for value in fields.get("monitor", []) if value in known)
    some = _first(fields, "scope") == "some"
    if some and not chosen:
        raise UserError(CHOOSE)
    return chosen if some or (chosen and before is None) else None
