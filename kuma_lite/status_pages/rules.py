"""What follows from what, on status pages (Uptime Kuma 2.5, REST reference §2, §5, §6)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final, NamedTuple, TypeVar

from kuma_lite.core import wire_values
from kuma_lite.core.clock import wire_date
from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import UserError
from kuma_lite.core.patterns import pattern
from kuma_lite.status_pages.model import Incident, Window

INCIDENT_STYLES: Final = ("info", "warning", "danger", "primary", "light", "dark")
DEFAULT_STYLE: Final = "warning"
INCIDENTS_PER_PAGE: Final = 10
_END_OF_DATES: Final = 253_402_300_800  # seconds from 1970 to the year 10000

MINUTE_S: Final = 60
HOUR_S: Final = 3_600
DAY_S: Final = 86_400
MAX_HOURS: Final = 720  # what there are statistics by the hour for

_SLUG_FIELD: Final = {"field": "slug"}  # where an editor shows what is wrong
_SLUG: Final = pattern(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DURATION: Final = pattern(r"([0-9]+)([A-Za-z])")
_DIGITS: Final = pattern(r"[0-9]+")
_MOST_DIGITS: Final = 9  # of a duration: with more it is beyond every limit, whatever they say

# Unit → seconds of a bucket, how many of them the unit has, the limit, and what the buckets are called.
_UNITS: Final = {
    "m": (MINUTE_S, 1, 1440, "minutes"),
    "h": (HOUR_S, 1, MAX_HOURS, "hours"),
    "d": (DAY_S, 1, 365, "days"),
    "w": (DAY_S, 7, 365, "days"),
    "M": (DAY_S, 30, 365, "days"),
    "y": (DAY_S, 365, 365, "days"),
}

T = TypeVar("T")


# --- Slugs -------------------------------------------------------------------------------------------------


def read_slug(value: object) -> str:
    """A slug as it is stored: small letters, digits, single hyphens between them. Raises UserError.

    Addresses are lower-cased before they are looked up, so one with capitals could never be reached.
    """
    if not isinstance(value, str):
        raise UserError("Slug must be string", extra=_SLUG_FIELD)
    slug = value.strip().lower()
    if not slug:
        raise UserError("Slug cannot be empty", extra=_SLUG_FIELD)
    if not _SLUG.fullmatch(slug):
        raise UserError("Invalid Slug", extra=_SLUG_FIELD)
    return slug


# --- States ------------------------------------------------------------------------------------------------


class Overall(IntEnum):
    """The state of a whole page, by the numbers of Uptime Kuma's page."""

    NOTHING = -1
    ALL_DOWN = 0
    ALL_UP = 1
    PARTIAL = 2
    MAINTENANCE = 3


STATUS_TEXTS: Final = {
    Overall.NOTHING: "No Services",
    Overall.ALL_DOWN: "Degraded Service",
    Overall.ALL_UP: "All Systems Operational",
    Overall.PARTIAL: "Partially Degraded Service",
    Overall.MAINTENANCE: "Under maintenance",
}


def overall(latest: Iterable[Status]) -> Overall:
    """The state of a page from the latest beat of each of its monitors; pending counts as not up."""
    states = list(latest)
    if not states:
        return Overall.NOTHING
    if Status.MAINTENANCE in states:
        return Overall.MAINTENANCE
    if Status.UP not in states:
        return Overall.ALL_DOWN
    return Overall.ALL_UP if all(state is Status.UP for state in states) else Overall.PARTIAL


# --- Durations ---------------------------------------------------------------------------------------------


class Duration(NamedTuple):
    """The span of a badge."""

    number: str  # as it was written
    window: Window


def read_duration(text: str) -> Duration:
    """`24` (hours), `90m`, `12h`, `7d`, `1w`, `1M`, `1y`. Raises UserError (HTTP 403)."""
    written = f"{text}h" if _DIGITS.fullmatch(text) else text
    found = _DURATION.fullmatch(written)
    if not found:
        raise UserError("Invalid duration: {text}", text=text, status=403)
    number, unit = found.groups()
    if unit not in _UNITS:
        raise UserError(
            "Unsupported unit ({unit}) for badge duration {text}", unit=unit, text=text, status=403
        )
    seconds, factor, limit, name = _UNITS[unit]
    count = number.lstrip("0") or "0"
    if len(count) > _MOST_DIGITS or int(count) * factor > limit:
        raise UserError("The maximum number of {name} is {limit}", name=name, limit=limit, status=403)
    return Duration(number, Window(seconds, int(count) * factor))


# --- Incidents ---------------------------------------------------------------------------------------------


def incident_style(style: object) -> str:
    """One of the six there are."""
    return style if isinstance(style, str) and style in INCIDENT_STYLES else DEFAULT_STYLE


class Cursor(NamedTuple):
    """Incidents older than this come next; of the same second, those with a smaller id."""

    created: int  # seconds since 1970
    id: int  # 0: none of that second

    @property
    def text(self) -> str:
        """As clients keep it: the date alone wherever that is enough, as in Uptime Kuma 2.5."""
        return wire_date(self.created) + (f"|{self.id}" if self.id else "")


def read_cursor(value: object) -> Cursor | None:
    """A cursor as a client sends it back; None: from the newest on.

    Any text is one, as in Uptime Kuma 2.5: what was created before it by the alphabet comes next.
    What is no text comes before all dates.
    """
    if not value:
        return None
    if not isinstance(value, str):
        return Cursor(0, 0)
    date, _, number = value.partition("|")
    return Cursor(bisect_left(range(_END_OF_DATES), date, key=wire_date), wire_values.whole(number) or 0)


def cut_page(
    incidents: Sequence[Incident], count: int = INCIDENTS_PER_PAGE
) -> tuple[list[Incident], Cursor | None]:
    """The first `count`, and where to go on; `incidents` has one more than that if there are more.

    Uptime Kuma 2.5 goes on with what is *older*, and so loses the rest of a second that a page ends in.
    """
    shown = list(incidents[:count])
    if len(incidents) <= count:
        return shown, None
    last, following = shown[-1], incidents[count]
    return shown, Cursor(last.created, last.id if following.created == last.created else 0)
