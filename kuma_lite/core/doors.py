"""How a feature declares a door: a Socket.IO event or an HTTP route, and who may use it.

`web/` collects the doors of all features, guards them and serves them; a feature never imports `web/`.
An event handler is `async def handler(caller: Caller, *arguments) -> Answer | Then`. What it returns is the
acknowledgement (None: one without arguments, `SILENCE`: none at all); a `UserError` becomes
`{ok: false, msg}`. Arguments of pushes and answers may be `WrittenJson`, and may contain `msgspec.Raw`:
JSON that is encoded already.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from typing import Any, Final, Protocol

from msgspec import Struct, field

from kuma_lite.core.access import Actor, Audience, Right
from kuma_lite.core.errors import NotLoggedIn, UserError
from kuma_lite.core.records import replace

Answer = Any  # JSON-ready; dict for nearly all events
RawHeaders = Sequence[tuple[bytes, bytes]]
SILENCE: Final = object()  # returned by a handler: the original sends no acknowledgement here either

COMPATIBLE: Final = "/"  # the namespace of Uptime Kuma's clients
PAGE: Final = "/page"  # the leaner namespace of our own page; offers every compatible event as well


class Then(Struct, frozen=True):
    """An answer with something to do once it has been sent: pushes that clients expect after it."""

    answer: Answer
    after: Callable[[], Awaitable[None]]


class Access(StrEnum):
    """How the callers of a door are recognised."""

    PUBLIC = "public"  # not at all
    USER = "user"  # by their session: a logged-in person
    PROJECT = "project"  # by a token of a project or a user, or by a session


class Caller(Protocol):
    """The connection on whose behalf a handler runs."""

    sid: str
    namespace: str
    actor: Actor | None  # None: nobody has logged in
    address: str  # client address, trusted proxies honoured
    session: object  # that of the token it has logged in with, as `accounts` knows it; None: none
    host: str  # the name under which the server was opened
    agent: str  # what the program at the other end calls itself (User-Agent), "" for nothing
    place: str  # what limits count it by: see `client_address.ClientAddresses.place`

    async def emit(self, event: str, *arguments: Any) -> None:
        """Push to this connection alone."""

    async def emit_many(self, events: Iterable[tuple[Any, ...]]) -> None:
        """Push many events, each `(name, argument, ...)`, to this connection at the price of few."""

    async def log_in(self, actor: Actor) -> None:
        """Make this a connection of that person: it is pushed to, and gets all lists (`on_login`)."""

    async def log_out(self) -> None:
        """Nobody is logged in any more."""


def actor_of(caller: Caller) -> Actor:
    """Who has logged in. Raises NotLoggedIn; the guard has seen to it behind a door that needs a right."""
    if caller.actor is None:
        raise NotLoggedIn
    return caller.actor


def this_one(caller: Caller, right: Right) -> Audience:
    """The connection that asks, and no other of the same person: lists may be megabytes."""
    return replace(actor_of(caller).myself(right), connection=caller.sid)


class Push(Protocol):
    """Pushing to connections, without knowing them."""

    async def to_audience(
        self, audience: Audience, event: str, *arguments: Any, namespace: str = COMPATIBLE
    ) -> None:
        """To every connection on one namespace whose actor may see it."""

    async def many_to_audience(
        self, audience: Audience, events: Sequence[tuple[Any, ...]], namespace: str = COMPATIBLE
    ) -> None:
        """Many events, each `(name, argument, ...)`, at the price of few."""

    def has_listeners(self, audience: Audience, namespace: str = COMPATIBLE) -> bool:
        """Whether anybody would receive a push."""

    def open_sessions(self, user_id: int) -> set[object]:
        """The `Caller.session` of all connections of a user."""

    async def disconnect_user(
        self, user_id: int, *, except_sid: str | None = None, session: object = None
    ) -> None:
        """`refresh`, then close, all connections of a user but one, or those of one session."""


Handler = Callable[..., Awaitable[Answer]]


class Event(Struct, frozen=True):
    """One event a client may send.

    Args:
        name: on the wire.
        handler: called with the caller and exactly `arguments` positional arguments.
        arguments: how many the client sends before the acknowledgement callback.
        access: how callers are recognised.
        needs: what they must be allowed to, or what that is by the arguments; a door that names no right is
            for owners only.
        namespaces: where it is offered; `PAGE` offers everything of `COMPATIBLE`.
        answers: False for events whose protocol has no acknowledgement.
        optional: how many trailing arguments old clients leave out.
        limiter: name of the rate limiter every call passes, e.g. "login".
        on_error: the answer to a UserError, "You are not logged in." included, where it has a shape of its
            own (`checkApprise` answers `false`).
    """

    name: str
    handler: Handler
    arguments: int = 0
    access: Access = Access.USER
    needs: Right | Callable[..., Right] = Right.OWNER
    namespaces: tuple[str, ...] = (COMPATIBLE, PAGE)
    answers: bool = True
    optional: int = 0
    limiter: str | None = None
    on_error: Callable[[UserError], Answer] = UserError.as_answer

    def right_for(self, arguments: Sequence[Any]) -> Right:
        """What a caller must be allowed to who sends these arguments."""
        return self.needs if isinstance(self.needs, Right) else self.needs(*arguments)


class Unanswered(Enum):
    """What the handler of a raw route returns when it has sent nothing."""

    ELSEWHERE = "elsewhere"  # none of its addresses: go on as if the route were not there
    MISSING = "missing"  # an address of a kind it knows, of a thing there is not: the page, with status 404


class RawRoute(Struct, frozen=True):
    """A hot HTTP route served without the framework: `handler(scope, receive, send)` as in ASGI.

    `path` ends in `/` to take everything below it. Access is the handler's own affair and stated here only
    for the test that walks all doors.
    """

    path: str
    handler: Callable[[Any, Any, Any], Awaitable[Unanswered | None]]
    access: Access = Access.PUBLIC
    ignore_case: bool = False


class QuickRoute(Struct, frozen=True):
    """A POST below the API that comes so often that it is answered without the framework.

    The same route is among `Doors.routes`: the document shows that one, and whatever is out of the ordinary
    (no token, an idempotency key, a body of unknown length) is answered there.

    Args:
        path: the whole one.
        needs: what its callers, recognised as those of `Access.PROJECT`, must be allowed to.
        handler: of the actor and the body; returns what is answered. Raises what handlers of routes raise.
        status: of the answer.
    """

    path: str
    needs: Right
    handler: Callable[[Actor, bytes], Awaitable[Answer]]
    status: int


# The whole `Authorization` header → who that is, None: nobody. What it returns becomes `request.user`.
Identify = Callable[[str | None], Awaitable[Actor | None]]


def door(access: Access, needs: Right = Right.OWNER) -> dict[str, Any]:
    """The `opt` of a Litestar handler: how its callers are recognised, and what they must be allowed to."""
    return {"access": access, "needs": needs}


class Doors(Struct):
    """All doors of one feature.

    `routes` makes Litestar handlers that state `opt=door(Access..., Right...)`, below `/api/v1/`. It is
    called, in a thread, when somebody first asks for a route: what it imports costs nothing until then.
    `needs`: the right without which `on_login` is left out. `identify`: how callers of doors with that
    access are recognised, where it is not by their session.
    """

    events: Sequence[Event] = ()
    routes: Callable[[], Sequence[Any]] = tuple
    raw: Sequence[RawRoute] = ()
    quick: Sequence[QuickRoute] = ()
    on_connect: Callable[[Caller], Awaitable[None]] | None = None
    on_login: Callable[[Caller], Awaitable[None]] | None = None
    login_order: int = 50  # of both; smaller runs earlier, handlers of the same number run concurrently
    namespace: str = COMPATIBLE  # of on_connect and on_login
    needs: Right = Right.OWNER
    identify: Mapping[Access, Identify] = field(default_factory=dict)
    # Completes the OpenAPI document, in a thread, when somebody first asks for it.
    describe: Callable[[dict[str, Any]], None] | None = None
