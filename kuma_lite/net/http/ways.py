"""The ways to a server: direct, or through a proxy. Each has its own witnesses of certificates."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from kuma_lite.core.clock import Clock
from kuma_lite.net.connect import Connector
from kuma_lite.net.contexts import ContextCache
from kuma_lite.net.probe import TlsProbe
from kuma_lite.net.proxy import ProxyServer
from kuma_lite.net.proxy_connector import ProxyConnector
from kuma_lite.net.verdicts import Verdicts

WAYS_KEPT: Final = 64  # proxies in use at the same time; each remembers verdicts


@dataclass(frozen=True, slots=True)
class Way:
    """How servers are reached, and how their certificates are looked at."""

    connector: Connector
    probe: TlsProbe
    verdicts: Verdicts
    proxy: ProxyServer | None = None


class Ways:
    """The ways of one client, those least recently taken dropped."""

    def __init__(self, connector: Connector, contexts: ContextCache, clock: Clock) -> None:
        self._contexts = contexts
        self._clock = clock
        self.direct = self._way(connector, None)
        self._known: OrderedDict[tuple[ProxyServer, bool], Way] = OrderedDict()

    def through(self, proxy: ProxyServer | None, *, verify: bool) -> Way:
        """The way through a proxy, or the direct one; `verify` is for the proxy's own certificate."""
        if proxy is None:
            return self.direct
        key = (proxy, verify)
        way = self._known.get(key)
        if way is None:
            connector = ProxyConnector(self.direct.connector, self._contexts, proxy, verify=verify)
            way = self._known[key] = self._way(connector, proxy)
            while len(self._known) > WAYS_KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return way

    def _way(self, connector: Connector, proxy: ProxyServer | None) -> Way:
        probe = TlsProbe(connector, self._contexts, self._clock)
        return Way(connector, probe, Verdicts(probe, self._clock), proxy)
