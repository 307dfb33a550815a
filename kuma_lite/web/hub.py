"""Who is connected, who has logged in as whom, and pushing to them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from itertools import groupby
from typing import Any, Final, Protocol

from kuma_lite.core.access import Actor, Audience, Right
from kuma_lite.core.doors import COMPATIBLE, Caller, Doors
from kuma_lite.core.errors import NotLoggedIn
from kuma_lite.web.packets import disconnect_text, event_text

log = logging.getLogger(__name__)

# Pushes encoded before the next ones are, so that the lists of thousands of monitors never exist at once, nor
# hold the loop; some 5 ms each.
_PUSHES_AT_ONCE: Final = 1_000
_CHARACTERS_AT_ONCE: Final = 250_000

Hook = Callable[[Caller], Awaitable[None]]


class Transport(Protocol):
    """What the hub needs of Engine.IO."""

    def deliver(self, sid: str, texts: list[str]) -> None:
        """Queue packets for a session."""

    async def deliver_patiently(self, sid: str, texts: list[str]) -> None:
        """The same, waiting for slow readers."""


class Connection:
    """One client on one namespace; the `Caller` of its events."""

    def __init__(
        self, hub: Hub, sid: str, namespace: str, engine_sid: str, address: str, place: str = ""
    ) -> None:
        self.sid = sid
        self.namespace = namespace
        self.engine_sid = engine_sid
        self.address = address
        self.place = place or address
        self.host = ""
        self.agent = ""
        self.session: object = None
        self.actor: Actor | None = None
        self._hub = hub

    async def emit(self, event: str, *arguments: Any) -> None:
        """Push to this connection alone."""
        await self._hub.transport.deliver_patiently(
            self.engine_sid, [event_text(self.namespace, event, arguments)]
        )

    async def emit_many(self, events: Iterable[Sequence[Any]]) -> None:
        """Push many `(name, argument, ...)` to this connection alone, in that order."""
        texts: list[str] = []
        size = 0
        for name, *arguments in events:
            text = event_text(self.namespace, name, arguments)
            texts.append(text)
            size += len(text)
            if len(texts) >= _PUSHES_AT_ONCE or size >= _CHARACTERS_AT_ONCE:
                await self._hub.transport.deliver_patiently(self.engine_sid, texts)
                texts, size = [], 0
                await asyncio.sleep(0)
        if texts:
            await self._hub.transport.deliver_patiently(self.engine_sid, texts)

    async def log_in(self, actor: Actor) -> None:
        """Join the audience, then get everything a client of that person starts with."""
        self._hub.enter(self, actor)
        await self._hub.run_login_hooks(self)

    async def log_out(self) -> None:
        """Leave the audience."""
        self._hub.leave(self)


class Hub:
    """All connections, and the `Push` of all features."""

    def __init__(self) -> None:
        self.transport: Transport
        self.forget: Callable[[Connection], None]  # tells Socket.IO that we ended a connection
        self.connections: dict[str, Connection] = {}
        # Those logged in, by namespace and organisation.
        self._rooms: defaultdict[tuple[str, int], dict[str, Connection]] = defaultdict(dict)
        self._users_by_session: defaultdict[str, int] = defaultdict(int)  # engine sid → logged-in namespaces
        self._connect_hooks: list[tuple[int, str, Hook]] = []
        self._login_hooks: list[tuple[int, str, Hook]] = []

    def use_hooks(self, doors: Iterable[Doors]) -> None:
        """Take the `on_connect` and `on_login` of all features, in their order."""
        for door in doors:
            if door.on_connect:
                self._connect_hooks.append((door.login_order, door.namespace, door.on_connect))
            if door.on_login:
                hook = _for_those_with(door.needs, door.on_login)
                self._login_hooks.append((door.login_order, door.namespace, hook))

    # --- Connections ---------------------------------------------------------------------------------------

    def add(self, connection: Connection) -> None:
        """A client has connected to a namespace."""
        self.connections[connection.sid] = connection

    def remove(self, sid: str) -> None:
        """It is gone."""
        connection = self.connections.pop(sid, None)
        if connection is not None:
            self.leave(connection)

    def is_guest(self, engine_sid: str) -> bool:
        """Whether nobody has logged in on that session, on any namespace."""
        return engine_sid not in self._users_by_session

    def enter(self, connection: Connection, actor: Actor) -> None:
        """Log a connection in, unless it has gone meanwhile."""
        self.leave(connection)
        if connection.sid not in self.connections:
            return
        connection.actor = actor
        self._rooms[connection.namespace, actor.organisation][connection.sid] = connection
        self._users_by_session[connection.engine_sid] += 1

    def leave(self, connection: Connection) -> None:
        """Log a connection out."""
        if connection.actor is None:
            return
        room = (connection.namespace, connection.actor.organisation)
        self._rooms[room].pop(connection.sid, None)
        if not self._rooms[room]:
            del self._rooms[room]
        self._users_by_session[connection.engine_sid] -= 1
        if not self._users_by_session[connection.engine_sid]:
            del self._users_by_session[connection.engine_sid]
        connection.actor = None

    async def run_connect_hooks(self, connection: Connection) -> None:
        """What a new connection is told."""
        await _run_hooks(self._connect_hooks, connection)

    async def run_login_hooks(self, connection: Connection) -> None:
        """What a connection that has logged in is told; returns when everything is queued."""
        await _run_hooks(self._login_hooks, connection)

    # --- Push ----------------------------------------------------------------------------------------------

    async def to_audience(
        self, audience: Audience, event: str, *arguments: Any, namespace: str = COMPATIBLE
    ) -> None:
        """To every connection on one namespace whose actor may see it."""
        self._deliver(self._members(audience, namespace), [(event, *arguments)], namespace)

    async def many_to_audience(
        self, audience: Audience, events: Sequence[tuple[Any, ...]], namespace: str = COMPATIBLE
    ) -> None:
        """Many events, each `(name, argument, ...)`, encoded once."""
        self._deliver(self._members(audience, namespace), events, namespace)

    def has_listeners(self, audience: Audience, namespace: str = COMPATIBLE) -> bool:
        """Whether anybody would receive a push."""
        asked = self._asked(audience, namespace)  # mostly nobody, and that is asked for every beat
        return bool(asked) and any(_hears(connection, audience) for connection in asked)

    def open_sessions(self, user_id: int) -> set[object]:
        """The sessions of all connections of a user."""
        return {each.session for each in self._of_user(user_id)}

    async def disconnect_user(
        self, user_id: int, *, except_sid: str | None = None, session: object = None
    ) -> None:
        """`refresh`, then close, all connections of a user but one, or those of one session.

        None of them is logged in afterwards.
        """
        for connection in self._of_user(user_id):
            wanted = session is None or connection.session == session
            if wanted and connection.sid != except_sid:
                texts = [
                    event_text(connection.namespace, "refresh", ()),
                    disconnect_text(connection.namespace),
                ]
                self.transport.deliver(connection.engine_sid, texts)
                self.remove(connection.sid)
                self.forget(connection)

    def _of_user(self, user_id: int) -> list[Connection]:
        connections = list(self.connections.values())
        return [each for each in connections if each.actor is not None and each.actor.user_id == user_id]

    def _members(self, audience: Audience, namespace: str) -> list[Connection]:
        return [connection for connection in self._asked(audience, namespace) if _hears(connection, audience)]

    def _asked(self, audience: Audience, namespace: str) -> Collection[Connection]:
        room = self._rooms.get((namespace, audience.organisation))
        if not room:
            return ()
        if audience.connection is None:
            return room.values()
        return [room[audience.connection]] if audience.connection in room else ()

    def _deliver(
        self, connections: Sequence[Connection], events: Iterable[Sequence[Any]], namespace: str
    ) -> None:
        if not connections:
            return
        texts = [event_text(namespace, name, arguments) for name, *arguments in events]
        for connection in connections:
            self.transport.deliver(connection.engine_sid, texts)


def _hears(connection: Connection, audience: Audience) -> bool:
    actor = connection.actor
    return (
        actor is not None
        and audience.right in actor.rights
        and (audience.also is None or audience.also in actor.rights)
        and audience.unless not in actor.rights
        and audience.user_id in (None, actor.user_id)
    )


def _for_those_with(right: Right, hook: Hook) -> Hook:
    """The same hook, left out for whoever lacks the right."""

    async def guarded(caller: Caller) -> None:
        if caller.actor is not None and right in caller.actor.rights:
            await hook(caller)

    return guarded


async def _run_hooks(hooks: Iterable[tuple[int, str, Hook]], connection: Connection) -> None:
    """One number after the other, those of the same number together; one that fails does not stop others."""
    fitting = sorted(
        (entry for entry in hooks if entry[1] == connection.namespace), key=lambda entry: entry[0]
    )
    for _order, group in groupby(fitting, key=lambda entry: entry[0]):
        results = await asyncio.gather(*(hook(connection) for _, _, hook in group), return_exceptions=True)
        for result in results:
            # A client that has gone, or logged out, while its lists were made, is nobody to send them to.
            if isinstance(result, Exception) and not isinstance(result, NotLoggedIn):
                log.error("A list could not be sent to a client", exc_info=result)
