"""The Litestar application: routes of all features, guarded by the one rule, described by OpenAPI."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from litestar import Litestar, Request, Response
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.plugins.core import MsgspecDIPlugin

from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Doors
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import MAX_BODY_BYTES
from kuma_lite.core.transactions import Transactions
from kuma_lite.web.api_rates import ApiRates
from kuma_lite.web.docs_routes import docs_routes
from kuma_lite.web.document import ApiDocument, configuration
from kuma_lite.web.guard import Sessions, route_guard
from kuma_lite.web.idempotency import Idempotency, Replay, answer_replay
from kuma_lite.web.refusals import Refusal, refusal_of, refused

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler
    from litestar.plugins import PluginProtocol

log = logging.getLogger(__name__)

AnyRequest = Request[Any, Any, Any]
AnyConnection: TypeAlias = "ASGIConnection[Any, Any, Any, Any]"
Guard: TypeAlias = "Callable[[AnyConnection, BaseRouteHandler], Awaitable[None]]"


class _Rest(Litestar):
    """Litestar without its plugins for pydantic and attrs.

    They cost 0.35 s of CPU at the start, half of it for pydantic 1 that nobody uses. Bodies and answers of
    routes are msgspec structs, dataclasses or plain dictionaries.
    """

    idempotency: Idempotency | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request; whatever becomes of it, its idempotency key is free afterwards."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.idempotency is not None:
                self.idempotency.release(scope)

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def build_rest(
    doors: Sequence[Doors], sessions: Sessions, kept: tuple[Transactions, Clock] | None = None
) -> Litestar:
    """The application behind everything below the API (see `lazy_rest`).

    Args:
        doors: whose `routes` it serves.
        sessions: who is behind a session token.
        kept: where answers are kept, and the time; without, no limits and no idempotency keys.
    """
    rates = ApiRates(kept[1]) if kept else None
    idempotency = Idempotency(*kept) if kept else None
    rules: list[ApiRates | Idempotency] = [rule for rule in (rates, idempotency) if rule is not None]
    document = ApiDocument([door.describe for door in doors if door.describe is not None])
    app = _Rest(
        route_handlers=[*docs_routes(document), *(route for door in doors for route in door.routes())],
        guards=[
            _unless_options(
                [
                    route_guard(
                        sessions, {access: how for door in doors for access, how in door.identify.items()}
                    ),
                    *(rule.guard for rule in rules),
                ]
            )
        ],
        before_send=[rule.sending for rule in rules],
        security=[{"session": []}],  # of doors that say nothing else
        request_max_body_size=MAX_BODY_BYTES,
        exception_handlers={
            UserError: _user_error,
            Replay: answer_replay,
            HTTPException: _http_error,
            Exception: _bug,
        },
        openapi_config=configuration(document),
        logging_config=None,
        debug=False,
    )
    app.idempotency = idempotency
    return app


def _unless_options(guards: Sequence[Guard]) -> Guard:
    """Let everybody ask for the methods of a route, which the document tells, too.

    All in one: the framework copies a route with its sixty fields for each guard it has.
    """

    async def guarded(connection: AnyConnection, handler: BaseRouteHandler) -> None:
        if connection.scope.get("method") != HttpMethod.OPTIONS:
            for guard in guards:
                await guard(connection, handler)

    return guarded


# --- refusals ----------------------------------------------------------------------------------------------


def _user_error(_request: AnyRequest, error: UserError) -> Response[Any]:
    return _answer(refusal_of(error))


def _http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Framework errors (bad body, too large ...) in the shape of all others."""
    if error.status_code >= 500:
        return _bug(request, error)
    return _answer(refused(error.status_code, error.detail), error.headers)


def _bug(request: AnyRequest, error: Exception) -> Response[Any]:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _answer(refusal_of(error))


def _answer(refusal: Refusal, headers: Mapping[str, str] | None = None) -> Response[Any]:
    return Response(refusal.document, status_code=refusal.status, headers=headers)
