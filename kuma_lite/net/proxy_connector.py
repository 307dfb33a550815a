"""Connections through a proxy, for those who know only how to ask a `Connector`."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from time import perf_counter
from typing import Final, TypeVar, cast

from kuma_lite.net.connect import MS, Connected, Connector
from kuma_lite.net.contexts import ContextCache, TlsOptions
from kuma_lite.net.errors import NetworkError, connect_error, io_error
from kuma_lite.net.probe import sni, verified_report
from kuma_lite.net.proxy import ProxyServer
from kuma_lite.net.proxy_handshake import Dialogue, shake_hands
from kuma_lite.net.resolve import IpFamily, literal
from kuma_lite.net.tls import handshake_error, verification_error
from kuma_lite.net.trace import current

_LOOK_UP_HERE: Final = frozenset({"socks4", "socks5"})
REACH_S: Final = 8.0  # a proxy that takes longer to accept a connection is no use to anybody behind it
_GOODBYE_S: Final = 1.0  # for the closing of a proxy's TLS; nothing depends on it

P = TypeVar("P", bound=asyncio.BaseProtocol)


class ProxyConnector(Connector):
    """Opens tunnels through one proxy.

    Args:
        direct: reaches the proxy, and looks names up where the protocol wants addresses.
        contexts: TLS settings.
        proxy: the proxy.
        verify: whether the certificate of an `https` proxy has to be valid.
    """

    def __init__(
        self, direct: Connector, contexts: ContextCache, proxy: ProxyServer, *, verify: bool = True
    ) -> None:
        super().__init__(direct.resolver)
        self._direct = direct
        self._contexts = contexts
        self._proxy = proxy
        self._verify = verify

    async def open(
        self,
        host: str,
        port: int,
        factory: Callable[[], P],
        *,
        family: IpFamily | None = None,
    ) -> Connected[P]:
        """A connection to `host` through the proxy; times and address are the proxy's.

        Raises NetworkError: the proxy cannot be reached, or refuses.
        """
        begun = perf_counter()
        target = await self._target(host, family)
        opened = await self._reach()
        try:
            await shake_hands(opened.protocol, self._proxy, target, port)
        except BaseException:
            opened.transport.abort()
            raise
        return _handed_over(opened, factory, begun)

    async def open_proxy(self, factory: Callable[[], P]) -> Connected[P]:
        """A connection to the proxy itself, for plain HTTP requests that it passes on."""
        begun = perf_counter()
        return _handed_over(await self._reach(), factory, begun)

    async def _target(self, host: str, family: IpFamily | None) -> str:
        """What the proxy is told: an address where it must not, or cannot, look names up."""
        if self._proxy.protocol == "socks4":
            family = "ipv4"
        elif self._proxy.protocol not in _LOOK_UP_HERE or literal(host):
            return host
        return (await self.resolver.resolve(host, family))[0].ip

    async def _reach(self) -> Connected[Dialogue]:
        try:
            async with asyncio.timeout(REACH_S):
                return await self._reach_at_all()
        except TimeoutError:
            error = connect_error(TimeoutError(), self._proxy.host, self._proxy.port)
            error.by_proxy = True
            raise error from None
        except NetworkError as error:
            error.by_proxy = True
            raise

    async def _reach_at_all(self) -> Connected[Dialogue]:
        opened = await self._direct.open(self._proxy.host, self._proxy.port, Dialogue)
        if self._proxy.protocol == "https":
            try:
                await self._secure(opened)
            except BaseException:
                opened.transport.abort()
                raise
        return opened

    async def _secure(self, opened: Connected[Dialogue]) -> None:
        """TLS with the proxy itself."""
        context = await self._contexts.get(TlsOptions(verify=self._verify))
        name = self._proxy.host
        try:
            transport = await asyncio.get_running_loop().start_tls(
                opened.transport,
                opened.protocol,
                context,
                server_hostname=sni(name) or "",
                ssl_shutdown_timeout=_GOODBYE_S,
            )
        except ssl.SSLCertVerificationError as error:
            raise verification_error(error, None, 0) from None
        except ssl.SSLError as error:
            raise handshake_error(error) from None
        except OSError as error:
            raise io_error(error) from None
        opened.transport = cast("asyncio.Transport", transport)
        opened.protocol.use(opened.transport)
        if self._verify:
            try:
                verified_report(opened.transport.get_extra_info("ssl_object"), name)
            except NetworkError as error:  # the certificate is the proxy's, not the target's
                raise NetworkError(error.message, error.code, error.kind) from None


def _handed_over(opened: Connected[Dialogue], factory: Callable[[], P], begun: float) -> Connected[P]:
    """Give the connection to those who asked for it."""
    try:
        opened.protocol.finish()
    except NetworkError:
        opened.transport.abort()
        raise
    protocol = factory()
    opened.transport.set_protocol(protocol)
    protocol.connection_made(opened.transport)
    connect_ms = (perf_counter() - begun) * MS - opened.dns_ms
    if (trace := current()) is not None:
        trace.connected(connect_ms, opened.address)  # with the way through the proxy
    return Connected(opened.transport, protocol, opened.address, opened.port, opened.dns_ms, connect_ms)
