"""One attempt to ask a game server: its datagrams, its connections, and what it took."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kuma_lite.checks._channel import Channel, open_channel
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.net.datagram import Conversation, connected
from kuma_lite.net.errors import timeout_error
from kuma_lite.net.http import Request
from kuma_lite.net.network import USER_AGENT

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

SOCKET_TIMEOUT_S: Final = 2.0  # for each question, as in Uptime Kuma 2.5
_MAX_PORT: Final = 65_535
_OK: Final = 200

T = TypeVar("T")


class BadAnswer(Exception):
    """What arrived is no answer of such a server, or nothing can be asked there."""


class Query:
    """Where to ask, and how long it took. Close it.

    Args:
        host: as the monitor names it.
        address: where that leads, an IP address.
        port: None where neither the monitor nor the game has one.
        token: for servers that want one.
    """

    def __init__(self, network: Network, host: str, address: str, port: int | None, token: str) -> None:
        self.network = network
        self.host = host
        self.address = address
        self.token = token
        self.pings: list[float] = []  # ms
        self._port = port
        self._talk: Conversation | None = None

    @property
    def port(self) -> int:
        """The port to ask. Raises BadAnswer when there is none."""
        if self._port is None:
            raise BadAnswer("no port is set, and the game has none of its own")
        if not 0 < self._port <= _MAX_PORT:
            raise BadAnswer(f"there is no port {self._port}")
        return self._port

    def at(self, port: int) -> None:
        """Take the protocol's own port where none was named."""
        self._port = self._port or port

    async def datagram(self, question: bytes, read: Callable[[bytes], T | None]) -> T:
        """Send a datagram and wait for what answers it; all of a query go through one socket.

        Args:
            read: None for a datagram that does not (or not yet) answer.

        Raises NetworkError, BadAnswer.
        """
        if self._talk is None:
            self._talk = await connected(self.address, self.port)
        begun, heard = perf_counter(), False
        try:
            async with asyncio.timeout(SOCKET_TIMEOUT_S):
                self._talk.send(question)
                while True:
                    data = await self._talk.receive()
                    if not heard:
                        self.pings.append((perf_counter() - begun) * 1000)
                        heard = True
                    answer = read(data)
                    if answer is not None:
                        return answer
        except TimeoutError:
            raise timeout_error(SOCKET_TIMEOUT_S * 1000) from None

    @asynccontextmanager
    async def connection(self, port: int | None = None) -> AsyncIterator[Channel]:
        """A TCP connection; what is talked on it has the time of one question. Raises NetworkError."""
        port = port or self.port
        begun = perf_counter()
        try:
            async with open_channel(
                self.network, self.address, port, tls=None, timeout=SOCKET_TIMEOUT_S, now=0
            ) as channel:
                self.pings.append((perf_counter() - begun) * 1000)
                async with asyncio.timeout(SOCKET_TIMEOUT_S):
                    yield channel
        except TimeoutError:
            raise timeout_error(SOCKET_TIMEOUT_S * 1000) from None

    async def web(self, target: str) -> Any:
        """The JSON of a page. Raises NetworkError, BadAnswer."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        response = await self.network.http.send(
            Request(
                "GET",
                f"http://{host}:{self.port}{target}",
                headers=[("Accept", "application/json"), ("User-Agent", USER_AGENT)],
                timeout=SOCKET_TIMEOUT_S,
                total_timeout=2 * SOCKET_TIMEOUT_S,
            )
        )
        self.pings.append(response.timings.connect or response.timings.total)
        if response.status != _OK:
            raise BadAnswer(f"status code {response.status}")
        try:
            return parse_json(response.text)
        except JsonTextError:
            raise BadAnswer("the answer is no JSON") from None

    def close(self) -> None:
        """Close the socket."""
        if self._talk is not None:
            self._talk.close()


class Reader:
    """Reads an answer from its beginning to its end; raises BadAnswer where it is too short."""

    def __init__(self, data: bytes, *, encoding: str = "utf-8", big: bool = False) -> None:
        self._data = data
        self._place = 0
        self._encoding = encoding
        self._order: Any = "big" if big else "little"

    def take(self, count: int) -> bytes:
        """That many bytes."""
        end = self._place + count
        if count < 0 or end > len(self._data):
            raise BadAnswer("the answer is too short")
        taken = self._data[self._place : end]
        self._place = end
        return taken

    def number(self, count: int = 1) -> int:
        """An unsigned number of that many bytes."""
        return int.from_bytes(self.take(count), self._order)

    def text(self, end: bytes = b"\0") -> str:
        """Up to `end`, or to the end of the answer."""
        found = self._data.find(end, self._place)
        stop = found if found >= 0 else len(self._data)
        text = self._data[self._place : stop].decode(self._encoding, "replace")
        self._place = min(stop + len(end), len(self._data))
        return text

    def counted(self, size: int = 1, *, less: int = 0) -> str:
        """A text after its length in `size` bytes, which can count itself (`less` = 1)."""
        return self.take(self.number(size) - less).decode(self._encoding, "replace")

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data) - self._place)

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self._place >= len(self._data)


def text_in(value: Any, *keys: str) -> str:
    """The text at a place in parsed JSON; "" where there is none. Raises BadAnswer when it is no object."""
    if not isinstance(value, dict):
        raise BadAnswer("the answer is no JSON object")
    found: Any = value
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
