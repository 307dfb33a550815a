"""Who asks, for tests below the wire: actors, a connection of one, and a Push that remembers.

`OWNER` and `COLLEAGUE` are of the first organisation, `STRANGER` may everything in another one. `VIEWER` is
of the first organisation as well, and may change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kuma_lite.core.access import (
    FIRST_ORGANISATION,
    OWNER_RIGHTS,
    PROJECT_TOKEN_RIGHTS,
    Actor,
    Audience,
    Right,
)
from kuma_lite.core.doors import COMPATIBLE, PAGE
from kuma_lite.core.records import replace

OTHER_ORGANISATION = 2
VIEW_RIGHTS = frozenset(right for right in Right if right.endswith(".view"))

OWNER = Actor(FIRST_ORGANISATION, OWNER_RIGHTS, 1, "admin")
STRANGER = Actor(OTHER_ORGANISATION, OWNER_RIGHTS, 2, "stranger")
COLLEAGUE = Actor(FIRST_ORGANISATION, OWNER_RIGHTS, 3, "colleague")
VIEWER = Actor(FIRST_ORGANISATION, VIEW_RIGHTS, 4, "viewer")
MACHINE = Actor(FIRST_ORGANISATION, PROJECT_TOKEN_RIGHTS, project_id=1)


def with_only(*rights: Right, actor: Actor = OWNER) -> Actor:
    """The same person with nothing but these rights."""
    return replace(actor, rights=frozenset(rights))


def without(right: Right, actor: Actor = OWNER) -> Actor:
    """The same person without one right."""
    return replace(actor, rights=actor.rights - {right})


@dataclass
class Connection:
    """The `Caller` of an event whose pushes go to audiences, not to the connection alone."""

    actor: Actor | None = OWNER
    namespace: str = COMPATIBLE
    sid: str = "sid"
    address: str = "127.0.0.1"
    place: str = "127.0.0.1"
    host: str = "127.0.0.1"
    agent: str = ""
    session: object = None

    async def emit(self, event: str, *arguments: Any) -> None:
        raise AssertionError(f"{event} goes to an audience")

    async def emit_many(self, events: Sequence[tuple[Any, ...]]) -> None:
        raise AssertionError("these go to an audience")

    async def log_in(self, actor: Actor) -> None:
        raise AssertionError("nobody logs in here")

    async def log_out(self) -> None:
        raise AssertionError("nobody logs out here")


@dataclass
class Pushes:
    """A Push to some connections, by default of the owner and of a stranger, that remembers what each got."""

    listening: list[tuple[Actor, str]] = field(
        default_factory=lambda: [
            (actor, namespace) for actor in (OWNER, STRANGER) for namespace in (COMPATIBLE, PAGE)
        ]
    )
    pushed: list[tuple[Any, ...]] = field(default_factory=list)  # (actor, namespace, event, *arguments)

    async def to_audience(
        self, audience: Audience, event: str, *arguments: Any, namespace: str = COMPATIBLE
    ) -> None:
        for actor in self._listeners(audience, namespace):
            self.pushed.append((actor, namespace, event, *arguments))

    async def many_to_audience(
        self, audience: Audience, events: Sequence[tuple[Any, ...]], namespace: str = COMPATIBLE
    ) -> None:
        for event, *arguments in events:
            await self.to_audience(audience, event, *arguments, namespace=namespace)

    def has_listeners(self, audience: Audience, namespace: str = COMPATIBLE) -> bool:
        return bool(self._listeners(audience, namespace))

    def open_sessions(self, user_id: int) -> set[object]:
        return set()

    async def disconnect_user(
        self, user_id: int, *, except_sid: str | None = None, session: object = None
    ) -> None:
        raise AssertionError("nobody is thrown out here")

    def _listeners(self, audience: Audience, namespace: str) -> list[Actor]:
        return [
            actor
            for actor, where in self.listening
            if where == namespace
            and actor.organisation == audience.organisation
            and audience.right in actor.rights
            and (audience.also is None or audience.also in actor.rights)
            and audience.unless not in actor.rights
            and audience.user_id in (None, actor.user_id)
        ]
