"""`Idempotency-Key` on POST: the same key and body get the same answer for a day, and nothing is done twice.

What was refused did nothing, and is tried again. An answer that shows a secret is kept in memory alone.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.rate_limits import Recent
from kuma_lite.core.transactions import Transactions
from kuma_lite.web import answers_store
from kuma_lite.web.answers_store import KEPT_MS, Answer

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
SHOWN_ONCE: Final = "shown_once"  # in the `opt` of a route: its answer has a secret
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS: Final = frozenset({"content-type", "etag", "location"})
_RUNNING: Final = "kuma_lite.idempotency"  # key of a request's scope
MOST_SECRET: Final = 500


class Replay(Exception):
    """An answer that was given before."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def answer_replay(_request: Any, replay: Replay) -> Response[bytes]:
    """For Litestar: the answer of then."""
    kept = dict(replay.answer.headers)
    media_type = kept.pop("content-type", "application/json")
    body = replay.answer.body
    return Response(
        body, status_code=replay.answer.status, media_type=media_type, headers={**kept, REPLAYED: "true"}
    )


class _Running:
    """A request that is being answered."""

    def __init__(self, key: str, request: str, *, secret: bool) -> None:
        self.key = key
        self.request = request
        self.secret = secret
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = bytearray()


class Idempotency:
    """Keeps answers.

    Args:
        database: where they are kept.
        clock: their age.
    """

    def __init__(self, database: Transactions, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._running: set[str] = set()
        self._secret: Recent[Answer] = Recent(MOST_SECRET)

    async def guard(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        """Raise Replay where the request was answered before; UserError where its key does not fit."""
        given = connection.headers.get(HEADER)
        if given is None or connection.scope.get("method") != "POST":
            return
        if not _KEY.fullmatch(given):
            raise UserError("The idempotency key has 1 to 255 visible ASCII characters.", status=422)
        body = await connection.body()  # type: ignore[attr-defined]
        key = _digest(connection.headers.get("authorization", "").encode(), given.encode())
        url = connection.scope
        request = _digest(url["path"].encode(), url["query_string"], body)
        if key in self._running:
            raise UserError("A request with this idempotency key is being answered.", status=409)
        self._running.add(key)
        secret = bool(handler.opt.get(SHOWN_ONCE))
        connection.scope[_RUNNING] = _Running(key, request, secret=secret)  # type: ignore[typeddict-unknown-key]
        kept = await self._kept(key)
        if kept is None:
            return
        self.release(connection.scope)
        if kept.request != request:
            raise UserError("This idempotency key was used for another request.", status=422)
        raise Replay(kept)

    async def sending(self, message: Any, scope: Any) -> None:
        """Take note of an answer; it is kept before its end is sent."""
        running: _Running | None = scope.get(_RUNNING)
        if running is None:
            return
        if message["type"] == "http.response.start":
            running.status = message["status"]
            headers = ((name.decode().lower(), value.decode()) for name, value in message["headers"])
            running.headers = {name: value for name, value in headers if name in _KEPT_HEADERS}
        elif message["type"] == "http.response.body":
            running.body += message.get("body", b"")
            if not message.get("more_body") and 200 <= running.status < 300:
                await self._keep(running)

    def release(self, scope: Any) -> None:
        """The request has been answered, or never will be."""
        running: _Running | None = scope.pop(_RUNNING, None)
        if running is not None:
            self._running.discard(running.key)

    async def _kept(self, key: str) -> Answer | None:
        now = to_ms(self._clock.now())
        secret = self._secret.get(key)
        if secret is not None:
            return secret if now - secret.created < KEPT_MS else None
        return await self._database.read(lambda db: answers_store.find(db, key, now))

    async def _keep(self, running: _Running) -> None:
        now = to_ms(self._clock.now())
        answer = Answer(running.request, now, running.status, running.headers, bytes(running.body))
        if running.secret:
            self._secret.put(running.key, answer)
        else:
            await self._database.write(lambda db: answers_store.keep(db, running.key, answer))


def _digest(*parts: bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.hexdigest()
