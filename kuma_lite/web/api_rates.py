"""How many requests a token may make a minute, and what it is told of that (`RateLimit-*`, `Retry-After`)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.access import Right
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Access
from kuma_lite.core.errors import UserError
from kuma_lite.core.rate_limits import WINDOW_S, Recent
from kuma_lite.web.guard import access_of, needs_of

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

PER_MINUTE: Final = 3_000  # of one token; a plan for 1,000 monitors, each read and written, passes at once
_HEADERS: Final = "kuma_lite.rate_headers"  # key of a request's scope


def is_counted(access: Access, needs: Right) -> bool:
    """Whether requests through a door are; those of reports are not: a whole fleet may have one token."""
    return access is not Access.PUBLIC and needs is not Right.SERVERS_REPORT


class ApiRates:
    """Counts requests of each token, by the minute that its first one begins."""

    def __init__(self, clock: Clock, per_minute: int = PER_MINUTE) -> None:
        self._clock = clock
        self._most = per_minute
        self._windows: Recent[list[float]] = Recent()  # digest of a token → when it began, how many

    def take(self, token: str) -> tuple[bool, Mapping[str, str]]:
        """Whether a request may go on, and the headers of its answer."""
        now = self._clock.monotonic()
        window = self._windows.get(token)
        if window is None or now - window[0] >= WINDOW_S:
            window = [now, 0]
            self._windows.put(token, window)
        window[1] += 1
        rest = math.ceil(WINDOW_S - (now - window[0]))
        headers = {
            "ratelimit-limit": str(self._most),
            "ratelimit-remaining": str(max(0, self._most - int(window[1]))),
            "ratelimit-reset": str(rest),
        }
        if window[1] <= self._most:
            return True, headers
        return False, {**headers, "retry-after": str(rest)}

    async def guard(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        """Raise UserError for one too many."""
        if not is_counted(access_of(handler.opt), needs_of(handler.opt)):
            return
        authorization = connection.headers.get("authorization", "")
        allowed, headers = self.take(hashlib.sha256(authorization.encode("utf-8", "replace")).hexdigest())
        connection.scope[_HEADERS] = headers  # type: ignore[typeddict-unknown-key]
        if not allowed:
            raise UserError("These were too many requests within a minute.", status=429)

    async def sending(self, message: Any, scope: Any) -> None:
        """Put the headers into an answer."""
        found: Mapping[str, str] | None = scope.get(_HEADERS)
        if found is not None and message["type"] == "http.response.start":
            more = [(name.encode(), value.encode()) for name, value in found.items()]
            message["headers"] = [*message.get("headers", ()), *more]
