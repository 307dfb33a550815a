"""The one ASGI application: hot routes first, then Socket.IO, the page's files, Litestar, and the page.

What is asked for most is looked up first and costs no framework: a push from a script is answered in some
50 µs, where a Litestar route takes three times as long.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Doors, RawRoute, Unanswered
from kuma_lite.core.errors import INTERNAL_ERROR, UserError
from kuma_lite.core.transactions import Transactions
from kuma_lite.web.base_path import BasePath
from kuma_lite.web.compression import compressing
from kuma_lite.web.cors import Cors, is_preflight, preflight_headers, sharing
from kuma_lite.web.dispatch import Limiter
from kuma_lite.web.guard import Sessions
from kuma_lite.web.headers import HeaderSender, page_headers
from kuma_lite.web.health import Probe, health_routes, no_notes
from kuma_lite.web.known_hosts import UNKNOWN_HOST, KnownHosts
from kuma_lite.web.lazy_rest import API, LazyRest
from kuma_lite.web.origin import is_foreign
from kuma_lite.web.page import Page
from kuma_lite.web.quick_routes import QuickRoutes
from kuma_lite.web.respond import TEXT, refuse_websocket, respond, respond_json
from kuma_lite.web.small_routes import MappedPages, PageSettings, answer_options, small_routes
from kuma_lite.web.sockets import SocketServer

log = logging.getLogger(__name__)

_SOCKET_PATH: Final = "/socket.io"
_METRICS: Final = "/metrics"  # the one raw route that asks who somebody is
_READING: Final = ("GET", "HEAD", "OPTIONS")
FOREIGN_PAGE: Final = "A page of another web site may not do this."
_INDEX: Final = "index.html"
_FOLDERS: Final = ("/status/", "/upload/")  # that have a meaning of their own


class App:
    """Everything one port serves; an ASGI application for http and websocket scopes."""

    def __init__(
        self,
        sockets: SocketServer,
        raw: Sequence[RawRoute],
        small: Mapping[str, Any],
        page: Page,
        rest: LazyRest,
        headers: HeaderSender,
        hosts: KnownHosts,
        check_origin: bool,
        cors: Cors,
        base: BasePath,
        quick: QuickRoutes,
    ) -> None:
        self.sockets = sockets
        self._exact = {_key(route): route for route in raw if not route.path.endswith("/")}
        self._below = [(_key(route), route) for route in raw if route.path.endswith("/")]
        self._small = small
        self._page = page
        self.rest = rest
        self._headers = headers
        self._hosts = hosts
        self._check_origin = check_origin
        self._cors = cors
        self._base = base
        self._quick = quick

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request or websocket."""
        if scope["type"] not in ("http", "websocket"):
            return
        outside = self._base.is_outside(scope)
        scope, send = self._base.enter(scope, send)
        if scope["type"] == "http":  # frames of websockets must reach the server's own `send`: see channel.py
            send = self._headers.wrap(send)
        try:
            if outside:
                await respond(scope, send, 404, self._base.missing().encode(), TEXT)
            else:
                await self._route(scope, receive, send)
        except Exception:
            log.exception("%s %s failed", scope.get("method", "websocket"), scope["path"])
            if scope["type"] == "http":
                await respond(scope, send, 500, INTERNAL_ERROR.encode(), TEXT)

    async def close_connections(self) -> None:
        """Say goodbye to all Socket.IO clients: open ones would keep the server from stopping."""
        await self.sockets.close_all()

    async def _route(self, scope: Any, receive: Any, send: Any) -> None:
        path: str = scope["path"]
        if not self._hosts.allows(scope) and self._is_private(path):
            await self._refuse(scope, send, 421, UNKNOWN_HOST)
        elif path.startswith(_SOCKET_PATH) and path[len(_SOCKET_PATH) :] in ("", "/"):
            await self.sockets.handle_request(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            await self._http(path, scope, receive, send)

    async def _http(self, path: str, scope: Any, receive: Any, send: Any) -> None:
        reading = scope["method"] in ("GET", "HEAD")
        if not reading and len(path) > 1 and path.endswith("/") and not self._is_raw_folder(path):
            path = path.removesuffix("/")  # as Express, which does not mind it either
            scope = {**scope, "path": path}
        if (address := _api_address(path)) is not None:
            await self._api(address, scope, receive, send)
        elif reading and path.endswith("/") and path != "/" and path.lower() not in _FOLDERS:
            await self._folder(path, scope, receive, send)
        elif (route := self._raw_route(path)) is not None:
            outcome = await route.handler(scope, receive, send)
            if outcome is Unanswered.MISSING:
                await self._page.serve_unknown(scope, send, 404)
            elif outcome is Unanswered.ELSEWHERE:
                await self.rest(scope, receive, send)
        elif (small := path.lower()) in self._small:  # as Express, which does not mind the case
            await self._answer_small(small, scope, send, reading)
        elif reading and path in self._page.files:
            await self._page.serve(scope, send, self._page.files[path])
        else:
            await self.rest(scope, receive, send)

    async def _api(self, address: str, scope: Any, receive: Any, send: Any) -> None:
        """A request to the API, maybe of a page of another site that may use it."""
        origin = self._cors.origin(scope)
        if origin is not None:
            if is_preflight(scope):
                await respond(scope, send, 204, b"", TEXT, preflight_headers(origin))
                return
            send = sharing(origin, send)
        elif self._check_origin and scope["method"] not in _READING and is_foreign(scope):
            await self._refuse(scope, send, 403, FOREIGN_PAGE)
            return
        receive, send = _whole(receive), compressing(scope, send)
        if not await self._quick.answers(address, scope, receive, send):
            await self.rest({**scope, "path": address}, receive, send)

    async def _refuse(self, scope: Any, send: Any, status: int, sentence: str) -> None:
        body = sentence.encode()
        if scope["type"] == "websocket":
            await refuse_websocket(send, status, body, TEXT)
        elif _api_address(scope["path"]) is not None:
            await respond_json(scope, send, {"error": sentence}, status)
        else:
            await respond(scope, send, status, body, TEXT)

    def _is_private(self, path: str) -> bool:
        """Whether what stands there is not for everybody who knows the address."""
        if path in self._page.files or path in self._small:
            return False
        route = self._raw_route(path)
        return route is None or route.path == _METRICS

    async def _folder(self, path: str, scope: Any, receive: Any, send: Any) -> None:
        """Uptime Kuma's static layer takes such an address for a folder, and asks for the page in it.

        Hence `/api/push/` is a push with the token `index.html`; whatever has no such route is the page.
        """
        inside = f"{path}{_INDEX}"
        route = self._raw_route(inside)
        outcome: Unanswered | None = Unanswered.ELSEWHERE
        if route is not None:
            outcome = await route.handler({**scope, "path": inside}, receive, send)
        if outcome is not None:
            await self._page.serve_unknown(scope, send, 404 if outcome is Unanswered.MISSING else 200)

    async def _answer_small(self, path: str, scope: Any, send: Any, reading: bool) -> None:
        if reading:
            await self._small[path](scope, send)
        elif scope["method"] == "OPTIONS":
            await answer_options(scope, send)
        else:
            await self._page.serve_unknown(scope, send)

    def _is_raw_folder(self, path: str) -> bool:
        """Whether a path is exactly the folder of a raw route, such as a push without its token."""
        return any(path.lower() == prefix for prefix, _route in self._below)

    def _raw_route(self, path: str) -> RawRoute | None:
        lower = path.lower()
        route = self._exact.get(lower)
        if route is None:
            route = next((found for prefix, found in self._below if lower.startswith(prefix)), None)
        fits = route is not None and (route.ignore_case or path.startswith(route.path))
        return route if fits else None


def _api_address(path: str) -> str | None:
    """The address of the API that a path means; None when it means another one.

    What stands there is ours alone: a slash too many at either end leads to no folder of the page.
    """
    address = f"/{path.strip('/')}"
    return address if address == API or address.startswith(f"{API}/") else None


def _whole(receive: Any) -> Any:
    """The same `receive` for the API, which refuses a body that breaks off or is wrongly cut into chunks.

    The server says of both that the client is gone, and the framework calls that a fault of its own.
    """
    more = True

    async def received() -> Any:
        nonlocal more
        message = await receive()
        if more and message["type"] == "http.disconnect":
            raise UserError("The body is not complete", status=400)
        more = message.get("more_body", False)
        return message

    return received


def _key(route: RawRoute) -> str:
    return route.path.lower()


def build_app(
    doors: Sequence[Doors],
    *,
    sockets: SocketServer,
    settings: PageSettings,
    sessions: Sessions,
    limiters: Mapping[str, Limiter],
    probes: Mapping[str, Probe],
    notes: Callable[[], Mapping[str, str]] = no_notes,
    page_folder: Path | None,
    same_origin_frames: bool = True,
    mapped_pages: MappedPages | None = None,
    allowed_hosts: Sequence[str] = (),
    check_origin: bool = True,
    kept: tuple[Transactions, Clock] | None = None,
    base: BasePath | None = None,
) -> App:
    """Put everything together.

    Args:
        doors: of all features.
        sockets: made before the features, which need its `push`.
        settings: for entry page and robots.txt.
        sessions: who is behind a session token (`Accounts.session`).
        limiters: rate limiters by the names events use.
        probes: for /readyz, by name.
        notes: what /readyz says besides, by name.
        page_folder: of the built page (`page.find_page()`), None when there is none.
        same_origin_frames: False lets other sites show the page in a frame.
        mapped_pages: status pages with host names of their own.
        allowed_hosts: names under which the server may be opened while nobody has to log in.
        check_origin: False lets pages of other sites write.
        kept: where answers of the API are kept, and the time; without, no limits and no idempotency keys.
        base: below which path all of it is served; None: at the root.
    """
    sockets.use(doors, limiters)
    page = Page(page_folder, page_headers(same_origin_frames))

    def rest() -> Any:
        from kuma_lite.web.rest import build_rest

        return build_rest(doors, sessions, kept)

    return App(
        sockets=sockets,
        raw=[route for door in doors for route in door.raw],
        small={**small_routes(settings, mapped_pages), **health_routes(probes, notes)},
        page=page,
        rest=LazyRest(rest, page.serve_unknown),
        headers=HeaderSender(same_origin_frames),
        hosts=KnownHosts(settings.get, allowed_hosts),
        check_origin=check_origin,
        cors=Cors(settings),
        base=base or BasePath("", lambda scope: False),
        quick=QuickRoutes(doors),
    )
