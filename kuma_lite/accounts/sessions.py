"""How long a session token is good: until it is ended, or has not been used for a month.

A token carries when it was given. A row says where, and whether it was ended; one that was given before there
were rows gets its own when it is next used. When it was last used is noted once a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from msgspec import Struct

from kuma_lite.accounts import store
from kuma_lite.accounts.model import SessionRow
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.transactions import Transactions

LIFETIME_S: Final = 30 * 86_400.0  # since it was last used
_NOTED_EVERY_S: Final = 86_400.0  # that it is in use
_MAX_AGENT_CHARS: Final = 300  # browsers have some 120
_MAX_ADDRESS_CHARS: Final = 64


class Session(Struct, frozen=True):
    """What a genuine token says of itself."""

    id: str  # a digest of the token
    issued: float  # seconds since 1970


class SessionTokens:
    """All that have a row, in memory."""

    def __init__(self, database: Transactions, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._rows: dict[str, SessionRow] = {}

    async def load(self) -> None:
        """Read them, and forget those that have expired."""
        oldest = int(self._clock.now() - LIFETIME_S)
        await self._database.write(lambda db: store.forget_session_tokens(db, oldest))
        self._rows = {row.id: row for row in await self._database.read(store.session_tokens)}

    def is_good(self, session: Session) -> bool:
        """Whether it still opens anything."""
        return not self.is_ended(session) and self._clock.now() - self._last_use(session) <= LIFETIME_S

    def is_ended(self, session: Session) -> bool:
        """Whether somebody has ended it."""
        row = self._rows.get(session.id)
        return row is not None and row.ended

    def has_row(self, session: Session, user_id: int) -> bool:
        """Whether it is known as one of that user's."""
        row = self._rows.get(session.id)
        return row is not None and row.user_id == user_id

    def of_user(self, user_id: int) -> list[SessionRow]:
        """Those of a user that open something; the last used first."""
        oldest = self._clock.now() - LIFETIME_S
        rows = [row for row in self._rows.values() if row.user_id == user_id and not row.ended]
        return sorted(
            (row for row in rows if max(row.used_at, row.made_at or 0) >= oldest),
            key=lambda row: -row.used_at,
        )

    async def begin(self, session: Session, user_id: int, address: str, agent: str) -> None:
        """Somebody has logged in with name and password, from there."""
        row = SessionRow(
            session.id,
            int(session.issued),
            False,
            user_id,
            int(session.issued),
            address[:_MAX_ADDRESS_CHARS],
            agent[:_MAX_AGENT_CHARS],
        )
        await self._note(row)

    async def use(self, sessions: Iterable[Session], user_id: int | None = None) -> None:
        """They are in use now: their month begins anew. `user_id`: whose they are, where that is known."""
        now = self._clock.now()
        for session in sessions:
            row = self._rows.get(session.id)
            unknown = user_id is not None and (row is None or row.user_id is None)
            if self.is_good(session) and (unknown or now - self._last_use(session) > _NOTED_EVERY_S):
                known = row or SessionRow(session.id, 0, False, None, None, None, None)
                owner, made = known.user_id or user_id, known.made_at or int(session.issued)
                await self._note(known._replace(used_at=int(now), user_id=owner, made_at=made))

    async def end(self, session: Session) -> None:
        """It opens nothing any more."""
        known = self._rows.get(session.id)
        row = known or SessionRow(session.id, int(session.issued), False, None, None, None, None)
        await self._store(row._replace(ended=True, used_at=max(row.used_at, int(session.issued))))

    async def end_others(self, user_id: int, keep: Session | None, given_before: int) -> None:
        """Of a user only `keep` is good any more, and what is given from that second on."""
        ending = [
            row._replace(ended=True)
            for row in self._rows.values()
            if row.user_id == user_id and not row.ended and (keep is None or row.id != keep.id)
        ]
        self._rows.update({row.id: row for row in ending})
        await self._database.write(
            lambda db: store.end_sessions(db, user_id, [row.id for row in ending], given_before)
        )

    async def forget(self, user_id: int) -> None:
        """All of a user's are dead by themselves: the password is another one."""
        self._rows = {key: row for key, row in self._rows.items() if row.user_id != user_id}
        await self._database.write(lambda db: store.forget_sessions_of(db, user_id))

    def _last_use(self, session: Session) -> float:
        row = self._rows.get(session.id)
        return max(session.issued, row.used_at if row is not None else 0.0)

    async def _note(self, row: SessionRow) -> None:
        self._rows[row.id] = row
        with suppress(StorageTrouble):  # noted again another day; nobody is kept out because of that
            await self._store(row)

    async def _store(self, row: SessionRow) -> None:
        self._rows[row.id] = row
        await self._database.write(lambda db: store.note_session_token(db, row))
