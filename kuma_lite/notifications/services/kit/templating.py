"""Liquid templates of users, filled with words that a service's markup must not take for its own."""

from __future__ import annotations

import json
from collections.abc import Callable

from kuma_lite.core.declarations import Message
from kuma_lite.notifications.services.support.escaping import Escape, json_string, map_texts, plain
from kuma_lite.notifications.services.support.limits import limited
from kuma_lite.notifications.services.support.texts import NO_ADDRESS, NO_NAME

# Where a rendered text is too long: the share of the limit that each text in it may have, tried in turn. The
# text itself is not cut, as that could leave a mark open.
SHARES = (4, 16, 64)

Render = Callable[[str, Message], str]


def rendered(
    render: Render, template: str, message: Message, escape: Escape = plain, limit: int | None = None
) -> str:
    """The template with every value escaped, and shortened as far as the limit needs it."""
    text = render(template, _changed(message, escape))
    for share in SHARES if limit is not None else ():
        assert limit is not None
        if len(text) <= limit:
            break
        longest = limit // share
        text = render(template, _changed(message, lambda value, most=longest: escape(limited(value, most))))  # type: ignore[misc]
    return text


def json_rendered(render: Render, template: str, message: Message) -> str:
    """The rendered template; when quotes or line feeds in a value broke its JSON, with escaped values."""
    text = render(template, message)
    if _is_json(text) or text == template:
        return text
    escaped = render(template, _changed(message, json_string))
    return escaped if _is_json(escaped) else text


def _changed(message: Message, change: Escape) -> Message:
    """The message with every value changed; where the words that stand for a monitor need it, these too."""
    if change is plain:
        return message
    monitor = message.monitor
    if monitor is None and change(NO_ADDRESS) != NO_ADDRESS:
        monitor = {"name": NO_NAME, "hostname": NO_ADDRESS, "url": NO_ADDRESS}
    shown = map_texts(monitor, change)
    if monitor and "type" in monitor:  # decides how the address is found and must stay itself
        shown["type"] = monitor["type"]
    return Message(change(message.text), shown, map_texts(message.heartbeat, change))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
