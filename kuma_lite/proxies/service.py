"""What can be done with proxies. They are few: all are in memory, where checks ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeVar

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.net.proxy import ProxyServer
from kuma_lite.proxies import store
from kuma_lite.proxies.model import Proxy, read_proxy

T = TypeVar("T")

REFERENCE: Final = "proxyId"  # the field of a monitor


class ProxiedMonitors(Protocol):
    """What proxies need of monitors."""

    async def point_all(self, organisation: int, key: str, value: int, also: Callable[[Connection], T]) -> T:
        """Let every monitor of an organisation refer to `value`, in one transaction with `also`."""

    async def point_away(self, key: str, value: int, also: Callable[[Connection], T]) -> T:
        """Let no monitor refer to `value` any more, in one transaction with `also`."""


class Proxies:
    """The proxies of all organisations."""

    def __init__(self, database: Transactions, monitors: ProxiedMonitors, clock: Clock) -> None:
        self._database = database
        self._monitors = monitors
        self._clock = clock
        self._proxies: dict[int, Proxy] = {}

    async def load(self) -> None:
        """Read all of them."""
        self._proxies = {proxy.id: proxy for proxy in await self._database.read(store.read_all)}

    def server_of(self, proxy_id: int) -> ProxyServer | None:
        """Where a monitor's requests go through; None when the proxy is gone or switched off."""
        proxy = self._proxies.get(proxy_id)
        return proxy.server if proxy is not None and proxy.active else None

    def exists(self, organisation: int, proxy_id: int) -> bool:
        """Whether an organisation has the proxy of that number."""
        found = self._proxies.get(proxy_id)
        return found is not None and found.organisation == organisation

    # --- as the keeper of a resource ---------------------------------------------------------------------

    async def all(self, actor: Actor) -> list[Proxy]:
        """The proxies of an organisation, oldest first."""
        return [proxy for proxy in self._proxies.values() if proxy.organisation == actor.organisation]

    async def find(self, _actor: Actor, key: Any) -> Proxy | None:
        """One by its id."""
        return self._proxies.get(wire_values.whole(key) or 0)

    def document(self, proxy: Proxy) -> dict[str, Any]:
        """What can be chosen."""
        return proxy.document()

    async def create(self, actor: Actor, document: Any) -> Proxy:
        """A new one. Raises UserError."""
        return await self._save(actor, read_proxy(document, 0, actor, to_ms(self._clock.now())), document)

    async def replace(self, actor: Actor, proxy: Proxy, document: Any) -> Proxy:
        """Another document for one. Raises UserError."""
        changed = read_proxy(document, proxy.id, actor, proxy.created)
        return await self._save(actor, changed._replace(user_id=proxy.user_id), document)

    async def delete(self, _actor: Actor, proxy: Proxy) -> None:
        """Remove one; its monitors ask directly from now on."""
        await self._monitors.point_away(REFERENCE, proxy.id, lambda db: store.delete(db, proxy.id))
        del self._proxies[proxy.id]

    async def _save(self, actor: Actor, proxy: Proxy, document: Mapping[str, Any]) -> Proxy:
        """`applyExisting` in a document is an order that is carried out once: all monitors get it."""
        number = await self._database.write(lambda db: store.put(db, proxy))
        await self.load()
        if document.get("applyExisting"):
            await self._monitors.point_all(actor.organisation, REFERENCE, number, lambda db: None)
        return self._proxies[number]
