"""What a channel of Slack, Discord or Microsoft Teams shows: a message in the name of the page. Pure.

Texts of people mention nobody: in Slack `<` begins a mention and is escaped, Discord is told that none
counts, and a card of Teams has none without a list of them.
"""

from __future__ import annotations

import re
from typing import Any, Final

from kuma_lite.core.iso_time import iso
from kuma_lite.core.patterns import pattern
from kuma_lite.status_pages.drawing.markdown import to_html
from kuma_lite.status_pages.drawing.markup import escape
from kuma_lite.status_pages.subscribers.letters import Notice
from kuma_lite.status_pages.subscribers.model import Kind, What

_SCHEMA: Final = "http://adaptivecards.io/schemas/adaptive-card.json"
SLACK_HEADER: Final = 150  # characters, as all limits here: services refuse what is longer
SLACK_SECTION: Final = 3_000
DISCORD_NAME: Final = 80
DISCORD_TITLE: Final = 256
DISCORD_FIELD: Final = 1_024
DISCORD_TEXT: Final = 3_500  # of 4,096, with 6,000 for title, text and fields together
TEAMS_TEXT: Final = 4_000  # a message may have 28 KB, and a character up to six bytes as JSON
TEAMS_FACT: Final = 500
# Connectors of Teams, older than workflows, say what went wrong behind them in a 200.
TEAMS_REFUSED: Final = b"Webhook message delivery failed"
# Discord takes no webhook's name with these words.
_NO_NAME: Final = pattern(r"discord|clyde|^(?:everyone|here)$", re.I)

_RED, _GREEN, _BLUE, _GREY = 0xCC2936, 0x2F9E69, 0x6C80DD, 0x656E77
_COLOURS: Final = {
    What.INCIDENT_BEGUN: _RED,
    What.INCIDENT_UPDATED: _RED,
    What.INCIDENT_RESOLVED: _GREEN,
    What.CONFIRM: _GREY,
    What.KNOWN: _GREY,
}

_LINK: Final = pattern(r'<a href="((?:https?://|mailto:)[^"]*)"[^>]*>([^<]*)</a>', re.I)
_TAG: Final = pattern(r"<(/?)([a-z]+[1-6]?)[^>]*>")
_SIGNS: Final = {"strong": "*", "em": "_", "del": "~", "code": "`", "pre": "```"}
_BLOCKS: Final = ("p", "li", "pre", "ul", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6")
_MANY_LINES: Final = pattern(r"\n{3,}")


def body(kind: Kind, notice: Notice) -> dict[str, Any]:
    """What the webhook of the service is sent."""
    return {Kind.SLACK: _slack, Kind.DISCORD: _discord, Kind.TEAMS: _teams}[kind](notice)


def _slack(notice: Notice) -> dict[str, Any]:
    """Blocks; `text` is what notifications and screen readers say."""
    heading = _cut(f"{notice.page} · {notice.heading}", SLACK_HEADER)
    facts = "\n".join(f"*{name}:* {escape(value)}" for name, value in notice.facts)
    text = slack_text(notice.text)
    links = " · ".join(f"<{escape(url)}|{escape(words)}>" for words, url in notice.links)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": heading, "emoji": False}}
    ]
    blocks += [{"type": "section", "text": _mrkdwn(part)} for part in (facts, text, links) if part]
    if notice.closing:
        blocks.append({"type": "context", "elements": [_mrkdwn(escape(notice.closing))]})
    return {"text": escape(heading), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": _cut_marked(text)}


def slack_text(markdown: str) -> str:
    """A Markdown text in the marks of Slack."""
    linked = _LINK.sub("\x00\\1|\\2\x01", to_html(markdown))
    marked = _TAG.sub(_slack_tag, linked.replace("<br>", "\n"))
    marked = marked.replace("&quot;", '"').replace("&#39;", "'")
    return _MANY_LINES.sub("\n\n", marked).translate({0: "<", 1: ">"}).strip()


def _slack_tag(found: re.Match[str]) -> str:
    closes, name = found[1] == "/", found[2]
    if name == "li" and not closes:
        return "• "
    sign = _SIGNS.get(name) or ("*" if name.startswith("h") else "")
    if name not in _BLOCKS or not closes:
        return sign
    return sign + ("\n" if name == "li" else "\n\n")


def _cut_marked(text: str) -> str:
    """Cut where no mark or entity is torn."""
    if len(text) <= SLACK_SECTION:
        return text
    kept = text[: SLACK_SECTION - 1]
    for sign, end in (("<", ">"), ("&", ";")):
        place = kept.rfind(sign)
        if place > kept.rfind(end):
            kept = kept[:place]
    return f"{kept}…"


def _discord(notice: Notice) -> dict[str, Any]:
    """An embed, which understands Markdown."""
    links = [f"[{words}]({url})" for words, url in notice.links if url != notice.address]
    parts = (_cut(notice.text, DISCORD_TEXT), " · ".join(links), notice.closing)
    text = "\n\n".join(part for part in parts if part)
    fields = [
        {"name": name, "value": _cut(value, DISCORD_FIELD), "inline": True} for name, value in notice.facts
    ]
    embed = {
        "title": _cut(notice.heading, DISCORD_TITLE),
        "url": notice.address,
        "description": text,
        "color": _COLOURS.get(notice.what, _BLUE),
        "fields": fields,
        "timestamp": iso(notice.at * 1000),
    }
    told: dict[str, Any] = {"embeds": [embed], "allowed_mentions": {"parse": []}}
    name = notice.page[:DISCORD_NAME].strip()
    return told if _NO_NAME.search(name) else {"username": name, **told}


def _teams(notice: Notice) -> dict[str, Any]:
    """A card, in the form that connectors and workflows take."""
    content: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": notice.page, "isSubtle": True, "wrap": True},
        {
            "type": "TextBlock", "text": notice.heading, "size": "Large", "weight": "Bolder", "wrap": True,
            "spacing": "None",
        },
    ]  # fmt: skip
    if notice.facts:
        facts = [{"title": name, "value": _cut(value, TEAMS_FACT)} for name, value in notice.facts]
        content.append({"type": "FactSet", "facts": facts})
    if notice.text:
        content.append({"type": "TextBlock", "text": _cut(notice.text, TEAMS_TEXT), "wrap": True})
    if notice.closing:
        content.append({"type": "TextBlock", "text": notice.closing, "isSubtle": True, "wrap": True})
    card = {
        "type": "AdaptiveCard",
        "$schema": _SCHEMA,
        "version": "1.4",
        "body": content,
        "actions": [{"type": "Action.OpenUrl", "title": words, "url": url} for words, url in notice.links],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    summary = f"{notice.page}: {notice.heading}"
    return {"type": "message", "summary": summary, "attachments": [attachment]}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
