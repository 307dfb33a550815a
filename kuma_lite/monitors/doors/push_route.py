"""`/api/push/<token>`: a monitored program tells us that it is alive (Uptime Kuma 2.5, REST reference §3).

Served without the framework: it is the hottest route of installations with many push monitors.
Only query parameters count; every method is accepted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Access, RawRoute, Unanswered
from kuma_lite.core.errors import StorageTrouble, UserError
from kuma_lite.core.limits import MAX_BODY_BYTES
from kuma_lite.core.rate_limits import FailureCounter, Recent
from kuma_lite.core.raw_http import JSON, answer, answer_html, answer_json, answer_text, read_body
from kuma_lite.monitors.doors.push_query import read_push
from kuma_lite.monitors.engine.engine import Engine
from kuma_lite.monitors.engine.roster import Roster

PREFIX: Final = "/api/push/"
OK: Final = b'{"ok":true}'
_ANNOUNCED: Final = (b"content-length", b"transfer-encoding")
NOT_FOUND: Final = "Monitor not found or not active."
RETRY_AFTER_S: Final = 30  # when nothing can be stored; a script that listens pushes again
TOO_MANY_GUESSES: Final = "Too many unknown push tokens from this address. Try again in a minute."
GUESSES_PER_MINUTE: Final = 60  # different unknown tokens from one place; the same again does not count
MAX_TOKEN_CHARS: Final = 64  # of a guess that are remembered
MAX_KNOWN: Final = 50_000  # places and monitors that have pushed from there; 10 MB at most
MAX_JSON_BYTES: Final = 100_000  # of a body that nobody reads, but that a broken client should hear about


class PushRoute:
    """The route."""

    def __init__(
        self, roster: Roster, engine: Engine, clock: Clock, place: Callable[[Any], str] = lambda _scope: ""
    ) -> None:
        self._roster = roster
        self._engine = engine
        self._now = clock.now
        self._place = place
        self._guesses = FailureCounter(GUESSES_PER_MINUTE, clock)
        self._known: Recent[bool] = Recent(MAX_KNOWN)  # places and monitors that have pushed from there

    def route(self) -> RawRoute:
        """Its door; the token in the path is what admits."""
        return RawRoute(PREFIX, self.handle, Access.PUBLIC, ignore_case=True)

    async def handle(self, scope: Any, receive: Any, send: Any) -> Unanswered | None:
        """One push request; an address without a token, or with more than one, is none."""
        token = scope["path"][len(PREFIX) :]
        if not token or "/" in token:
            return Unanswered.ELSEWHERE
        if has_body(scope) and not await self._is_readable(scope, receive, send):
            return None
        try:
            await self._push(unquote(token), scope["query_string"], self._place(scope))
        except StorageTrouble as trouble:
            told = {"ok": False, "msg": trouble.message}
            await answer_json(send, 503, told, [(b"retry-after", str(RETRY_AFTER_S).encode())])
            return None
        except UserError as error:
            later = [(b"retry-after", b"60")] if error.status == 429 else []
            status = error.status if later else 404
            await answer_json(send, status, {"ok": False, "msg": error.message}, later)
            return None
        await answer(send, 200, OK, JSON)
        return None

    async def _is_readable(self, scope: Any, receive: Any, send: Any) -> bool:
        """Whether a body is one that may come; else the answer is given."""
        # Nobody reads it: what is kept is what JSON may have, and none of what is not JSON.
        keep = MAX_JSON_BYTES + 1 if claims_json(scope) else 0
        body = await read_body(scope, receive, MAX_BODY_BYTES, keep)
        if body is None and claims_json(scope):
            await answer_text(send, 413, "The request is too large.")
            return False
        if body and is_broken_json(body):
            await answer_html(send, 400, "The JSON body cannot be read.")
            return False
        return True

    async def _push(self, token: str, query: bytes, place: str) -> None:
        monitor = self._roster.by_push_token(token)
        self._check_place(place, token, monitor.id if monitor is not None else None)
        if monitor is None or not monitor.active:
            raise UserError(NOT_FOUND)
        now = self._now()
        await self._engine.pushed(
            read_push(monitor.id, query, now, since_last(self._engine, monitor.id, now))
        )

    def _check_place(self, place: str, token: str, monitor_id: int | None) -> None:
        """Let a guess and a first push wait where many have guessed. Raises UserError."""
        known = f"{place} {monitor_id}"
        if monitor_id is not None and self._known.get(known):
            return
        if self._guesses.is_over(place):
            # The right token, too: else the answer would tell which one it is.
            raise UserError(TOO_MANY_GUESSES, status=429)
        if monitor_id is None:
            self._guesses.add(place, token[:MAX_TOKEN_CHARS])
        else:
            self._known.put(known, True)


def has_body(scope: Any) -> bool:
    """Whether a request says that a body comes."""
    return any(name in _ANNOUNCED and value != b"0" for name, value in scope["headers"])


def since_last(engine: Engine, monitor_id: int, now: float) -> int:
    """Whole seconds since the beat before."""
    last = engine.recorder.last(monitor_id)
    return max(0, int(now - last.time / 1000)) if last else 0


def claims_json(scope: Any) -> bool:
    """Whether the body is called JSON, and is not compressed: no body is needed, so none is unpacked."""
    headers: dict[bytes, bytes] = {name.lower(): value.lower() for name, value in scope["headers"]}
    coding = headers.get(b"content-encoding", b"identity").strip()
    return headers.get(b"content-type", b"").startswith(b"application/json") and coding == b"identity"


def is_broken_json(body: bytes) -> bool:
    """A body that claims to be JSON and is not: refused, as Uptime Kuma 2.5 does on every route."""
    if len(body) > MAX_JSON_BYTES:
        return True
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return True
    return False
