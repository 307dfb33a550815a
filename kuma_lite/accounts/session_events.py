"""The events of our own page about sessions: where one is logged in, and ending that."""

from __future__ import annotations

import logging
from typing import Any

from kuma_lite.accounts.model import SessionRow
from kuma_lite.accounts.service import Accounts
from kuma_lite.accounts.sessions import Session
from kuma_lite.core.access import Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Push, actor_of
from kuma_lite.core.errors import UserError

log = logging.getLogger(__name__)


def session_doors(accounts: Accounts, push: Push) -> Doors:
    """List, end one, end all others."""

    async def sessions(caller: Caller) -> Answer:
        user_id = actor_of(caller).author
        mine, connected = caller.session, push.open_sessions(user_id)
        open_now = {each.id for each in connected if isinstance(each, Session)}
        own = mine.id if isinstance(mine, Session) else None
        rows = accounts.sessions.of_user(user_id)
        return {"ok": True, "sessions": [_document(row, own, open_now) for row in rows]}

    async def end_session(caller: Caller, key: Any) -> Answer:
        user_id = actor_of(caller).author
        row = next((row for row in accounts.sessions.of_user(user_id) if row.id == key), None)
        if row is None:
            raise UserError("This session has ended already.")
        if isinstance(caller.session, Session) and caller.session.id == row.id:
            raise UserError("This is the session that you are using: log out instead.")
        session = Session(row.id, float(row.made_at or 0))
        await accounts.sessions.end(session)
        await push.disconnect_user(user_id, session=session)
        log.info("A session was ended from %s", caller.address)
        return {"ok": True, "msg": "The session has ended."}

    async def end_other_sessions(caller: Caller) -> Answer:
        user_id = actor_of(caller).author
        keep = caller.session if isinstance(caller.session, Session) else None
        await accounts.end_other_sessions(user_id, keep)
        await push.disconnect_user(user_id, except_sid=caller.sid)
        log.info("All other sessions were ended from %s", caller.address)
        return {"ok": True, "msg": "All other sessions have ended."}

    def event(name: str, handler: Any, arguments: int = 0) -> Event:
        return Event(name, handler, arguments, needs=Right.ACCOUNT, namespaces=(PAGE,))

    return Doors(
        events=[
            event("sessions", sessions),
            event("endSession", end_session, 1),
            event("endOtherSessions", end_other_sessions),
        ]
    )


def _document(row: SessionRow, own: str | None, open_now: set[str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "current": row.id == own,
        "connected": row.id in open_now,
        "since": row.made_at * 1000 if row.made_at else None,
        "lastUsed": row.used_at * 1000,
        "address": row.address,
        "agent": row.agent,
    }
