"""The driver's own servers. Every HTTP request that reaches them is kept, for the scenarios to look at."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.conformance.loopback import Dns, closing, redis, smtp, tls_context

KEPT_HEADERS = (
    "content-type",
    "user-agent",
    "accept",
    "authorization",
    "cookie",
    "x-custom",
    "x-one",
    "x-two",
    "x-probe",
    "proxy-authorization",
)
PAGE = "<html><body><h1>Hello   Kuma</h1><p>everything is fine here, thank you for asking</p></body></html>"
DOCUMENT = {
    "status": "ok",
    "count": 42,
    "ratio": 1.5,
    "nested": {"list": [1, 2, 3], "name": "kuma"},
    "flag": True,
    "nothing": None,
}
CONTAINERS = {
    "running": {"Status": "running", "Running": True},
    "healthy": {"Status": "running", "Running": True, "Health": {"Status": "healthy"}},
    "sick": {"Status": "running", "Running": True, "Health": {"Status": "unhealthy"}},
    "exited": {"Status": "exited", "Running": False},
}


class Target:
    """Web servers with and without TLS, servers for TCP, redis, SMTP and DNS, on free ports of 127.0.0.1."""

    def __init__(self) -> None:
        self.log: list[tuple[float, dict[str, Any]]] = []  # monotonic time, request
        self.state: dict[str, int] = {}
        self.cursor: dict[str, int] = {}
        self._closers: list[Callable[[], Awaitable[None] | None]] = []
        self.port = self.tls_port = self.tcp_port = self.redis_port = self.smtp_port = self.dns_port = 0

    async def start(self) -> None:
        app = web.Application(client_max_size=4 << 20)
        app.router.add_route("*", "/{path:.*}", self._handle)
        app.on_response_prepare.append(_close_after)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        self._closers.append(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls_context()).start()
        self.port, self.tls_port = (address[1] for address in runner.addresses)
        self.tcp_port = await self._serve(closing)
        self.redis_port = await self._serve(redis)
        self.smtp_port = await self._serve(smtp)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Dns, local_addr=("127.0.0.1", 0))
        self.dns_port = transport.get_extra_info("sockname")[1]
        self._closers.append(transport.close)

    async def _serve(
        self, handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    ) -> int:
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        self._closers.append(server.close)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        while self._closers:
            closed = self._closers.pop(0)()
            if closed is not None:
                await closed

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        return f"https://127.0.0.1:{self.tls_port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def ports(self) -> dict[str, int]:
        """Every port, under the name that normalised steps give it."""
        return {
            "target": self.port,
            "tls": self.tls_port,
            "tcp": self.tcp_port,
            "redis": self.redis_port,
            "smtp": self.smtp_port,
            "dns": self.dns_port,
        }

    def reset(self) -> None:
        """Forget all requests, and what `set` said."""
        self.log.clear()
        self.state.clear()
        self.cursor.clear()

    def set(self, name: str, status: int) -> None:
        """What /flip/<name> and /hook/<name> answer from now on."""
        self.state[name] = status

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        path = "/" + request.match_info["path"]
        query: dict[str, Any] = dict(request.query)
        for key in ("heartbeat", "monitor"):
            if query.get(key, "")[:1] == "{":
                query[key] = json.loads(query[key])
        if "uptime_kuma_cachebuster" in query:
            query["uptime_kuma_cachebuster"] = "<random>"
        headers = {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}
        if request.content_type == "multipart/form-data":
            headers["content-type"] = "multipart/form-data"  # without its random boundary
        entry = {
            "method": request.method,
            "path": path,
            "query": query,
            "headers": headers,
            "body": _read_body(request, body),
        }
        self.log.append((time.monotonic(), entry))
        return await self._answer(request, path)

    async def _answer(self, request: web.Request, path: str) -> web.StreamResponse:
        kind, _, rest = path.strip("/").partition("/")
        rest = rest.split("/")[0]
        match kind:
            case "flip" | "hook":
                return web.Response(status=self.state.get(rest, 200), text=f"{rest} says hello")
            case "status":
                return web.Response(status=int(rest), text="" if rest in ("204", "304") else f"status {rest}")
            case "slow":
                await asyncio.sleep(float(rest))
                return web.Response(text="late")
            case "redirect":
                left = int(rest) - 1
                raise web.HTTPFound(f"/redirect/{left}" if left else "/text")
            case "text":
                return web.Response(text=PAGE, content_type="text/html")
            case "json":
                return web.json_response(DOCUMENT)
            case "long":
                return web.Response(text="abcdefghij" * int(rest))
            case "secret":
                good = "Basic " + base64.b64encode(b"user:pass").decode()
                if request.headers.get("authorization") == good:
                    return web.Response(text="welcome")
                return web.Response(status=401, text="go away")
            case "token":
                return web.json_response(
                    {"access_token": "tok-123", "token_type": "Bearer", "expires_in": 3600}
                )
            case "ws":
                return await _echo(request)
            case "containers":
                return _container(rest)
        if path.startswith("/api/health/checks/alarms"):
            return web.json_response({"status": "ok"})
        return web.Response(status=404, text="nothing here")


async def _close_after(_: web.Request, response: web.StreamResponse) -> None:
    """Connections are not used again: a client must not find one half closed."""
    if not isinstance(response, web.WebSocketResponse):
        response.headers["Connection"] = "close"
        response.force_close()


def _read_body(request: web.Request, body: bytes) -> Any:
    """A body's JSON where it is JSON, the parts of a form, or its text."""
    if request.content_type == "application/json" and body:
        with contextlib.suppress(ValueError):
            return json.loads(body)
    if request.content_type != "multipart/form-data":
        return body.decode("utf-8", "replace")
    parts: dict[str, Any] = {}
    boundary = request.headers["content-type"].split("boundary=")[1].encode()
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        name = head.split(b'name="')[1].split(b'"')[0].decode()
        parts[name] = content.decode("utf-8", "replace")
        with contextlib.suppress(ValueError):
            parts[name] = json.loads(parts[name])
    return parts


async def _echo(request: web.Request) -> web.StreamResponse:
    if request.headers.get("upgrade", "").lower() != "websocket":
        return web.Response(status=400, text="websocket expected")
    socket = web.WebSocketResponse(protocols=("chat",))
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(str(message.data))
    return socket


def _container(name: str) -> web.Response:
    """The part of Docker's API that a monitor asks."""
    if name == "json":
        return web.json_response([{"Id": "a", "ImageID": "x"}, {"Id": "b", "ImageID": "y"}])
    if name in CONTAINERS:
        return web.json_response({"State": CONTAINERS[name]})
    return web.json_response({"message": f"No such container: {name}"}, status=404)
