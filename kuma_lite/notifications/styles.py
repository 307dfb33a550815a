"""How a channel words its messages: as Uptime Kuma does, in more detail, or as a template says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from kuma_lite.core.declarations import Message, NotificationService
from kuma_lite.core.records import replace
from kuma_lite.notifications.details import detailed, details_of
from kuma_lite.notifications.services.support.styles import (
    DETAILED,
    STYLE_KEY,
    TEMPLATE,
    TEMPLATE_KEY,
)


class StyleContext(Protocol):
    """What wording a message takes."""

    base_url: str
    zone: str

    def render(self, template: str, message: Message) -> str:
        """A Liquid template. Raises TemplateFailed."""


def styled(
    service: NotificationService[Any], config: Mapping[str, Any], message: Message, context: StyleContext
) -> Message:
    """The message as a channel words it; the usual one where a style comes to nothing. Raises TemplateFailed.

    The text is told in both places that services take it from, as those of cards tell the reason alone.
    """
    style = config.get(STYLE_KEY)
    if style not in (DETAILED, TEMPLATE):
        return message
    words = service.options.words()
    if STYLE_KEY not in words:
        return message
    if style == DETAILED:
        return worded(message, detailed(details_of(message, context.base_url, context.zone)))
    template = config.get(TEMPLATE_KEY)
    if TEMPLATE_KEY in words and isinstance(template, str) and template.strip():
        return worded(message, context.render(template.strip(), message))
    return message


def worded(message: Message, text: str) -> Message:
    """The message with another text; the same one where the text is blank."""
    text = text.strip()
    if not text:
        return message
    beat = message.heartbeat
    told = {**beat, "msg": text} if beat is not None else None
    return replace(message, text=text, heartbeat=told, usual=message)
