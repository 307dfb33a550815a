"""The one rule that decides who may use which door, Socket.IO events and HTTP routes alike.

A door that does not say who may use it is for logged-in users only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from kuma_lite.core.doors import Access, Identify
from kuma_lite.core.errors import NotLoggedIn

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

_BEARER: Final = "bearer "


class Session(Protocol):
    """Who is behind a request."""

    @property
    def user_id(self) -> int:
        """Whose it is."""

    @property
    def username(self) -> str:
        """Their name."""


# Session token → who that is; None: nobody. With authentication switched off everybody is the first user.
Sessions = Callable[[str | None], Awaitable[Session | None]]


def require(access: Access, logged_in: bool) -> None:
    """Raise NotLoggedIn unless the door is open to the caller."""
    if access is not Access.PUBLIC and not logged_in:
        raise NotLoggedIn


def access_of(opt: Mapping[str, Any]) -> Access:
    """What a route says about itself in `opt["access"]`."""
    return Access(opt.get("access", Access.USER))


def bearer_token(authorization: str | None) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    if authorization is None or not authorization.lower().startswith(_BEARER):
        return None
    return authorization[len(_BEARER) :].strip() or None


def route_guard(
    sessions: Sessions, identify: Mapping[Access, Identify] | None = None
) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Any]:
    """The guard of all Litestar routes; puts the `Session` into `request.user`.

    `identify` recognises the callers of doors that ask for something else than a session. Where nobody does,
    a door for machines is closed to machines.
    """
    others = identify or {}

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        access = access_of(handler.opt)
        session = None
        if access is not Access.PUBLIC:
            authorization = connection.headers.get("authorization")
            if access in others:
                session = await others[access](authorization)
            else:
                session = await sessions(bearer_token(authorization))
            connection.scope["user"] = session
        require(access, session is not None)

    return guard
