"""`/api/badge/<monitor>/<kind>[/<duration>]` (Uptime Kuma 2.5, REST reference §5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct

from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.badges import badges
from kuma_lite.status_pages.badges.badge_svg import Badge
from kuma_lite.status_pages.badges.numbers import parse_int
from kuma_lite.status_pages.badges.query import Query
from kuma_lite.status_pages.model import Monitors, Window
from kuma_lite.status_pages.rules import HOUR_S, read_duration


class _Wanted(Struct, frozen=True):
    """A monitor, and whether the one who asks may know of it."""

    id: int
    known: bool


class MonitorBadges:
    """Badges of monitors: of those that may be known, and "N/A" for all others."""

    def __init__(self, monitors: Monitors) -> None:
        self._monitors = monitors
        # Kind → how it is made; the second: whether a duration may follow.
        self._kinds: dict[str, tuple[Callable[[_Wanted, str | None, Query], Awaitable[Badge]], bool]] = {
            "status": (self._status, False),
            "uptime": (self._uptime, True),
            "ping": (self._ping, True),
            "avg-response": (self._average_response, True),
            "cert-exp": (self._certificate, False),
            "response": (self._response, False),
        }

    def knows(self, parts: list[str]) -> bool:
        """Whether the parts of an address are those of a badge."""
        if not 2 <= len(parts) <= 3 or not all(parts):
            return False
        _make, with_duration = self._kinds.get(parts[1].lower(), (None, False))
        return _make is not None and (len(parts) == 2 or with_duration)

    async def make(self, parts: list[str], query: Query, may_know: Callable[[int], bool]) -> Badge:
        """The badge at an address that `knows` knows.

        Args:
            parts: of the address.
            query: how it shall look.
            may_know: whether the one who asks may know of a monitor.

        Raises:
            UserError: HTTP 403.
        """
        monitor_id = parse_int(parts[0])
        if monitor_id is None:
            raise UserError("Invalid monitor ID", status=403)
        duration = parts[2] if len(parts) == 3 else None
        make, _ = self._kinds[parts[1].lower()]
        return await make(_Wanted(monitor_id, may_know(monitor_id)), duration, query)

    async def _status(self, wanted: _Wanted, _duration: str | None, query: Query) -> Badge:
        if not wanted.known:
            return badges.not_available(query)
        last = self._monitors.last(wanted.id)
        return badges.status_badge(query, last.status if last else None)

    async def _uptime(self, wanted: _Wanted, duration: str | None, query: Query) -> Badge:
        if not wanted.known:
            return badges.not_available(query)
        number, window = read_duration(duration or badges.DEFAULT_DURATION)
        return badges.uptime_badge(query, number, await self._monitors.figures(wanted.id, window))

    async def _ping(self, wanted: _Wanted, duration: str | None, query: Query) -> Badge:
        number, window = read_duration(duration or badges.DEFAULT_DURATION)
        if not wanted.known:  # GHSA-c7hf-c5p5-5g6h: here it was missing once
            return badges.not_available(query)
        return badges.ping_badge(query, number, await self._monitors.figures(wanted.id, window))

    async def _average_response(self, wanted: _Wanted, duration: str | None, query: Query) -> Badge:
        hours = badges.response_hours(duration)
        if not wanted.known or hours is None or hours < 1:
            return badges.not_available(query)
        figures = await self._monitors.figures(wanted.id, Window(HOUR_S, hours))
        return badges.average_response_badge(query, hours, figures.average_ping)

    async def _certificate(self, wanted: _Wanted, _duration: str | None, query: Query) -> Badge:
        if not wanted.known:
            return badges.not_available(query)
        return badges.certificate_badge(query, await self._monitors.certificate(wanted.id))

    async def _response(self, wanted: _Wanted, _duration: str | None, query: Query) -> Badge:
        if not wanted.known:
            return badges.not_available(query)
        last = self._monitors.last(wanted.id)
        if last is None:
            raise UserError(badges.NO_BEATS, status=403)
        return badges.response_badge(query, last.ping)
