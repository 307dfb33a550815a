"""What can be done with proxies. They are few: all are in memory, where checks ask for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.net.proxy import ProxyServer
from kuma_lite.proxies import store
from kuma_lite.proxies.model import Proxy, read_proxy

T = TypeVar("T")

REFERENCE: Final = "proxyId"  # the field of a monitor


class ProxiedMonitors(Protocol):
    """What proxies need of monitors."""

    async def point_all(self, owner: int, key: str, value: int, also: Callable[[Connection], T]) -> T:
        """Let every monitor of a user refer to `value`, in one transaction with `also`."""

    async def point_away(self, key: str, value: int, also: Callable[[Connection], T]) -> T:
        """Let no monitor refer to `value` any more, in one transaction with `also`."""


class Proxies:
    """The proxies of all users."""

    def __init__(self, database: Transactions, monitors: ProxiedMonitors, clock: Clock) -> None:
        self._database = database
        self._monitors = monitors
        self._clock = clock
        self._proxies: dict[int, Proxy] = {}

    async def load(self) -> None:
        """Read all of them."""
        self._proxies = {proxy.id: proxy for proxy in await self._database.read(store.read_all)}

    def find(self, proxy_id: int) -> ProxyServer | None:
        """Where a monitor's requests go through; None when the proxy is gone or switched off."""
        proxy = self._proxies.get(proxy_id)
        return proxy.server if proxy is not None and proxy.active else None

    def of(self, owner: int) -> list[Proxy]:
        """A user's proxies, oldest first."""
        return [proxy for proxy in self._proxies.values() if proxy.owner == owner]

    async def save(self, owner: int, payload: Any, proxy_id: Any) -> int:
        """Add a proxy, or change the one of that id; returns the id. Raises UserError."""
        old = self._owned(owner, proxy_id) if proxy_id else None
        created = old.created if old else to_ms(self._clock.now())
        proxy = read_proxy(payload, old.id if old else 0, owner, created)
        saved = await self._database.write(lambda db: store.put(db, proxy))
        await self.load()
        if payload.get("applyExisting"):
            await self._monitors.point_all(owner, REFERENCE, saved, lambda db: None)
        return saved

    async def delete(self, owner: int, proxy_id: Any) -> None:
        """Remove a proxy; its monitors ask directly from now on. Raises UserError."""
        proxy = self._owned(owner, proxy_id)
        await self._monitors.point_away(REFERENCE, proxy.id, lambda db: store.delete(db, proxy.id))
        del self._proxies[proxy.id]

    def _owned(self, owner: int, proxy_id: Any) -> Proxy:
        proxy = self._proxies.get(proxy_id) if isinstance(proxy_id, int) else None
        if proxy is None or proxy.owner != owner:
            raise UserError("proxy not found")
        return proxy
