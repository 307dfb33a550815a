"""Who may see which page: set by those who edit it, asked by every address of the page."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core import wire_values
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.status_pages.model import Document, Page
from kuma_lite.status_pages.protection import access_store
from kuma_lite.status_pages.protection.guards import Guard, digest_of

MIN_PASSWORD_CHARS: Final = 8
MAX_PASSWORD_BYTES: Final = 72  # bcrypt looks at no more
MAX_NAME_CHARS: Final = 100
MAX_LINKS: Final = 50  # of a page
_TOKEN_BYTES: Final = 24
_KEY_BYTES: Final = 32
_AT_ONCE: Final = 2  # passwords that are looked at; each takes 50 ms of a core


class Passwords(Struct, frozen=True):
    """How this house keeps passwords."""

    hash: Callable[[str], Awaitable[str]]
    matches: Callable[[Any, str | None], Awaitable[bool]]


class PageAccess:
    """The guards of all protected pages.

    Args:
        database: where they are kept.
        passwords: hashing.
        clock: for dates, and for how long a cookie holds.
        changed: called with the id of a page that others may see from now on.
    """

    def __init__(
        self, database: Transactions, passwords: Passwords, clock: Clock, changed: Callable[[int], None]
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock
        self._changed = changed
        self._guards: dict[int, Guard] = {}
        self._changing = asyncio.Lock()
        self._looking = asyncio.Semaphore(_AT_ONCE)

    async def load(self) -> None:
        """Read all guards."""
        self._guards = await self._database.read(access_store.read_all)

    # --- asking ------------------------------------------------------------------------------------------

    def guard(self, page_id: int) -> Guard | None:
        """Who watches over a page; None: everybody may see it."""
        return self._guards.get(page_id)

    def is_protected(self, page_id: int) -> bool:
        """Whether not everybody may see a page."""
        return page_id in self._guards

    def document(self, page: Page) -> Document:
        """What those who edit a page are told; never what opens it."""
        guard = self._guards.get(page.id)
        links = guard.links if guard else ()
        return {
            "protected": guard is not None,
            "password": guard is not None and guard.password is not None,
            "links": [{"id": each.id, "name": each.name, "created": each.created * 1000} for each in links],
        }

    def picture(self, page: Page, address: str) -> str:
        """The address of a page's picture as those who edit the page can load it."""
        guard = self._guards.get(page.id)
        if guard is None or not address.startswith("/upload/"):
            return address
        return f"{address}{'&' if '?' in address else '?'}editor={guard.picture_key()}"

    async def cookie_for(self, guard: Guard, password: str) -> str | None:
        """What the right password is answered with; None for a wrong one."""
        async with self._looking:
            right = await self._passwords.matches(password, guard.password)
        present = self._guards.get(guard.page_id)
        if not right or present is None or present.password != guard.password:
            return None
        return present.cookie(None, self._clock.now())

    # --- changes -----------------------------------------------------------------------------------------

    async def protect(self, page: Page, wishes: Any) -> None:
        """Say who may see a page.

        Args:
            page: which page.
            wishes: `{protected: bool, password?: str|null}`; without `password` it stays what it is, null
                takes it away.

        Raises:
            UserError: the password is too short or too long.
        """
        wishes = wishes if isinstance(wishes, dict) else {}
        if wishes.get("protected") is not True:
            async with self._changing:
                await self._database.write(lambda db: access_store.remove(db, page.id))
                await self._reload(page.id)
            return
        password = _read_password(wishes["password"]) if wishes.get("password") is not None else None
        hashed = None if password is None else await self._passwords.hash(password)
        async with self._changing:
            guard = self._guards.get(page.id) or Guard(page.id, None, secrets.token_bytes(_KEY_BYTES))
            if "password" in wishes:
                guard = replace(guard, password=hashed)
            await self._database.write(lambda db: access_store.save(db, guard))
            await self._reload(page.id)

    async def add_link(self, page: Page, name: Any) -> str:
        """A new link of a protected page; returns its token, which is kept nowhere. Raises UserError."""
        text = (wire_values.text(name) or "").strip()
        if not text or len(text) > MAX_NAME_CHARS:
            raise UserError(
                "A link needs a name of at most {most} characters.",
                most=MAX_NAME_CHARS,
                extra={"field": "name"},
            )
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), int(self._clock.now())
        async with self._changing:
            guard = self._guards.get(page.id)
            if guard is None:
                raise UserError("This page is open to everybody: protect it first.")
            if len(guard.links) >= MAX_LINKS:
                raise UserError("A page has at most {most} links.", most=MAX_LINKS)
            await self._database.write(
                lambda db: access_store.insert_link(db, page.id, text, digest_of(token), now)
            )
            await self._reload(page.id)
        return token

    async def remove_link(self, page: Page, link_id: Any) -> None:
        """Whoever came by this link sees the page no longer. Raises UserError."""
        number = wire_values.identifier(link_id)

        def write(db: Connection) -> bool:
            return number is not None and access_store.delete_link(db, page.id, number)

        async with self._changing:
            if not await self._database.write(write):
                raise UserError("This link does not exist any more.")
            await self._reload(page.id)

    async def copy(self, source: Page, page: Page) -> None:
        """Let a clone be protected as its source is: by the same password, without its links."""
        guard = self._guards.get(source.id)
        if guard is None:
            return
        own = Guard(page.id, guard.password, secrets.token_bytes(_KEY_BYTES))
        async with self._changing:
            await self._database.write(lambda db: access_store.save(db, own))
            await self._reload(page.id)

    async def _reload(self, page_id: int) -> None:
        await self.load()
        self._changed(page_id)


def _read_password(value: Any) -> str:
    if (
        not isinstance(value, str)
        or len(value) < MIN_PASSWORD_CHARS
        or len(value.encode("utf-8", "surrogatepass")) > MAX_PASSWORD_BYTES
    ):
        raise UserError(
            "The password must have {least} to {most} characters.",
            least=MIN_PASSWORD_CHARS,
            most=MAX_PASSWORD_BYTES,
            extra={"field": "password"},
        )
    return value
