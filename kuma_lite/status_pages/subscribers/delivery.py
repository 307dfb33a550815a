"""One attempt to tell one subscriber one thing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from msgspec import Struct

from kuma_lite import __version__
from kuma_lite.core.clock import Clock
from kuma_lite.core.declarations import DeliveryFailed, Message, PushKeys
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.patterns import pattern
from kuma_lite.core.records import replace
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import Request, Response
from kuma_lite.notifications.services.support.dkim import DEFAULT_FIELDS
from kuma_lite.status_pages.subscribers import browsers, chats
from kuma_lite.status_pages.subscribers.keys import signature
from kuma_lite.status_pages.subscribers.letters import (
    Letter,
    Notice,
    PageFacts,
    letter,
    notice,
    webhook_body,
)
from kuma_lite.status_pages.subscribers.model import Kind, News, Offer, Subscriber
from kuma_lite.status_pages.subscribers.rules import FAILURES_UNTIL_OFF
from kuma_lite.status_pages.subscribers.targets import masked, read_target, subscription_of

MAILS_AT_ONCE: Final = 4  # connections to the owner's mail server; providers refuse more
ANSWER_S: Final = 15.0  # until a webhook answers
TOTAL_S: Final = 25.0  # with its answer's body
ANSWER_BYTES: Final = 4_096  # read of it; nobody looks at it
GONE: Final = "The subscriber or its page is gone."
NO_SENDER: Final = "There is no e-mail channel that sends this."
EXPIRED: Final = frozenset({404, 410})  # what a push service says of a browser that is subscribed no more
PASSING: Final = frozenset({408, 425, 429})  # beside 5xx: the same request may succeed later
# What a mail to a subscriber takes over from the owner's channel: the server, and who writes.
_OF_SENDER: Final = pattern(r"smtp(Host|Port|Secure|Ignore\w+|Username|Password|From|Dkim\w+)", re.I)
_DKIM_FIELDS: Final = "smtpDkimheaderFieldNames"
# RFC 8058: what one click does must be signed with everything else.
_ALSO_SIGNED: Final = "list-unsubscribe:list-unsubscribe-post"
_SECONDS: Final = pattern(r"[0-9]{1,4}(?:\.[0-9]{1,6})?")  # to wait, as chats say it
_JSON: Final = (("Content-Type", "application/json"), ("User-Agent", f"Kuma-Lite/{__version__}"))

HandOver = Callable[[Mapping[str, Any], Message], Awaitable[str]]  # form of a channel; raises DeliveryFailed


class Http(Protocol):
    """The part of the HTTP client that is used."""

    async def send(self, request: Request) -> Response:
        """The answer, whatever its status. Raises NetworkError."""


class NotTold(DeliveryFailed):
    """There is nobody to tell: not the fault of anybody's target."""


class Expired(DeliveryFailed):
    """The receiver is gone for good: there is nothing to wait for."""


class Told(Struct, frozen=True):
    """All that an attempt needs of a subscriber."""

    subscriber: Subscriber
    offer: Offer
    page: PageFacts
    sender: Mapping[str, Any] | None  # form of the channel that sends e-mails


class Delivery:
    """Tells subscribers.

    Args:
        look_up: id of a subscriber → all about it; None: it is gone, or its page is not shown.
        hand_over: delivers by a notification service.
        public: reaches public addresses only.
        anywhere: reaches private ones as well.
        clock: for signatures.
        push_keys: the pair that push services know this server by.
    """

    def __init__(
        self,
        look_up: Callable[[int], Awaitable[Told | None]],
        hand_over: HandOver,
        public: Http,
        anywhere: Http,
        clock: Clock,
        push_keys: Callable[[], Awaitable[PushKeys]],
    ) -> None:
        self._look_up = look_up
        self._hand_over = hand_over
        self._public = public
        self._anywhere = anywhere
        self._clock = clock
        self._push_keys = push_keys
        self._mails = asyncio.Semaphore(MAILS_AT_ONCE)

    async def deliver(self, subscriber_id: int, facts: Mapping[str, Any]) -> None:
        """Try once.

        Raises:
            DeliveryFailed: not taken; permanent where the receiver itself will never take it. What only the
                owner can mend (a wrong password of the mail server) is not.
        """
        try:
            news, key = News.unpacked(facts)
        except (KeyError, ValueError, TypeError):
            raise DeliveryFailed("The message is damaged.", permanent=True) from None
        told = await self._look_up(subscriber_id)
        if told is None:
            raise NotTold(GONE, permanent=True)
        subscriber = told.subscriber
        if subscriber.kind is Kind.PUSH:
            await self._browser(told, news)
            return
        if subscriber.kind is Kind.EMAIL:
            async with self._mails:
                await self._mail(told, letter(news, subscriber, told.page))
        elif subscriber.kind is Kind.WEBHOOK:
            await self._webhook(told, webhook_body(news, subscriber, told.page), key)
        else:
            await self._chat(told, notice(news, subscriber, told.page))

    async def _mail(self, told: Told, text: Letter) -> None:
        if told.sender is None:
            raise DeliveryFailed(NO_SENDER)
        message = Message(text.text, usual=Message(text.subject))
        target = told.subscriber.target
        try:
            await self._hand_over(mail_form(told.sender, target, text.unsubscribe), message)
        except DeliveryFailed as failure:
            # What the mail server says of us concerns the owner, and passes when they have mended it.
            permanent = failure.permanent and "refused" in failure.arguments
            said = re.sub(re.escape(target), masked(Kind.EMAIL, target), failure.message, flags=re.I)
            raise DeliveryFailed(said, permanent=permanent, retry_after=failure.retry_after) from None

    async def _chat(self, told: Told, news: Notice) -> None:
        """Services are where they are known to be, and so are asked as channels are: through a proxy too."""
        content = chats.body(told.subscriber.kind, news)
        body = compact_json(content).encode("utf-8", "replace")
        request = Request("POST", told.subscriber.target, headers=[*_JSON], body=body)
        answer = await self._posted(told, request, self._anywhere)
        if not 200 <= answer.status < 300:
            raise _refused(answer)
        if told.subscriber.kind is Kind.TEAMS and answer.body.startswith(chats.TEAMS_REFUSED):
            raise DeliveryFailed("Teams has refused the message.")

    async def _webhook(self, told: Told, content: dict[str, Any], key: str) -> None:
        subscriber, now = told.subscriber, int(self._clock.now())
        body = compact_json(content).encode("utf-8", "replace")
        headers = [
            *_JSON,
            ("webhook-id", key),
            ("webhook-timestamp", str(now)),
            ("webhook-signature", signature(subscriber, key, now, body)),
        ]
        request = Request("POST", subscriber.target, headers=headers, body=body)
        answer = await self._posted(told, request, self._strangers(told))
        if not 200 <= answer.status < 300:
            raise _refused(answer)

    async def _browser(self, told: Told, news: News) -> None:
        subscription, keys = subscription_of(told.subscriber.target), await self._push_keys()
        data, now = browsers.payload(news, told.subscriber, told.page), self._clock.now()
        # The first one imports a library.
        request = await asyncio.to_thread(browsers.request, subscription, data, keys, now)
        answer = await self._posted(told, request, self._strangers(told))
        if answer.status in EXPIRED:
            raise Expired("HTTP {status}", permanent=True, status=answer.status)
        if not 200 <= answer.status < 300:
            raise _refused(answer)

    def _strangers(self, told: Told) -> Http:
        """What reaches the places that any visitor may name."""
        return self._anywhere if told.offer.private else self._public

    async def _posted(self, told: Told, request: Request, http: Http) -> Response:
        """The answer; nobody is sent elsewhere by it. Raises DeliveryFailed."""
        _check_allowed(told)
        request = replace(
            request, timeout=ANSWER_S, total_timeout=TOTAL_S, max_redirects=0, body_limit=ANSWER_BYTES
        )
        try:
            return await http.send(request)
        except NetworkError as error:
            raise DeliveryFailed(error.message, permanent=error.kind is ErrorKind.URL) from None


def _check_allowed(told: Told) -> None:
    """Private targets may have been allowed once only. Raises DeliveryFailed."""
    try:
        read_target(told.subscriber.kind, told.subscriber.target, private=told.offer.private)
    except UserError as error:
        raise DeliveryFailed(error.message, permanent=True) from None


def _refused(answer: Response) -> DeliveryFailed:
    status = answer.status
    permanent = status < 500 and status not in PASSING
    pause = answer.headers.get("retry-after") or ""
    wait = float(pause) if _SECONDS.fullmatch(pause) else None
    return DeliveryFailed("HTTP {status}", permanent=permanent, retry_after=wait, status=status)


def blame_of(failure: DeliveryFailed) -> int:
    """How many failures of a receiver it counts for that a message was not delivered."""
    if isinstance(failure, NotTold) or not failure.permanent:
        return 0
    return FAILURES_UNTIL_OFF if isinstance(failure, Expired) else 1


def mail_form(sender: Mapping[str, Any], target: str, unsubscribe: str) -> dict[str, Any]:
    """The owner's channel as it writes to a subscriber, and to nobody else."""
    form = {key: value for key, value in sender.items() if _OF_SENDER.fullmatch(key)}
    headers = {"Auto-Submitted": "auto-generated"}
    if unsubscribe:
        headers |= {
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        form[_DKIM_FIELDS] = f"{form.get(_DKIM_FIELDS) or DEFAULT_FIELDS}:{_ALSO_SIGNED}"
    return {
        **form,
        "type": "smtp",
        "smtpTo": target,
        "smtpAdditionalHeaders": compact_json(headers),
    }
