"""What subscribers read: a subject, a text, or the body of a webhook. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.iso_time import iso
from kuma_lite.core.patterns import pattern
from kuma_lite.status_pages.drawing.markdown import to_html
from kuma_lite.status_pages.drawing.moments import date_text, time_text
from kuma_lite.status_pages.subscribers.keys import Purpose, token
from kuma_lite.status_pages.subscribers.model import News, Subscriber, What
from kuma_lite.status_pages.subscribers.rules import CONFIRM_WITHIN_S

MAX_TEXT_CHARS: Final = 10_000  # of what people wrote
MAX_TITLE_CHARS: Final = 200
_CHOOSE: Final = "Choose what you are told, or unsubscribe"
_BREAKS: Final = pattern(r"<br>|</(?:p|li|h[1-6]|pre|ul|blockquote)>")
_LINK: Final = pattern(r'<a href="([^"]*)"[^>]*>([^<]*)</a>')
_TAG: Final = pattern(r"<[^>]*>")
_MANY_LINES: Final = pattern(r"\n{3,}")

_BEGINNINGS: Final = {
    What.INCIDENT_BEGUN: "Incident",
    What.INCIDENT_UPDATED: "Update",
    What.INCIDENT_RESOLVED: "Resolved",
    What.MAINTENANCE_PLANNED: "Maintenance planned",
    What.MAINTENANCE_CHANGED: "Maintenance changed",
    What.MAINTENANCE_BEGUN: "Maintenance has begun",
    What.MAINTENANCE_ENDED: "Maintenance has ended",
    What.MAINTENANCE_CANCELLED: "Maintenance cancelled",
}


class PageFacts(Struct, frozen=True):
    """What messages say of a page."""

    title: str
    address: str  # of the page, absolute; "" where none is known
    path: str  # its path at every host that shows it
    names: Mapping[int, str]  # of the monitors on it
    icon: str = ""  # address or path of its own picture


class Letter(Struct, frozen=True):
    """A message as people read it."""

    subject: str  # one line
    text: str
    unsubscribe: str  # address for one click; "": there is nothing to end yet


class Notice(Struct, frozen=True, kw_only=True):
    """The same in parts, each of which a chat shows in its own way."""

    what: What
    page: str  # its title
    address: str  # of the page
    heading: str
    facts: tuple[tuple[str, str], ...] = ()  # name and value, a line each
    text: str  # Markdown
    links: tuple[tuple[str, str], ...]  # words and address
    closing: str = ""
    at: int  # seconds since 1970


def letter(news: News, subscriber: Subscriber, page: PageFacts) -> Letter:
    """What somebody is told by mail."""
    told = notice(news, subscriber, page)
    subject = f"[{told.page}] {told.heading}"
    unsubscribe = "" if news.what is What.CONFIRM else link(subscriber, page, Purpose.UNSUBSCRIBE)
    words, address = told.links[-1]
    if told.closing:
        return Letter(subject, f"{told.text}\n\n{words}:\n{address}\n\n{told.closing}\n", unsubscribe)
    facts = "\n".join(f"{name}: {value}" for name, value in told.facts)
    parts = (told.heading, facts, plain(told.text), told.address, f"{words}: {address}")
    return Letter(subject, "\n\n".join(part for part in parts if part) + "\n", unsubscribe)


def notice(news: News, subscriber: Subscriber, page: PageFacts) -> Notice:
    """What somebody is told, whatever shows it."""
    title = one_line(page.title) or "Status"
    made = partial(Notice, what=news.what, page=title, address=page.address, at=news.at)
    manage = (_CHOOSE, link(subscriber, page, Purpose.MANAGE))
    if news.what is What.CONFIRM:
        confirm = link(subscriber, page, Purpose.CONFIRM, news.at + CONFIRM_WITHIN_S)
        return made(
            heading="Please confirm your subscription",
            text=f"Somebody, hopefully you, wants to be told here when something happens at {title}.",
            links=(("Confirm within 24 hours", confirm),),
            closing="If it was not you, do nothing: what was typed is deleted after a day.",
        )
    if news.what is What.KNOWN:
        return made(
            heading="You are subscribed",
            text=f"You are subscribed to {title} already.",
            links=(manage,),
            closing="If you did not ask for this, you need not do anything.",
        )
    facts = [("Time" if news.start or news.end else "Status", when(news)), ("Services", services(news, page))]
    if news.what is What.INCIDENT_RESOLVED:
        del facts[0]  # the heading says it
    return made(
        heading=heading_of(news),
        facts=tuple(fact for fact in facts if fact[1]),
        text=news.text[:MAX_TEXT_CHARS],
        links=(("Status page", page.address), manage),
    )


def heading_of(news: News) -> str:
    """What has happened, in a few words."""
    return f"{_BEGINNINGS[news.what]}: {one_line(news.title)}"


def link(subscriber: Subscriber, page: PageFacts, purpose: Purpose, until: int | None = None) -> str:
    """An address that opens something for a subscriber."""
    return f"{page.address}{_key(subscriber, purpose, until)}"


def path(subscriber: Subscriber, page: PageFacts, purpose: Purpose, until: int | None = None) -> str:
    """The same without its host."""
    return f"{page.path}{_key(subscriber, purpose, until)}"


def _key(subscriber: Subscriber, purpose: Purpose, until: int | None) -> str:
    return f"/{PARTS[purpose]}?t={token(subscriber, purpose, until)}"


# Purpose → the part of a page that serves it.
PARTS: Final = {
    Purpose.CONFIRM: "subscribe/confirm",
    Purpose.MANAGE: "subscription",
    Purpose.UNSUBSCRIBE: "unsubscribe",
}


def webhook_body(news: News, subscriber: Subscriber, page: PageFacts) -> dict[str, Any]:
    """What a program is told, in the shape of Standard Webhooks."""
    data: dict[str, Any] = {"page": {"title": page.title, "url": page.address}}
    if news.what is What.CONFIRM:
        data["confirm_url"] = link(subscriber, page, Purpose.CONFIRM, news.at + CONFIRM_WITHIN_S)
    else:
        data["manage_url"] = link(subscriber, page, Purpose.MANAGE)
        data["unsubscribe_url"] = link(subscriber, page, Purpose.UNSUBSCRIBE)
    kind = news.what.value.partition(".")[0]
    if kind in ("incident", "maintenance"):
        data[kind] = {
            "id": news.id,
            "title": news.title,
            "text": news.text[:MAX_TEXT_CHARS],
            "services": [page.names[number] for number in news.monitors if number in page.names],
            **({"state": news.state or None} if kind == "incident" else _times(news)),
        }
    return {"type": news.what.value, "timestamp": iso(news.at * 1000), "data": data}


def _times(news: News) -> dict[str, str | None]:
    return {
        "start": None if news.start is None else iso(news.start * 1000),
        "end": None if news.end is None else iso(news.end * 1000),
    }


def when(news: News) -> str:
    """The time of maintenance, or how far an incident is."""
    if news.start is None and news.end is None:
        return news.state.capitalize()
    begins = [] if news.start is None else [f"from {_moment(news.start)}"]
    ends = [] if news.end is None else [f"until {_moment(news.end)}"]
    text = " ".join([*begins, *ends])
    return text[:1].upper() + text[1:]


def about(news: News, page: PageFacts) -> str:
    """Which services it concerns, as a line."""
    names = services(news, page)
    return f"Services: {names}" if names else ""


def services(news: News, page: PageFacts) -> str:
    """Their names."""
    return ", ".join(one_line(page.names[number]) for number in news.monitors if number in page.names)


def _moment(seconds: int) -> str:
    return f"{date_text(seconds)}, {time_text(seconds)} UTC"


def plain(markdown: str) -> str:
    """The words of a Markdown text, a paragraph or an item on a line of its own."""
    import html  # see `drawing.markdown.to_text`

    marked = _LINK.sub(_written_out, to_html(markdown[:MAX_TEXT_CHARS])).replace("<li>", "- ")
    marked = _BREAKS.sub("\n", marked)
    return _MANY_LINES.sub("\n\n", html.unescape(_TAG.sub("", marked))).strip()


def _written_out(found: re.Match[str]) -> str:
    """A link with its address, unless that is what it says."""
    return found[2] if found[1] == found[2] else f"{found[2]} ({found[1]})"


def one_line(text: str) -> str:
    """Without line feeds, and not longer than a title should be."""
    return " ".join(text.split())[:MAX_TITLE_CHARS]
