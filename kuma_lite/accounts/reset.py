"""What the command line can do for somebody who has lost the way in; the server may be stopped or running."""

from __future__ import annotations

from kuma_lite.accounts import store
from kuma_lite.accounts.model import User
from kuma_lite.accounts.passwords import hash_password
from kuma_lite.accounts.rules import is_strong
from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions


async def reset_password(database: Transactions, password: str) -> str:
    """Give the first user a new password; every session ends with the old one. Returns the user's name.

    Raises:
        UserError: the password is too weak, or there is no user.
    """
    if not is_strong(password):
        raise UserError(
            "The password is too weak: it needs at least six characters of two kinds "
            "(small letters, capitals, digits, symbols)."
        )
    user = await _first(database)
    hashed = await hash_password(password)

    def change(db: Connection) -> None:
        store.set_password(db, user.id, hashed)
        store.forget_sessions_of(db, user.id)

    await database.write(change)
    return user.username


async def remove_2fa(database: Transactions) -> str:
    """Switch two-factor authentication of the first user off. Returns the user's name; raises UserError."""
    user = await _first(database)
    await database.write(lambda db: store.set_twofa(db, user.id, False))
    return user.username


async def _first(database: Transactions) -> User:
    user = await database.read(store.first_user)
    if user is None:
        raise UserError("No account exists on this server yet.")
    return user
