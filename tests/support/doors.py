"""Walks all doors of a running server without a session."""

from __future__ import annotations

import re

from kuma_lite.core.doors import Access
from kuma_lite.core.errors import NotLoggedIn
from kuma_lite.web.guard import access_of
from tests.support import http
from tests.support.frame import Server
from tests.support.sio import NO_ANSWER, connect


def public_events(server: Server) -> set[str]:
    """Names of the events that need no session."""
    return {
        event.name
        for dispatcher in server.sockets.dispatchers.values()
        for event in dispatcher.events.values()
        if event.access is Access.PUBLIC
    }


async def assert_closed(server: Server) -> None:
    """Call every event and ask for every route that is not public: each has to refuse."""
    await _events_are_closed(server)
    await _routes_are_closed(server)


async def _events_are_closed(server: Server) -> None:
    for namespace, dispatcher in server.sockets.dispatchers.items():
        async with connect(server.url, namespace) as guest:
            for event in dispatcher.events.values():
                if event.access is Access.PUBLIC:
                    continue
                arguments = [None] * event.arguments
                if event.answers:
                    answer = await guest.call(event.name, *arguments)
                    assert answer == event.on_error(NotLoggedIn()), event.name
                else:
                    answer = await guest.call_in_vain(event.name, *arguments, timeout=0.1)
                    assert answer is NO_ANSWER, event.name


async def _routes_are_closed(server: Server) -> None:
    for door in server.doors:
        for route in door.routes:
            if access_of(route.opt or {}) is Access.PUBLIC:
                continue
            for path in route.paths:
                address = server.url + re.sub(r"\{[^}]*\}", "1", path)
                for method in route.http_methods:
                    answer = await http.request(str(method), address)
                    assert answer.status == 401, f"{method} {path}"
