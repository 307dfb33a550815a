"""How a server is reached: directly, or through a proxy. Each has its own witnesses of certificates."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.net.connect import Connector
from kuma_lite.net.contexts import ContextCache
from kuma_lite.net.probe import TlsProbe
from kuma_lite.net.proxy import ProxyServer
from kuma_lite.net.proxy_connector import ProxyConnector
from kuma_lite.net.verdicts import Verdicts

TRANSPORTS_KEPT: Final = 64  # proxies in use at the same time; each remembers verdicts


class Transport(Struct, frozen=True):
    """How servers are reached, and how their certificates are looked at."""

    connector: Connector
    probe: TlsProbe
    verdicts: Verdicts
    proxy: ProxyServer | None = None


class Transports:
    """The transports of one client, those least recently taken dropped."""

    def __init__(self, connector: Connector, contexts: ContextCache, clock: Clock) -> None:
        self._contexts = contexts
        self._clock = clock
        self.direct = self._transport(connector, None)
        self._known: OrderedDict[tuple[ProxyServer, bool], Transport] = OrderedDict()

    def through(self, proxy: ProxyServer | None, *, verify: bool) -> Transport:
        """The transport through a proxy, or the direct one; `verify` is for the proxy's own certificate."""
        if proxy is None:
            return self.direct
        key = (proxy, verify)
        transport = self._known.get(key)
        if transport is None:
            connector = ProxyConnector(self.direct.connector, self._contexts, proxy, verify=verify)
            transport = self._known[key] = self._transport(connector, proxy)
            while len(self._known) > TRANSPORTS_KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return transport

    def _transport(self, connector: Connector, proxy: ProxyServer | None) -> Transport:
        probe = TlsProbe(connector, self._contexts, self._clock)
        return Transport(connector, probe, Verdicts(probe, self._clock), proxy)
