"""The one rule that decides who may use which door, Socket.IO events and HTTP routes alike.

A door that names no right is for owners only, so that a forgotten door is a closed door.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.access import Actor, Right, require
from kuma_lite.core.doors import Access, Identify
from kuma_lite.core.errors import NotLoggedIn

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

_BEARER: Final = "bearer "


# Session token → who that is; None: nobody. With authentication switched off everybody is the first user.
Sessions = Callable[[str | None], Awaitable[Actor | None]]


def let_in(access: Access, needs: Right, actor: Actor | None) -> None:
    """Raise NotLoggedIn or Forbidden unless the door is open to the caller."""
    if access is Access.PUBLIC:
        return
    if actor is None:
        raise NotLoggedIn
    require(actor, needs)


def access_of(opt: Mapping[str, Any]) -> Access:
    """How a route says its callers are recognised (`core.doors.door`)."""
    return Access(opt.get("access", Access.USER))


def needs_of(opt: Mapping[str, Any]) -> Right:
    """What right a route says that it needs; an owner's when it says nothing."""
    return Right(opt.get("needs", Right.OWNER))


def bearer_token(authorization: str | None) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    if authorization is None or not authorization.lower().startswith(_BEARER):
        return None
    return authorization[len(_BEARER) :].strip() or None


def route_guard(
    sessions: Sessions, identify: Mapping[Access, Identify] | None = None
) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Any]:
    """The guard of all Litestar routes; puts the actor into `request.user`.

    `identify` recognises the callers of doors that ask for something else than a session. Where nobody does,
    a door for machines is closed to machines.
    """
    others = identify or {}

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        access = access_of(handler.opt)
        actor = None
        if access is not Access.PUBLIC:
            authorization = connection.headers.get("authorization")
            if access in others:
                actor = await others[access](authorization)
            else:
                actor = await sessions(bearer_token(authorization))
            connection.scope["user"] = actor
        let_in(access, needs_of(handler.opt), actor)

    return guard
