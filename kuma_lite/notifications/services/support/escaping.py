"""Text as the marked-up languages of services write it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kuma_lite.core.json_text import compact_json
from kuma_lite.core.patterns import pattern

Escape = Callable[[str], str]

_MARKDOWN: Final = pattern(r"([\\`*_{}\[\]<>()#+\-.!|~])")
_MARKDOWN_V2: Final = pattern(r"([_*\[\]()~`>#+\-=|{}.!\\])")


def plain(text: str) -> str:
    """The text itself, for services without marks."""
    return text


def markdown(text: str) -> str:
    """Text that CommonMark shows as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def markdown_v2(text: str) -> str:
    """Text that Telegram's MarkdownV2 shows as it is."""
    return _MARKDOWN_V2.sub(r"\\\1", text)


def html(text: str) -> str:
    """Text between the tags of HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def html_attribute(text: str) -> str:
    """Text between the quotes of an attribute of HTML."""
    return html(text).replace('"', "&quot;").replace("'", "&#39;")


def slack(text: str) -> str:
    """Text that Slack's mrkdwn neither takes for a mention nor for a link."""
    return html(text)  # the same three characters


def json_string(text: str) -> str:
    """Text that can stand between the quotes of a JSON string."""
    return compact_json(text)[1:-1]
