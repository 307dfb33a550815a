"""`/mcp`: the tools over streamable HTTP, for whoever has a token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Final
from urllib.parse import urlsplit

from kuma_lite.assistants.protocol import Caller, make_server
from kuma_lite.core.doors import Access, Identify, RawRoute
from kuma_lite.core.errors import UserError

PATH: Final = "/mcp"
NO_TOKEN: Final = "A token is needed: Authorization: Bearer …"  # noqa: S105 - a sentence
MAX_BODY_BYTES: Final = 1_000_000
_CALLER: ContextVar[Caller] = ContextVar("caller")

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class McpRoute:
    """The endpoint.

    Args:
        identify: who has a token.
        serve: our own application, which the tools ask.
    """

    def __init__(self, identify: Identify, serve: Asgi) -> None:
        self._identify = identify
        self._serve = serve
        self._manager: Any = None
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    def route(self) -> RawRoute:
        """Where it stands."""
        return RawRoute(PATH, self._handle, access=Access.PROJECT)

    async def stop(self) -> None:
        """End what runs."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _handle(self, scope: Any, receive: Any, send: Any) -> None:
        authorization = _header(scope, b"authorization")
        actor = await self._identify(authorization) if authorization else None
        if actor is None:
            await _refuse(send, 401, NO_TOKEN, [(b"www-authenticate", b"Bearer")])
            return
        try:
            await self._begin()
        except UserError as error:
            await _refuse(send, error.status, error.message)
            return
        _CALLER.set(Caller(InProcess(self._serve, scope), actor.rights))
        await self._manager.handle_request(scope, receive, send)

    async def _begin(self) -> None:
        """Import the SDK and serve, when it is the first time. Raises UserError where it is missing."""
        if self._task is None or self._task.done():
            server = make_server(_CALLER.get)
            from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
            from mcp.server.transport_security import TransportSecuritySettings

            # Each request brings its token; there is nothing that a browser would send by itself.
            security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
            self._manager = StreamableHTTPSessionManager(
                server,
                json_response=True,
                stateless=True,
                security_settings=security,
                max_request_body_size=MAX_BODY_BYTES,
            )
            self._ready.clear()
            self._task = asyncio.create_task(self._run(), name="mcp")
        await self._ready.wait()

    async def _run(self) -> None:
        async with self._manager.run():
            self._ready.set()
            await asyncio.Event().wait()


class InProcess:
    """Our API with the token of a request (`tools.Asks`)."""

    def __init__(self, serve: Asgi, scope: Any) -> None:
        self._serve = serve
        self._scope = scope

    async def get(self, path: str) -> Any:
        """Raises UserError."""
        return await self._ask("GET", path, b"")

    async def post(self, path: str, body: Any) -> Any:
        """Raises UserError."""
        return await self._ask("POST", path, json.dumps(body).encode())

    async def _ask(self, method: str, path: str, body: bytes) -> Any:
        parts = urlsplit(path)
        headers = [(name, value) for name, value in self._scope["headers"] if name in _KEPT]
        headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        scope = {
            **self._scope,
            "method": method,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": headers,
            "state": {},
        }
        status, chunks = 500, []
        sent = False

        async def receive() -> Any:
            nonlocal sent
            if sent:
                await asyncio.Event().wait()  # nobody leaves before the answer
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))

        await self._serve(scope, receive, send)
        return _read(status, b"".join(chunks))


_KEPT: Final = frozenset({b"authorization", b"host", b"x-forwarded-for"})


def _read(status: int, body: bytes) -> Any:
    """What an answer of the API says. Raises UserError for a refusal."""
    found = json.loads(body) if body else None
    if status < 400:
        return found
    sentences = []
    if isinstance(found, dict):
        sentences = [found.get("detail"), found.get("error"), *(found.get("errors") or [])]
    said = next((one for one in sentences if isinstance(one, str)), f"The server answers {status}.")
    raise UserError("{said}", said=said, status=status)


def _header(scope: Any, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


async def _refuse(send: Any, status: int, sentence: str, headers: Any = ()) -> None:
    body = json.dumps({"error": sentence}, ensure_ascii=False).encode()
    lines = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})
