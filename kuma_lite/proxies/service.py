"""What can be done with proxies. They are few: all are in memory, where checks ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, Final, Protocol, TypeVar

from kuma_lite.core import wire_values
from kuma_lite.core.access import FIRST_ORGANISATION, Actor
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import HttpClient, Request
from kuma_lite.net.proxy import ProxyServer, always
from kuma_lite.proxies import store
from kuma_lite.proxies.model import Proxy, read_proxy

T = TypeVar("T")

REFERENCE: Final = "proxyId"  # the field of a monitor
TEST_TIMEOUT_S: Final = 10.0  # a person waits
_NOBODY: Final = Actor(FIRST_ORGANISATION, frozenset(), 0)  # keeps nothing


class ProxiedMonitors(Protocol):
    """What proxies need of monitors."""

    async def point_all(self, organisation: int, key: str, value: int, also: Callable[[Connection], T]) -> T:
        """Let every monitor of an organisation refer to `value`, in one transaction with `also`."""

    async def point_away(self, key: str, value: int, also: Callable[[Connection], T]) -> T:
        """Let no monitor refer to `value` any more, in one transaction with `also`."""


class Proxies:
    """The proxies of all organisations."""

    def __init__(
        self, database: Transactions, monitors: ProxiedMonitors, http: HttpClient, clock: Clock
    ) -> None:
        self._database = database
        self._monitors = monitors
        self._http = http
        self._clock = clock
        self._proxies: dict[int, Proxy] = {}

    async def load(self) -> None:
        """Read all of them."""
        self._proxies = {proxy.id: proxy for proxy in await self._database.read(store.read_all)}

    def server_of(self, proxy_id: int) -> ProxyServer | None:
        """Where a monitor's requests go through; None when the proxy is gone or switched off."""
        proxy = self._proxies.get(proxy_id)
        return proxy.server if proxy is not None and proxy.active else None

    async def test(self, document: Any) -> str:
        """What the address `testUrl` answers through a proxy that need not be stored. Raises UserError."""
        url = document.get("testUrl") if isinstance(document, Mapping) else None
        if not isinstance(url, str) or not url.strip():
            raise UserError("A test needs an address to ask through the proxy.")
        proxy = read_proxy(document, 0, _NOBODY, 0)
        request = Request(
            "GET",
            url.strip(),
            timeout=TEST_TIMEOUT_S,
            total_timeout=TEST_TIMEOUT_S,
            proxy=always(proxy.server),
        )
        begun = perf_counter()
        try:
            response = await self._http.send(request)
        except NetworkError as error:
            raise UserError(error.message) from None
        took_ms = round((perf_counter() - begun) * 1000)
        return f"{response.status} {response.reason}".rstrip() + f" in {took_ms} ms."

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
