"""Routes of the API that come so often that they need no framework (see `core.doors.QuickRoute`).

Only the ordinary request is: a body whose length is told, of somebody who may. All others are the
framework's, which has the same route.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from kuma_lite.core.doors import Access, Doors, Identify, QuickRoute
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import MAX_BODY_BYTES
from kuma_lite.core.raw_http import answer
from kuma_lite.rest.errors import Unprocessable
from kuma_lite.web.api_rates import is_counted
from kuma_lite.web.refusals import refusal_of

log = logging.getLogger(__name__)

_JSON: Final = b"application/json"
_LENGTH_CHARS: Final = 9
# Where one of these is said, or one of the others twice, something is out of the ordinary.
_UNUSUAL: Final = frozenset((b"idempotency-key", b"transfer-encoding", b"expect"))
_WANTED: Final = frozenset((b"authorization", b"content-length"))


class QuickRoutes:
    """Those of all features. Raises ValueError for one whose requests are counted, which is not done here."""

    def __init__(self, doors: Iterable[Doors]) -> None:
        self._routes: dict[str, QuickRoute] = {}
        self._identify: Identify | None = None
        for door in doors:
            self._routes |= {route.path: route for route in door.quick}
            self._identify = door.identify.get(Access.PROJECT, self._identify)
        for route in self._routes.values():
            if is_counted(Access.PROJECT, route.needs):
                raise ValueError(f"requests to {route.path} are counted")

    async def answers(self, path: str, scope: Any, receive: Any, send: Any) -> bool:
        """Answer a request to the API; False: it is left to the framework, and nothing of it was read."""
        route = self._routes.get(path)
        if route is None or scope["method"] != "POST" or self._identify is None:
            return False
        headers = _headers(scope)
        if headers is None:
            return False
        status = route.status
        try:
            actor = await self._identify(headers[b"authorization"].decode("latin-1"))
            if actor is None or route.needs not in actor.rights:
                return False
            body = await _body(receive, int(headers[b"content-length"]))
            found = await route.handler(actor, body)
        except Exception as error:
            if not isinstance(error, UserError | Unprocessable):
                log.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            status, found = refusal_of(error)
        await answer(send, status, msgspec.json.encode(found), _JSON)
        return True


async def _body(receive: Any, length: int) -> bytes:
    """A body of so many bytes. Nobody asks for its end, which would be another turn of server and loop."""
    chunks: list[bytes] = []
    while length > 0:
        message = await receive()
        chunks.append(message.get("body", b""))
        length -= len(chunks[-1])
        if not message.get("more_body"):
            break
    return b"".join(chunks)


def _headers(scope: Any) -> dict[bytes, bytes] | None:
    """Who sends how much; None: that is not said, said twice, or too much."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _UNUSUAL or name in found:
            return None
        if name in _WANTED:
            found[name] = value
    length = found.get(b"content-length", b"")
    whole = length.isdigit() and len(length) < _LENGTH_CHARS and int(length) <= MAX_BODY_BYTES
    return found if whole and b"authorization" in found else None
