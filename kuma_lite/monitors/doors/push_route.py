"""`/api/push/<token>`: a monitored program tells us that it is alive (Uptime Kuma 2.5, REST reference §3).

Served without the framework: it is the hottest route of installations with many push monitors.
Only query parameters count; every method is accepted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from kuma_lite.core.declarations import Status
from kuma_lite.core.doors import Access, RawRoute, Unanswered
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import MAX_BODY_BYTES, MAX_PING_MS
from kuma_lite.core.raw_http import answer_html, answer_json, answer_text, read_body
from kuma_lite.monitors.engine.engine import Engine
from kuma_lite.monitors.engine.outcome import Outcome
from kuma_lite.monitors.engine.roster import Roster

PREFIX: Final = "/api/push/"
NOT_FOUND: Final = "Monitor not found or not active."
BAD_PING: Final = f"Invalid ping value. Must be between 0 and {MAX_PING_MS} ms."
MAX_JSON_BYTES: Final = 100_000  # of a body that nobody reads, but that a broken client should hear about


def read_ping(text: str | None) -> float | None:
    """Milliseconds from the query: the leading number; none, 0 or no number → None. Raises UserError."""
    if not text:
        return None
    number = text.strip()
    value = math.nan
    for end in range(len(number), 0, -1):  # as JavaScript's parseFloat: the longest leading number
        try:
            value = float(number[:end].replace("_", "x"))
        except ValueError:
            continue
        break
    if math.isnan(value) or value == 0:
        return None
    if value < 0 or value > MAX_PING_MS:
        raise UserError(BAD_PING, status=404)
    return value


def read_push(monitor_id: int, query: str, now: float, duration: int) -> Outcome:
    """What a push request for a monitor says. Raises UserError.

    Args:
        monitor_id: whom the token belongs to.
        query: of the URL, without its question mark.
        now: seconds since 1970.
        duration: whole seconds since the previous beat.
    """
    sent = parse_qs(query, keep_blank_values=True, max_num_fields=100)
    status = sent.get("status", ["up"])
    up = status in (["up"], [""])
    ping = read_ping(sent.get("ping", [""])[0])
    message = ",".join(sent.get("msg", [])) or "OK"
    return Outcome(monitor_id, now, Status.UP if up else Status.DOWN, not up, message, ping, duration)


class PushRoute:
    """The route."""

    def __init__(self, roster: Roster, engine: Engine, clock_now: Callable[[], float]) -> None:
        self._roster = roster
        self._engine = engine
        self._now = clock_now

    def route(self) -> RawRoute:
        """Its door; the token in the path is what admits."""
        return RawRoute(PREFIX, self.handle, Access.PUBLIC, ignore_case=True)

    async def handle(self, scope: Any, receive: Any, send: Any) -> Unanswered | None:
        """One push request; an address without a token, or with more than one, is none."""
        token = scope["path"][len(PREFIX) :]
        if not token or "/" in token:
            return Unanswered.ELSEWHERE
        body = await read_body(scope, receive, MAX_BODY_BYTES)
        if body is None:
            await answer_text(send, 413, "The request is too large.")
            return None
        if body and is_broken_json(scope, body):
            await answer_html(send, 400, "The JSON body cannot be read.")
            return None
        try:
            await self._push(unquote(token), scope["query_string"].decode("latin-1"))
        except UserError as error:
            await answer_json(send, 404, {"ok": False, "msg": error.message})
            return None
        await answer_json(send, 200, {"ok": True})
        return None

    async def _push(self, token: str, query: str) -> None:
        monitor = self._roster.by_push_token(token)
        if monitor is None or not monitor.active:
            raise UserError(NOT_FOUND)
        now = self._now()
        last = self._engine.recorder.last(monitor.id)
        duration = max(0, int(now - last.time / 1000)) if last else 0
        await self._engine.pushed(read_push(monitor.id, query, now, duration))


def is_broken_json(scope: Any, body: bytes) -> bool:
    """A body that claims to be JSON and is not: refused, as Uptime Kuma 2.5 does on every route."""
    kind = next((value for name, value in scope["headers"] if name.lower() == b"content-type"), b"")
    if not kind.lower().startswith(b"application/json"):
        return False
    if len(body) > MAX_JSON_BYTES:
        return True
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return True
    return False
