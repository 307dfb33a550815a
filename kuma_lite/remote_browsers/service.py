"""What can be done with remote browsers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
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
    """The remote browsers of all organisations: few, and all in memory."""

    def __init__(self, database: Transactions, monitors: ReferringMonitors, http: HttpClient) -> None:
        self._database = database
        self._monitors = monitors
        self._http = http
        self._browsers: dict[int, RemoteBrowser] = {}

    async def load(self) -> None:
        """Read all of them."""
        self._browsers = {item.id: item for item in await self._database.read(store.read_all)}

    async def test(self, payload: Any) -> None:
        """Connect once to a browser that need not be stored. Raises UserError: why that failed."""
        await knock(read_url(payload), self._http)

    def exists(self, organisation: int, browser_id: int) -> bool:
        """Whether an organisation has the browser of that number."""
        found = self._browsers.get(browser_id)
        return found is not None and found.organisation == organisation

    def address_of(self, browser_id: int) -> str | None:
        """Where a browser is; None for one that is gone."""
        found = self._browsers.get(browser_id)
        return found.url if found is not None else None

    # --- as the keeper of a resource ---------------------------------------------------------------------

    async def all(self, actor: Actor) -> list[RemoteBrowser]:
        """The browsers of an organisation, oldest first."""
        return [item for item in self._browsers.values() if item.organisation == actor.organisation]

    async def find(self, _actor: Actor, key: Any) -> RemoteBrowser | None:
        """One by its id."""
        return self._browsers.get(wire_values.whole(key) or 0)

    def document(self, browser: RemoteBrowser) -> dict[str, Any]:
        """What can be chosen."""
        return {"name": browser.name, "url": browser.url}

    async def create(self, actor: Actor, document: Any) -> RemoteBrowser:
        """A new one. Raises UserError."""
        return await self._save(read_browser(document, 0, actor))

    async def replace(self, actor: Actor, browser: RemoteBrowser, document: Any) -> RemoteBrowser:
        """Another document for one. Raises UserError."""
        return await self._save(read_browser(document, browser.id, actor)._replace(user_id=browser.user_id))

    async def delete(self, _actor: Actor, browser: RemoteBrowser) -> None:
        """Remove one; the monitors that named it name none."""
        await self._monitors.point_away(REFERENCE, browser.id, lambda db: store.delete(db, browser.id))
        del self._browsers[browser.id]

    async def _save(self, browser: RemoteBrowser) -> RemoteBrowser:
        number = await self._database.write(lambda db: store.put(db, browser))
        self._browsers[number] = browser._replace(id=number)
        return self._browsers[number]
