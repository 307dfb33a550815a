"""The REST routes, made when somebody first asks for one.

The framework behind them costs some 0.15 s of CPU and 10 MB, which a server that only watches, and is looked
at in a browser, never needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

API: Final = "/api/v1"  # nothing that is a route of the framework stands elsewhere

ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]
Elsewhere = Callable[[Any, Any], Awaitable[None]]  # scope, send


class LazyRest:
    """An ASGI application for http scopes.

    Args:
        build: makes the application behind the routes; runs in a thread, for the loop has checks to make.
        elsewhere: answers what is not below `API`.
    """

    def __init__(self, build: Callable[[], ASGIApp], elsewhere: Elsewhere) -> None:
        self._build = build
        self._elsewhere = elsewhere
        self._app: ASGIApp | None = None
        self._building = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        path: str = scope["path"]
        if path != API and not path.startswith(f"{API}/"):
            await self._elsewhere(scope, send)
            return
        app = self._app or await self.app()
        await app(scope, receive, send)

    async def app(self) -> Any:
        """The application, made if it is not there yet; those who ask meanwhile wait for the same one."""
        async with self._building:
            if self._app is None:
                self._app = await asyncio.to_thread(self._build)
            return self._app
