"""What a browser is told by a push message: JSON that the worker of the pages reads."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core.declarations import DeliveryFailed, PushKeys
from kuma_lite.core.json_text import compact_json
from kuma_lite.net.http import Request
from kuma_lite.notifications.services.support.webpush.limits import MAX_BYTES
from kuma_lite.notifications.services.support.webpush.request import NoKey, sealed_for
from kuma_lite.notifications.services.support.webpush.subscription import Subscription
from kuma_lite.status_pages.subscribers.keys import Purpose
from kuma_lite.status_pages.subscribers.letters import (
    MAX_TITLE_CHARS,
    PageFacts,
    about,
    heading_of,
    one_line,
    path,
    plain,
    when,
)
from kuma_lite.status_pages.subscribers.model import News, Subscriber, What
from kuma_lite.status_pages.subscribers.rules import CONFIRM_WITHIN_S
from kuma_lite.status_pages.subscribers.targets import NO_BROWSER

KEPT_S: Final = 24 * 3600  # by the push service, while the browser cannot be reached; older news is none
MAX_BODY_CHARS: Final = 600  # nobody's system shows more
DEFAULT_ICON: Final = "/icon-192.png"


def payload(news: News, subscriber: Subscriber, page: PageFacts) -> bytes:
    """What the worker reads. Addresses are paths: the worker is at the host at which somebody subscribed."""
    title = one_line(page.title) or "Status"
    told: dict[str, Any] = {
        "icon": page.icon or DEFAULT_ICON,
        "stop": path(subscriber, page, Purpose.UNSUBSCRIBE),
        "tag": f"{page.path} {news.what.value.partition('.')[0]} {news.id}",
    }
    if news.what is What.CONFIRM:
        confirm = path(subscriber, page, Purpose.CONFIRM, news.at + CONFIRM_WITHIN_S)
        manage = path(subscriber, page, Purpose.MANAGE)
        said = f"You are subscribed: this browser shows when something happens at {title}."
        told |= {"title": title, "body": said, "open": manage, "confirm": confirm}
    else:
        parts = (when(news), about(news, page), plain(news.text))
        body = "\n".join(part for part in parts if part)[:MAX_BODY_CHARS]
        told |= {"title": f"{title}: {heading_of(news)}"[:MAX_TITLE_CHARS], "body": body, "open": page.path}
    data = compact_json(told).encode("utf-8", "replace")
    if len(data) > MAX_BYTES:  # texts of four bytes a letter
        short = {**told, "body": told["body"][: MAX_BODY_CHARS // 4]}
        data = compact_json(short).encode("utf-8", "replace")
    return data


def request(subscription: Subscription, data: bytes, keys: PushKeys, now: float) -> Request:
    """What the push service of a browser's maker is sent; the caller sets limits. Raises DeliveryFailed."""
    try:
        sealed = sealed_for(subscription, data, keys, now, kept_s=KEPT_S)
    except NoKey:
        raise DeliveryFailed("The setting webpushPrivateVapidKey holds no key.") from None
    except ValueError:
        raise DeliveryFailed(NO_BROWSER, permanent=True) from None
    return Request("POST", subscription.endpoint, headers=[*sealed.headers.items()], body=sealed.body)
