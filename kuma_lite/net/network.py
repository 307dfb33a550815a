"""Everything a check or a notification service may ask of the network, made once per process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from kuma_lite import UPTIME_KUMA_VERSION
from kuma_lite.core.clock import Clock, SystemClock
from kuma_lite.net import uplink
from kuma_lite.net.connect import Connected, Connector, Stream
from kuma_lite.net.contexts import ContextCache
from kuma_lite.net.http import HttpClient
from kuma_lite.net.icmp import Pinger
from kuma_lite.net.resolve import IpFamily, Resolver

# What the allow lists of monitored servers and of webhooks' receivers know.
USER_AGENT: Final = f"Uptime-Kuma/{UPTIME_KUMA_VERSION}"

P = TypeVar("P", bound=asyncio.BaseProtocol)


class Network:
    """The shared clients of one event loop. `close()` it when the last check has ended."""

    user_agent: Final = USER_AGENT

    def __init__(self, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        self.resolver = Resolver()
        self.connector = Connector(self.resolver)
        self.http = HttpClient(self.connector, ContextCache(), clock)
        self.pinger = Pinger(self.resolver, clock)

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

    @staticmethod
    def has_uplink() -> bool:
        """Whether this machine is on a network; True where that cannot be told."""
        return uplink.has_uplink()

    @staticmethod
    def is_local_target(host: str) -> bool:
        """Whether a host is this machine itself."""
        return uplink.is_local_target(host)

    def close(self) -> None:
        """Close the sockets and let the threads go."""
        self.pinger.close()
        self.http.close()
