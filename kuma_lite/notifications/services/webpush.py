"""Web Push: a message of the operating system from a browser, https://www.rfc-editor.org/rfc/rfc8030."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from kuma_lite.core.clock import SystemClock
from kuma_lite.core.declarations import (
    DeliveryContext,
    DeliveryFailed,
    Kind,
    Message,
    NotificationService,
    PushKeys,
)
from kuma_lite.core.errors import UserError
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.support.webpush.limits import MAX_BYTES
from kuma_lite.notifications.services.support.webpush.request import NoKey, sealed_for
from kuma_lite.notifications.services.support.webpush.subscription import Subscription

BEGIN, END = '{"title":"Uptime Kuma","body":"', '"}'  # as the worker of Uptime Kuma's page reads it
KEPT_S = 28 * 24 * 3600  # by the push service, while the browser cannot be reached
_EXAMPLE_KEY = "BFrF_04GJxI7Sh-OSopLRHs0t0vOYhBUCUMwH5EPJGxQ5N0WZUCX6zM-0cBIgxEC7m6BruiB7-YwBwaInPK-qy8"
GONE = frozenset({404, 410})
GONE_SENTENCE = "The push service no longer knows this browser: subscribe it again in the form."


class WebpushOptions(kit.ServiceOptions):
    """Which browser."""

    subscription: str = kit.secret(
        "Browser push subscription",
        "subscription",
        kind=Kind.PUSH_SUBSCRIPTION,
        required=True,
        help="One notification is for one browser; add another one for each other browser.",
    )

    @classmethod
    def example(cls) -> Mapping[str, Any]:
        """What a browser gives."""
        keys = {"p256dh": _EXAMPLE_KEY, "auth": "MDEyMzQ1Njc4OWFiY2RlZg"}
        return {"subscription": json.dumps({"endpoint": "https://push.example/1", "keys": keys})}


class Webpush(NotificationService[WebpushOptions]):
    """A message in one browser, also while our page is closed."""

    name, label, groups = "Webpush", "Webpush", ("push",)
    documentation = "https://developer.mozilla.org/docs/Web/API/Push_API"
    description = "Shows messages in a browser that is subscribed here, also while this page is closed."

    def validate(self, options: WebpushOptions) -> None:
        """It must be a subscription."""
        try:
            _subscription(options)
        except DeliveryFailed as problem:
            raise UserError(problem.template, **problem.arguments, extra={"field": "subscription"}) from None

    async def send(self, options: WebpushOptions, message: Message, context: DeliveryContext) -> str:
        """Hand it to the push service of the browser's maker, for that browser alone to read."""
        subscription, keys = _subscription(options), await context.push_keys()
        # The first one imports a library.
        call = await asyncio.to_thread(push_call, subscription, message.text, keys, SystemClock().now())
        await kit.ask(kit.network_of(context).http, call, meaning=_meaning, cause=False)
        return kit.SENT


def push_call(subscription: Subscription, text: str, keys: PushKeys, now: float) -> kit.Call:
    """The request. `now`: seconds since 1970. Raises DeliveryFailed."""
    try:
        sealed = sealed_for(subscription, payload(text), keys, now, kept_s=KEPT_S)
    except NoKey:
        raise DeliveryFailed("The setting webpushPrivateVapidKey holds no key.", permanent=True) from None
    except ValueError:
        raise _unusable("“keys.p256dh” is no public key of a browser") from None
    return kit.Call(subscription.endpoint, body=sealed.body, headers=sealed.headers)


def payload(text: str) -> bytes:
    """What the browser reads: JSON that fits into a message, whatever the text."""
    room = MAX_BYTES - len(BEGIN) - len(END)
    body = kit.limited(text, room, kit.Unit.BYTES, escape=kit.escaping.json_string)
    return f"{BEGIN}{body}{END}".encode("utf-8", "replace")


def _subscription(options: WebpushOptions) -> Subscription:
    try:
        return Subscription.read(options.subscription)
    except ValueError as problem:
        raise _unusable(str(problem)) from None


def _unusable(problem: str) -> DeliveryFailed:
    return DeliveryFailed(
        "The browser push subscription cannot be used: {problem}.", permanent=True, problem=problem
    )


def _meaning(answer: kit.Answer) -> str:
    return GONE_SENTENCE if answer.status in GONE else ""
