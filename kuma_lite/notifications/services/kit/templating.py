"""Liquid templates of users, filled with words that a service's markup must not take for its own."""

from __future__ import annotations

from typing import Protocol

from kuma_lite.core.declarations import Message
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.core.records import replace
from kuma_lite.notifications.services.support.escaping import Escape, json_string, plain
from kuma_lite.notifications.services.support.limits import limited
from kuma_lite.notifications.services.support.texts import NO_ADDRESS, NO_NAME

# Where a rendered text is too long: the share of the limit that each text in it may have, tried in turn. The
# text itself is not cut, as that could leave a mark open.
SHARES = (4, 16, 64)


class Render(Protocol):
    """`DeliveryContext.render`."""

    def __call__(self, template: str, message: Message, escape: Escape | None = None) -> str:
        """The rendered text. Raises TemplateFailed."""


def rendered(
    render: Render, template: str, message: Message, escape: Escape = plain, limit: int | None = None
) -> str:
    """The template with every value escaped, and shortened as far as the limit needs it."""
    if message.monitor is None and escape(NO_ADDRESS) != NO_ADDRESS:
        # Where values are escaped, the words that stand for a monitor are one, as in Uptime Kuma 2.5.
        stand_in = {"name": NO_NAME, "hostname": NO_ADDRESS, "url": NO_ADDRESS}
        message = replace(message, monitor=stand_in)
    text = render(template, message, None if escape is plain else escape)
    for share in SHARES if limit is not None else ():
        assert limit is not None
        if len(text) <= limit:
            break
        text = render(template, message, _shortened(escape, limit // share))
    return text


def json_rendered(render: Render, template: str, message: Message) -> str:
    """The rendered template; when quotes or line feeds in a value broke its JSON, with escaped values."""
    text = render(template, message)
    if is_json(text) or text == template:
        return text
    escaped = render(template, message, json_string)
    return escaped if is_json(escaped) else text


def is_json(text: str) -> bool:
    """Whether it is a JSON object, list or string: what a receiver of JSON is sent."""
    try:
        return isinstance(parse_json(text), dict | list | str)
    except JsonTextError:
        return False


def _shortened(escape: Escape, most: int) -> Escape:
    return lambda text: escape(limited(text, most))
