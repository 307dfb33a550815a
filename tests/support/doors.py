"""Walks all doors of a running server without a session."""

from __future__ import annotations

import re

from kuma_lite.core.doors import Access
from kuma_lite.core.errors import NotLoggedIn
from kuma_lite.web.app import App
from kuma_lite.web.guard import access_of
from tests.support import http
from tests.support.sio import NO_ANSWER, connect


def public_events(app: App) -> set[str]:
    """Names of the events that need no session."""
    return {
        event.name
        for dispatcher in app.sockets.dispatchers.values()
        for event in dispatcher.events.values()
        if event.access is Access.PUBLIC
    }


async def routes(app: App) -> list[tuple[str, str, Access]]:
    """Method, path and access of every Litestar route."""
    return [
        (str(method), route.path, access_of(handler.opt))
        for route in (await app.rest.app()).routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods - {"OPTIONS"}
    ]


async def assert_closed(url: str, app: App) -> int:
    """Use every event and route that is not public: each has to refuse. Returns how many there were."""
    return await _try_events(url, app) + await _try_routes(url, app)


async def _try_events(url: str, app: App) -> int:
    tried = 0
    for namespace, dispatcher in app.sockets.dispatchers.items():
        async with connect(url, namespace) as guest:
            for event in dispatcher.events.values():
                if event.access is Access.PUBLIC:
                    continue
                tried += 1
                arguments = [None] * event.arguments
                if event.answers:
                    answer = await guest.call(event.name, *arguments)
                    assert answer == event.on_error(NotLoggedIn()), event.name
                else:
                    answer = await guest.call_in_vain(event.name, *arguments, timeout=0.1)
                    assert answer is NO_ANSWER, event.name
    return tried


async def _try_routes(url: str, app: App) -> int:
    tried = 0
    for method, path, access in await routes(app):
        if access is not Access.PUBLIC:
            tried += 1
            answer = await http.request(method, url + re.sub(r"\{[^}]*\}", "1", path))
            assert answer.status == 401, f"{method} {path}"
    return tried
