"""What badges say (Uptime Kuma 2.5, REST reference §5): from parameters and figures to words and colours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.badges.badge_svg import STYLES, Badge
from kuma_lite.status_pages.badges.numbers import parse_int, to_precision
from kuma_lite.status_pages.badges.query import Query
from kuma_lite.status_pages.drawing import colours
from kuma_lite.status_pages.model import Figures
from kuma_lite.status_pages.rules import MAX_HOURS

DEFAULT_DURATION: Final = "24h"
NO_BEATS: Final = "This monitor has no heartbeat yet."
_WARN_DAYS: Final = 14
_DOWN_DAYS: Final = 7

# Status → parameter and word, parameter and colour.
_STATUS: Final = {
    Status.UP: ("upLabel", "Up", "upColor", colours.UP),
    Status.DOWN: ("downLabel", "Down", "downColor", colours.DOWN),
    Status.PENDING: ("pendingLabel", "Pending", "pendingColor", colours.PENDING),
    Status.MAINTENANCE: ("maintenanceLabel", "Maintenance", "maintenanceColor", colours.MAINTENANCE),
}


def style_of(query: Query) -> str:
    """The style asked for. Raises UserError (HTTP 403)."""
    style = query.text("style", "flat")
    if style not in STYLES:
        raise UserError("Field `style` must be one of ({styles})", styles=",".join(STYLES), status=403)
    return style


def not_available(query: Query, message: str = "N/A", colour: str = colours.NOT_AVAILABLE) -> Badge:
    """What there is to say of what nobody may know, or knows."""
    return Badge(message, colour=colour, style=style_of(query))


def status_badge(query: Query, latest: Status | None) -> Badge:
    """The state of a monitor; `value` is shown instead of the latest beat. Raises UserError."""
    if latest is None and "value" not in query:
        raise UserError(NO_BEATS, status=403)
    value = query.integer("value") if "value" in query else latest
    label = query.single("label", "label", "Status") or ""
    if value not in _STATUS:
        return Badge("N/A", label, colours.NOT_AVAILABLE, style=style_of(query))
    word, default_word, colour, default_colour = _STATUS[Status(value)]
    return Badge(
        query.single(word, "message", default_word) or "",
        label,
        query.single(colour, "color", default_colour),
        style=style_of(query),
    )


def uptime_badge(query: Query, number: str, figures: Figures) -> Badge:
    """Share of beats that were up; `number` is that of the duration."""
    share = figures.uptime
    if "value" in query:
        given = query.number("value")
        share = math.nan if given is None else given
    percent = "NaN" if math.isnan(share) else to_precision(share * 100, 4)
    suffix = query.text("labelSuffix", "h")
    return Badge(
        query.text("prefix") + percent + query.text("suffix", "%"),
        query.text("labelPrefix") + query.text("label", f"Uptime ({number}{suffix})"),
        query.single("color", "color", colours.of_share(share)),
        query.single("labelColor", "labelColor"),
        style_of(query),
    )


def ping_badge(query: Query, number: str, figures: Figures) -> Badge:
    """Mean response time over a duration; without any the number is left out."""
    suffix = query.text("labelSuffix", "h")
    label = query.text("labelPrefix") + query.text("label", f"Avg. Ping ({number}{suffix})")
    return _measured(query, label, query.number("value") if "value" in query else figures.average_ping)


def response_hours(text: str | None) -> int | None:
    """The plain hours of an average response time, at most 30 days; None for what is no number."""
    hours = parse_int(text) if text else 24
    return None if hours is None else min(hours, MAX_HOURS)


def average_response_badge(query: Query, hours: int, average: float | None) -> Badge:
    """Mean response time over some hours."""
    value = query.number("value") if query.text("value") else average
    if value is None or not int(value):
        return not_available(query)
    return _measured(query, _label(query, f"Avg. Response ({hours}h)"), value)


def response_badge(query: Query, ping: float | None) -> Badge:
    """Response time of the latest beat."""
    if ping is None or not int(ping):
        return not_available(query)
    return _measured(query, _label(query, "Response"), query.number("value") if "value" in query else ping)


def certificate_badge(query: Query, document: Mapping[str, Any] | None) -> Badge:
    """Days until a certificate expires, or with `date` when it does; `document` is its `certInfo`."""
    if document is None:
        return not_available(query, "No/Bad Cert")
    down_colour = query.single("downColor", "color", colours.DOWN)
    if not document.get("valid"):
        return not_available(query, "Bad Cert", down_colour or "")
    certificate = document.get("certInfo") or {}
    days = query.integer("value") if "value" in query else int(certificate.get("daysRemaining") or 0)
    with_date = bool(query.text("date"))
    left = days or 0
    if left > _days(query, "warnDays", _WARN_DAYS):
        colour = query.single("upColor", "color", colours.UP)
    elif left > _days(query, "downDays", _DOWN_DAYS):
        colour = query.single("warnColor", "color", colours.WARN)
    else:
        colour = down_colour
    value = str(certificate.get("validTo") or "") if with_date else str(days or "")
    return Badge(
        query.text("prefix") + value + query.text("suffix", "" if with_date else " days"),
        _label(query, "Cert Exp."),
        colour,
        query.single("labelColor", "labelColor"),
        style_of(query),
    )


def page_badge(query: Query, latest: Iterable[Status]) -> Badge:
    """The state of a whole page; pending counts for nothing."""
    states = set(latest)
    if Status.MAINTENANCE in states:
        words = "Maintenance", "maintenanceColor", colours.PAGE_MAINTENANCE
    elif Status.UP in states and Status.DOWN in states:
        words = "Degraded", "partialColor", colours.PARTIAL
    elif Status.UP in states:
        words = "Up", "upColor", colours.UP
    elif Status.DOWN in states:
        words = "Down", "downColor", colours.DOWN
    else:
        return not_available(query)
    message, colour, default = words
    return Badge(
        message,
        query.single("label", "label", "") or "",
        query.single(colour, "color", default),
        style=style_of(query),
    )


def _measured(query: Query, label: str, milliseconds: float | None) -> Badge:
    """A response time, cut to whole milliseconds; 0 and none leave the number out."""
    number = str(int(milliseconds) or "") if milliseconds is not None else ""
    return Badge(
        query.text("prefix") + number + query.text("suffix", "ms"),
        label,
        query.single("color", "color", colours.PING),
        query.single("labelColor", "labelColor"),
        style_of(query),
    )


def _label(query: Query, default: str) -> str:
    return query.text("labelPrefix") + query.text("label", default) + query.text("labelSuffix")


def _days(query: Query, name: str, default: int) -> float:
    value = query.number(name) if name in query else None
    return default if value is None else value
