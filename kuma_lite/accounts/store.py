"""The SQL of users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from kuma_lite.accounts.model import SessionRow, User
from kuma_lite.core.sql import Connection

_COLUMNS: Final = (
    "id, username, password, active, twofa_secret, twofa_status, twofa_last_token, organisation_id, "
    "sessions_from"
)


def any_user(db: Connection) -> bool:
    """Whether somebody has been set up."""
    return db.execute('SELECT 1 FROM "user" LIMIT 1').fetchone() is not None


def first_user(db: Connection) -> User | None:
    """Who everybody is while authentication is switched off."""
    return _one(db, "ORDER BY id LIMIT 1", ())


def user_by_id(db: Connection, user_id: int) -> User | None:
    """A user."""
    return _one(db, "WHERE id = ?", (user_id,))


def active_user(db: Connection, username: str) -> User | None:
    """An active user of exactly that name."""
    return _one(db, "WHERE username = ? AND active = 1", (username,))


def user_to_log_in(db: Connection, typed_name: str) -> User | None:
    """An active user, blanks around the name ignored on both sides."""
    return _one(db, "WHERE trim(username) = ? AND active = 1", (typed_name.strip(),))


def add_first_user(db: Connection, username: str, password_hash: str) -> bool:
    """Add the user unless there is one already; whether it was added. One statement: no race to win."""
    db.execute(
        'INSERT INTO "user" (username, password) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM "user")',
        (username, password_hash),
    )
    return db.changes() == 1


def set_password(db: Connection, user_id: int, password_hash: str) -> None:
    """Store a new password."""
    db.execute('UPDATE "user" SET password = ? WHERE id = ?', (password_hash, user_id))


def replace_password(db: Connection, user_id: int, old_hash: str, new_hash: str) -> bool:
    """Store a new password if the old one is still the stored one; whether it was."""
    db.execute('UPDATE "user" SET password = ? WHERE id = ? AND password = ?', (new_hash, user_id, old_hash))
    return db.changes() == 1


def set_twofa(db: Connection, user_id: int, on: bool) -> None:
    """Switch two-factor authentication."""
    db.execute('UPDATE "user" SET twofa_status = ? WHERE id = ?', (int(on), user_id))


def set_twofa_secret(db: Connection, user_id: int, secret: str) -> None:
    """Store a new secret."""
    db.execute('UPDATE "user" SET twofa_secret = ? WHERE id = ?', (secret, user_id))


def use_code(db: Connection, user_id: int, code: str) -> bool:
    """Note that a code has logged somebody in; False when it had done so before (a replay)."""
    db.execute(
        'UPDATE "user" SET twofa_last_token = ? WHERE id = ? AND twofa_last_token IS DISTINCT FROM ?',
        (code, user_id, code),
    )
    return db.changes() == 1


def _one(db: Connection, condition: str, values: tuple[Any, ...]) -> User | None:
    row = db.execute(f'SELECT {_COLUMNS} FROM "user" {condition}', values).fetchone()  # noqa: S608
    if row is None:
        return None
    identity, username, password, active, secret, status, last, organisation, since = row
    return User(
        identity, username, password or "", bool(active), secret, status == 1, last, organisation, since
    )


def session_tokens(db: Connection) -> list[SessionRow]:
    """All that have a row."""
    query = "SELECT id, used_at, ended, user_id, made_at, address, agent FROM session_token"
    return [SessionRow(row[0], row[1], bool(row[2]), *row[3:]) for row in db.execute(query)]


def note_session_token(db: Connection, row: SessionRow) -> None:
    """Keep what is known of one; what was ended stays so."""
    db.execute(
        "INSERT INTO session_token (id, used_at, ended, user_id, made_at, address, agent) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at, "
        "ended = CASE WHEN session_token.ended = 1 THEN 1 ELSE excluded.ended END, "
        "user_id = excluded.user_id, made_at = excluded.made_at",
        (*row[:2], int(row.ended), *row[3:]),
    )


def end_sessions(db: Connection, user_id: int, ids: Iterable[str], given_before: int) -> None:
    """End these, and all of the user without a row that were given before that second."""
    db.executemany("UPDATE session_token SET ended = 1 WHERE id = ?", [(key,) for key in ids])
    db.execute('UPDATE "user" SET sessions_from = ? WHERE id = ?', (given_before, user_id))


def forget_sessions_of(db: Connection, user_id: int) -> None:
    """Their tokens carry a password that is no longer the user's."""
    db.execute("DELETE FROM session_token WHERE user_id = ?", (user_id,))


def forget_session_tokens(db: Connection, before: int) -> None:
    """Those last used before then have expired, which their own text says as well."""
    db.execute("DELETE FROM session_token WHERE used_at < ?", (before,))
