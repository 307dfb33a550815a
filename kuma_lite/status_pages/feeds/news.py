"""What feeds of a page tell: an entry per incident, and per monitor or server that is down."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from kuma_lite.core.clock import MILLISECONDS, wire_date, wire_time
from kuma_lite.core.declarations import Status
from kuma_lite.status_pages.drawing.headline import headline
from kuma_lite.status_pages.model import Incident, Page, ShownState
from kuma_lite.status_pages.rules import STATUS_TEXTS, Overall, overall


class Item(Struct, frozen=True):
    """One entry of a feed."""

    title: str
    description: str  # Markdown where people wrote it
    guid: str
    at: int  # seconds since 1970
    is_written: bool = False  # by people


class News(Struct, frozen=True):
    """Everything that a feed says; the newest entry is not always the first."""

    title: str
    rss_title: str  # as Uptime Kuma words it
    url: str  # absolute address of the page
    state: str  # in a sentence, the worst first
    rss_state: str  # as Uptime Kuma words it
    items: list[Item]
    now: int  # seconds since 1970


def news(
    page: Page, url: str, incidents: Sequence[Incident], latest: Sequence[ShownState], now: float
) -> News:
    """What there is to tell.

    Args:
        page: whose it is.
        url: absolute address of the page.
        incidents: those on the page, newest first.
        latest: of each monitor on the page that has a state, and of each server.
        now: seconds since 1970.
    """
    items = [_incident(incident) for incident in incidents]
    items += [_outage(state) for state in latest if state.status is Status.DOWN]
    rss_title = page.rss_title or (f"{page.title} RSS Feed" if page.title else "Uptime Kuma RSS Feed")
    states = [state.status for state in latest]
    sentence = " · ".join(part.text for part in headline(states, 0, ()).parts)
    title = page.rss_title or page.title or "Status"
    whole = overall(states)
    # Uptime Kuma calls a page "Under maintenance" beside whatever else is down.
    rss_state = sentence if whole is Overall.MAINTENANCE and Status.DOWN in states else STATUS_TEXTS[whole]
    return News(title, rss_title, url, sentence, rss_state, items, int(now))


def _incident(incident: Incident) -> Item:
    at = incident.created if incident.updated is None else incident.updated
    return Item(incident.title, incident.content, f"i{incident.id}-{wire_date(at)}", at, is_written=True)


def _outage(state: ShownState) -> Item:
    since = wire_time(state.since)
    # In Uptime Kuma 2.5 entries change with every beat, and are not told apart by monitor.
    return Item(
        f"{state.name} is down",
        f"{state.name} has been down since {since} UTC",
        f"{state.key}-{since}",
        state.since // MILLISECONDS,
    )
