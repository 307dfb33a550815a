"""What can be done with remote browsers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.net.http import HttpClient
from kuma_lite.remote_browsers import store
from kuma_lite.remote_browsers.handshake import knock
from kuma_lite.remote_browsers.model import RemoteBrowser, read_browser, read_url

T = TypeVar("T")

REFERENCE: Final = "remote_browser"  # the field of a monitor


class ReferringMonitors(Protocol):
    """What remote browsers need of monitors."""

    async def point_away(self, key: str, value: int, also: Callable[[Connection], T]) -> T:
        """Let no monitor refer to `value` any more, in one transaction with `also`."""


class RemoteBrowsers:
    """The remote browsers of all users: few, and all in memory."""

    def __init__(self, database: Transactions, monitors: ReferringMonitors, http: HttpClient) -> None:
        self._database = database
        self._monitors = monitors
        self._http = http
        self._browsers: dict[int, RemoteBrowser] = {}

    async def load(self) -> None:
        """Read all of them."""
        self._browsers = {item.id: item for item in await self._database.read(store.read_all)}

    def of(self, owner: int) -> list[RemoteBrowser]:
        """A user's browsers, oldest first."""
        return [browser for browser in self._browsers.values() if browser.owner == owner]

    async def save(self, owner: int, payload: Any, browser_id: Any) -> int:
        """Add a browser, or change the one of that id; returns the id. Raises UserError."""
        old = self._owned(owner, browser_id, "Remote browser not found") if browser_id else None
        browser = read_browser(payload, old.id if old else 0, owner)
        saved = await self._database.write(lambda db: store.put(db, browser))
        self._browsers[saved] = browser._replace(id=saved)
        return saved

    async def delete(self, owner: int, browser_id: Any) -> None:
        """Remove a browser; the monitors that named it name none. Raises UserError."""
        browser = self._owned(owner, browser_id, "Remote Browser not found")
        await self._monitors.point_away(REFERENCE, browser.id, lambda db: store.delete(db, browser.id))
        del self._browsers[browser.id]

    async def test(self, payload: Any) -> None:
        """Connect once to a browser that need not be stored. Raises UserError: why that failed."""
        await knock(read_url(payload), self._http)

    def _owned(self, owner: int, browser_id: Any, refusal: str) -> RemoteBrowser:
        browser = self._browsers.get(browser_id) if isinstance(browser_id, int) else None
        if browser is None or browser.owner != owner:
            raise UserError(refusal)
        return browser
