"""Everything a check or a notification service may ask of the network, made once per process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from copy import copy
from typing import Final, TypeVar

from kuma_lite import UPTIME_KUMA_VERSION
from kuma_lite.core.clock import Clock, SystemClock
from kuma_lite.core.errors import UserError
from kuma_lite.core.targets import Distance
from kuma_lite.net import uplink
from kuma_lite.net.connect import Connected, Connector, Stream
from kuma_lite.net.contexts import ContextCache
from kuma_lite.net.http import HttpClient, Request
from kuma_lite.net.icmp import Pinger
from kuma_lite.net.proxy import ProxyRule, ProxyServer, always
from kuma_lite.net.rdap import Rdap
from kuma_lite.net.resolve import IpFamily, Resolver, literal
from kuma_lite.net.resolver_health import ResolverHealth

# What the allow lists of monitored servers and of webhooks' receivers know.
USER_AGENT: Final = f"Uptime-Kuma/{UPTIME_KUMA_VERSION}"

P = TypeVar("P", bound=asyncio.BaseProtocol)

# Makes the request for a path of a daemon's API, to be answered within that many seconds.
DockerHostRequest = Callable[[str, float], Request]


class NoProxy(Exception):
    """A check names a proxy that is gone or switched off; the argument is its id."""


class Network:
    """The shared clients of one event loop. `close()` it when the last check has ended.

    Args:
        clock: tests bring their own.
        proxy: for all HTTP requests that name none themselves (`HTTP_PROXY` and the like).

    Attributes:
        find_proxy: the proxy a monitor names by its id; None for one that is gone or switched off.
        find_docker_host: how the Docker daemon that a monitor names by its id is asked; None for one that
            is gone.
        find_remote_browser: the address of the browser that a monitor names by its id; None for one that is
            gone.
        find_chromium: the path of the browser on this machine that may be started. Raises UserError.
        keep_screenshot: takes the PNG of the page that a monitor with that id has seen; never raises.
        at_stop: ends what checks have left running between two runs.
        find_setting: a text that a person has set for the whole server (the key of an API); "" for none.
    """

    def __init__(self, clock: Clock | None = None, proxy: ProxyRule | None = None) -> None:
        clock = clock or SystemClock()
        self.find_proxy: Callable[[int], ProxyServer | None] = _no_proxy
        self.find_docker_host: Callable[[int], DockerHostRequest | None] = _no_docker_host
        self.find_remote_browser: Callable[[int], str | None] = _no_remote_browser
        self.find_chromium: Callable[[], str] = _no_chromium
        self.keep_screenshot: Callable[[int, bytes], Awaitable[None]] = _no_screenshot
        self.at_stop: list[Callable[[], Awaitable[None]]] = []
        self.find_setting: Callable[[str], str] = _no_setting
        self._surroundings = uplink.Surroundings(clock.monotonic)
        self.resolver = Resolver(clock)
        self.connector = Connector(self.resolver)
        self.http = HttpClient(self.connector, ContextCache(), clock, proxy)
        self.pinger = Pinger(self.resolver, clock)
        self.rdap = Rdap(self.http, clock, USER_AGENT)

    async def connect(
        self,
        host: str,
        port: int,
        factory: Callable[[], P],
        *,
        family: IpFamily | None = None,
        timeout: float,
    ) -> Connected[P]:
        """A TCP connection within `timeout` seconds. Raises NetworkError."""
        return await self.connector.connect(host, port, factory, family=family, timeout=timeout)

    async def open_stream(
        self, host: str, port: int, *, family: IpFamily | None = None, timeout: float
    ) -> Stream:
        """A TCP connection with reader and writer, within `timeout` seconds. Raises NetworkError."""
        return await self.connector.open_stream(host, port, family=family, timeout=timeout)

    def proxy_for(self, proxy_id: int | None) -> ProxyRule | None:
        """How a check's requests go out: through the proxy it names; None: like all others.

        Raises NoProxy for one that is gone or switched off: nothing may go out past it then.
        """
        if proxy_id is None:
            return None
        proxy = self.find_proxy(proxy_id)
        if proxy is None:
            raise NoProxy(proxy_id)
        return always(proxy)

    def through(self, proxy: ProxyServer) -> Network:
        """The same network, with its HTTP requests going through a proxy; it need not be closed."""
        other = copy(self)
        other.http = HttpClient(self.connector, self.http.contexts, self.http.clock, always(proxy))
        return other

    @staticmethod
    def has_uplink() -> bool:
        """Whether this machine is on a network; True where that cannot be told."""
        return uplink.has_uplink()

    def distance_of(self, host: str) -> Distance:
        """How far away a host is; a name counts as where it led last, and as public before that."""
        if uplink.is_local_target(host):
            return Distance.LOCAL
        address = literal(host) or self.resolver.latest(host)
        return Distance.PUBLIC if address is None else self._surroundings.distance_of(address.ip)

    @property
    def resolver_health(self) -> ResolverHealth:
        """What is known of the system's resolver."""
        return self.resolver.health

    async def stop(self) -> None:
        """End what checks have left running; no check may run any more."""
        while self.at_stop:
            await self.at_stop.pop()()

    def close(self) -> None:
        """Close the sockets and let the threads go."""
        self.rdap.close()
        self.pinger.close()
        self.http.close()


def _no_proxy(proxy_id: int) -> None:
    del proxy_id


def _no_docker_host(host_id: int) -> None:
    del host_id


def _no_remote_browser(browser_id: int) -> None:
    del browser_id


def _no_chromium() -> str:
    raise UserError("No browser of this machine may be started.")


async def _no_screenshot(monitor_id: int, png: bytes) -> None:
    del monitor_id, png


def _no_setting(key: str) -> str:
    del key
    return ""
