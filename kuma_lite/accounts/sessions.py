"""How long a session token is good: until it is logged out of, or has not been used for a month.

A token carries when it was given. Of most tokens nothing else need be known: a row is kept for those that
were ended, and for those that were used more than a day after the last time that is known of.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final, NamedTuple

from kuma_lite.accounts import store
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.transactions import Transactions

LIFETIME_S: Final = 30 * 86_400.0  # since it was last used
_NOTED_EVERY_S: Final = 86_400.0  # that it is in use


class Session(NamedTuple):
    """What a genuine token says of itself."""

    id: str  # a digest of the token
    issued: float  # seconds since 1970


class SessionTokens:
    """All that are not as they were given."""

    def __init__(self, database: Transactions, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._used: dict[str, float] = {}
        self._ended: set[str] = set()

    async def load(self) -> None:
        """Read them, and forget those that have expired."""
        oldest = int(self._clock.now() - LIFETIME_S)
        await self._database.write(lambda db: store.forget_session_tokens(db, oldest))
        for key, used, ended in await self._database.read(store.session_tokens):
            self._used[key] = used
            if ended:
                self._ended.add(key)

    def is_good(self, session: Session) -> bool:
        """Whether it still opens anything."""
        return session.id not in self._ended and self._clock.now() - self._last_use(session) <= LIFETIME_S

    async def use(self, sessions: Iterable[Session]) -> None:
        """They are in use now: their month begins anew."""
        now = self._clock.now()
        for session in sessions:
            if self.is_good(session) and now - self._last_use(session) > _NOTED_EVERY_S:
                self._used[session.id] = now
                with suppress(StorageTrouble):  # noted again another day; nobody is kept out because of that
                    await self._write(session, now, ended=False)

    async def end(self, session: Session) -> None:
        """It opens nothing any more."""
        self._ended.add(session.id)
        await self._write(session, self._last_use(session), ended=True)

    def _last_use(self, session: Session) -> float:
        return max(session.issued, self._used.get(session.id, 0.0))

    async def _write(self, session: Session, used: float, *, ended: bool) -> None:
        await self._database.write(
            lambda db: store.note_session_token(db, session.id, int(used), ended=ended)
        )
