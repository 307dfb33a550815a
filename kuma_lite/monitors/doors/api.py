"""What the API has for monitors beside their fields: pausing, and what was recorded of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from litestar.openapi.spec.enums import OpenAPIFormat
from litestar.response import Stream

from kuma_lite.beats.buckets import HOUR_S, span_of
from kuma_lite.beats.history import BeatHistory
from kuma_lite.beats.model import Beat
from kuma_lite.core.access import Right, may
from kuma_lite.core.clock import MILLISECONDS, Clock, to_ms
from kuma_lite.core.declarations import Status
from kuma_lite.core.iso_time import iso, iso_exact, parse_iso
from kuma_lite.core.resources import Missing
from kuma_lite.monitors.doors.live import TYPES, Filter, LiveEvents
from kuma_lite.monitors.doors.state import WORDS
from kuma_lite.monitors.engine.roster import Monitor
from kuma_lite.monitors.service import Monitors
from kuma_lite.rest.operation import header
from kuma_lite.rest.problems import Problem
from kuma_lite.rest.requests import AnyRequest, TextQuery, WholeQuery, actor_of
from kuma_lite.rest.route import GET, NO_CONTENT, POST, Route, key_in, mounted
from kuma_lite.rest.shapes import MOMENT, named, nullable, one_of

TAG: Final = "Monitors"
ONE: Final = "/api/v1/monitors/{key:str}"
MAX_BEATS: Final = 10_000
MAX_EVENTS: Final = 1_000
MAX_HOURS: Final = 24 * 365
_SINCE: Final = TextQuery(
    "since", "Only those after it; a day ago if not given", format=OpenAPIFormat.DATE_TIME
)
_LIMIT: Final = WholeQuery("limit", "How many, the newest", 1_000, MAX_BEATS)
_EVENTS: Final = WholeQuery("limit", "How many, the newest", 100, MAX_EVENTS)
_HOURS: Final = WholeQuery("hours", "Of how many hours up to then", 24, MAX_HOURS)
_UNTIL: Final = TextQuery("until", "Then; now if not given", format=OpenAPIFormat.DATE_TIME)
_TYPES: Final = TextQuery("types", f"Some of {', '.join(TYPES)}, with commas between; all if not given")
_MONITORS: Final = TextQuery("monitors", "Numbers of monitors with commas between; all if not given")
EVENT_STREAM: Final = "text/event-stream"
_STATUS: Final = one_of(*WORDS.values())
BEAT: Final = named(
    "Beat",
    {"time": MOMENT, "status": _STATUS, "message": "200 - OK", "ping": nullable(41.2), "important": False},
)
CHART: Final = named(
    "ChartBucket",
    {
        "from": MOMENT,
        "up": 60,
        "down": 0,
        "average_ping": nullable(41.2),
        "least_ping": nullable(30.0),
        "most_ping": nullable(80.5),
    },
)
UPTIME: Final = {"hours": 24, "uptime": nullable(0.9993), "average_ping": nullable(41.2)}


class MonitorApi:
    """The routes.

    Args:
        monitors: all of them.
        history: what was recorded.
        live: what happens now.
        clock: the time.
    """

    def __init__(self, monitors: Monitors, history: BeatHistory, live: LiveEvents, clock: Clock) -> None:
        self._monitors = monitors
        self._live = live
        self._history = history
        self._clock = clock

    def mounted(self) -> Sequence[Any]:
        """All of them, as `Doors.routes` has them."""
        return mounted(self.routes())

    def routes(self) -> Iterator[Route]:
        """All of them."""
        route = partial(Route, tag=TAG, people=True, problems=True)
        for verb, handler in (("pause", self.pause), ("resume", self.resume)):
            yield route(
                name=f"monitor_{verb}",
                method=POST,
                path=f"{ONE}/{verb}",
                needs=Right.MONITORS_EDIT,
                handler=handler,
                status=NO_CONTENT,
            )
        reading = partial(route, method=GET, needs=Right.MONITORS_VIEW)
        yield reading(
            name="monitor_beats",
            path=f"{ONE}/beats",
            handler=self.beats,
            response=[BEAT],
            query=[_SINCE, _LIMIT],
        )
        yield reading(
            name="monitor_events",
            path=f"{ONE}/events",
            handler=self.events,
            response=[BEAT],
            query=[_EVENTS],
        )
        yield reading(
            name="monitor_uptime",
            path=f"{ONE}/uptime",
            handler=self.uptime,
            response=UPTIME,
            query=[_HOURS, _UNTIL],
        )
        yield reading(
            name="monitor_chart",
            path=f"{ONE}/chart",
            handler=self.chart,
            response=[CHART],
            query=[_HOURS, _UNTIL],
        )

        yield reading(
            name="live_events",
            path="/api/v1/events",
            handler=self.live,
            query=[_TYPES, _MONITORS],
            headers=[header("Last-Event-ID", "The last one that was heard: the stream goes on behind it")],
            media_type=EVENT_STREAM,
            response="id: 1764331200000-7\nevent: change\ndata: {}\n\n",
        )

    async def live(self, request: AnyRequest) -> Stream:
        """Tell what happens to monitors, as server-sent events; `Last-Event-ID` goes on where it ended."""
        if not self._live.has_room:
            raise Problem(503, "There are too many listeners.")
        wanted = Filter(_types(request), _monitor_ids(request))
        text = self._live.stream(actor_of(request), wanted, request.headers.get("last-event-id"))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Stream(text, media_type=EVENT_STREAM, headers=headers)

    async def pause(self, request: AnyRequest) -> None:
        """Stop checking, until it is resumed."""
        await self._monitors.pause(
            actor_of(request), monitor_in(self._monitors, request, Right.MONITORS_EDIT).id
        )

    async def resume(self, request: AnyRequest) -> None:
        """Check again."""
        await self._monitors.resume(
            actor_of(request), monitor_in(self._monitors, request, Right.MONITORS_EDIT).id
        )

    async def beats(self, request: AnyRequest) -> list[dict[str, Any]]:
        """List what the checks found, the newest last."""
        monitor = monitor_in(self._monitors, request, Right.MONITORS_VIEW)
        since = self._since(request)
        found = await self._history.beats_since(monitor.id, since)
        return [_shown(beat) for beat in found[-_LIMIT.of(request) :]]

    async def events(self, request: AnyRequest) -> list[dict[str, Any]]:
        """List the changes of state, the newest first."""
        monitor = monitor_in(self._monitors, request, Right.MONITORS_VIEW)
        found = await self._history.important_page([monitor.id], 0, _EVENTS.of(request))
        return [_shown(beat) for beat in found]

    async def uptime(self, request: AnyRequest) -> dict[str, Any]:
        """Tell the share of time that it was up, and its average response time, of the last hours."""
        monitor = monitor_in(self._monitors, request, Right.MONITORS_VIEW)
        hours = _HOURS.of(request)
        total = await self._history.total(monitor.id, span_of(hours, self._until(request)))
        checks = total.up + total.down
        return {
            "hours": hours,
            "uptime": total.up / checks if checks else None,
            "average_ping": total.ping_sum / total.pings if total.pings else None,
        }

    async def chart(self, request: AnyRequest) -> list[dict[str, Any]]:
        """List what a chart shows, oldest first: by the minute up to a day, by the hour up to a month."""
        monitor = monitor_in(self._monitors, request, Right.MONITORS_VIEW)
        found = await self._history.chart(monitor.id, _HOURS.of(request), self._until(request))
        return [_bucket(row) for row in reversed(found)]

    # --- inside ------------------------------------------------------------------------------------------

    def _since(self, request: AnyRequest) -> int:
        given = _moment(request, _SINCE)
        return to_ms(self._clock.now()) - 24 * HOUR_S * MILLISECONDS if given is None else given

    def _until(self, request: AnyRequest) -> float:
        """Seconds since 1970."""
        given, now = _moment(request, _UNTIL), self._clock.now()
        return now if given is None else min(now, max(0, given / MILLISECONDS))


def _moment(request: AnyRequest, query: TextQuery) -> int | None:
    """Milliseconds since 1970. Raises Problem."""
    text = request.query_params.get(query.name)
    if not text:
        return None
    moment = parse_iso(text)
    if moment is None:
        sentence = f"{query.name} must be a moment such as 2026-01-31T12:00:00Z."
        raise Problem(422, sentence, (query.name, "no moment"))
    return moment


def _bucket(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "from": iso(row["timestamp"] * MILLISECONDS),
        "up": row["up"],
        "down": row["down"],
        "average_ping": row["avgPing"],
        "least_ping": row["minPing"],
        "most_ping": row["maxPing"],
    }


def monitor_in(monitors: Monitors, request: AnyRequest, right: Right) -> Monitor:
    """The monitor of a path. Raises Missing."""
    actor, key = actor_of(request), key_in(request)
    found = monitors.find(int(key)) if key.isascii() and key.isdecimal() and len(key) < 16 else None
    if found is None or not may(actor, right, found):
        raise Missing("monitor")
    return found


def _types(request: AnyRequest) -> frozenset[str] | None:
    given = request.query_params.get(_TYPES.name)
    if not given:
        return None
    found = frozenset(given.split(","))
    if not found <= set(TYPES):
        raise Problem(422, f"types are some of {', '.join(TYPES)}.", ("types", "unknown"))
    return found


def _monitor_ids(request: AnyRequest) -> frozenset[int] | None:
    given = request.query_params.get(_MONITORS.name)
    if not given:
        return None
    parts = given.split(",")
    if not all(part.isascii() and part.isdecimal() and len(part) < 16 for part in parts):
        raise Problem(422, "monitors are numbers with commas between.", ("monitors", "no numbers"))
    return frozenset(map(int, parts))


def _shown(beat: Beat) -> dict[str, Any]:
    return {
        "time": iso_exact(beat.time),
        "status": WORDS[Status(beat.status)],
        "message": beat.msg,
        "ping": beat.ping,
        "important": bool(beat.important),
    }
