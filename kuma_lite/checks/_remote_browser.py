"""A Chromium on another machine, spoken to through a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from kuma_lite.checks._cdp import MAX_MESSAGE_BYTES, BrowserGone, CdpRefused, Connection
from kuma_lite.core.declarations import CannotCheck
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import Request
from kuma_lite.net.websocket import NotUpgraded, WebSocket, open_websocket

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

CONNECT_S: Final = 15.0  # a rented browser may have to be started first
_NOT_CDP: Final = (
    "The remote browser does not speak the Chrome DevTools Protocol. The server of Playwright has a protocol "
    "of its own, which is not supported: use the address of a Chromium (http://host:9222) or of browserless."
)
_SCHEMES: Final = {"ws": "http", "wss": "https", "http": "http", "https": "https"}
# Chromium answers nobody who calls it by a name, which might be a page's trick.
_LOCALHOST: Final = [("Host", "localhost")]


@asynccontextmanager
async def remote_browser(network: Network, address: str) -> AsyncIterator[Connection]:
    """An open connection. Raises CannotCheck: nobody there says nothing about a page."""
    try:
        async with _opened(network, address) as socket:
            connection = Connection(socket.send)
            hearing = asyncio.create_task(_hear(socket, connection), name="remote browser")
            try:
                await _greet(connection)
                yield connection
            finally:
                hearing.cancel()
                await asyncio.wait([hearing])
                connection.lose("its connection was closed")
    except NetworkError as error:
        raise CannotCheck(f"The remote browser cannot be reached: {error.message}") from None
    except TimeoutError:
        raise CannotCheck(f"The remote browser did not answer within {CONNECT_S:g} s.") from None


async def _greet(connection: Connection) -> None:
    try:
        version = await connection.call("Browser.getVersion", timeout=CONNECT_S)
    except (BrowserGone, CdpRefused):
        raise CannotCheck(_NOT_CDP) from None
    if "product" not in version:
        raise CannotCheck(_NOT_CDP)


async def _hear(socket: WebSocket, connection: Connection) -> None:
    try:
        while connection.gone is None:
            connection.feed(await socket.receive())
    except NetworkError as error:
        connection.lose(f"its connection broke ({error.message})")


@asynccontextmanager
async def _opened(network: Network, address: str) -> AsyncIterator[WebSocket]:
    """The WebSocket at an address, or the one that a Chromium at that address tells of."""
    address = address.strip()
    parts = urlsplit(address)
    scheme = parts.scheme.lower()
    if scheme not in _SCHEMES:
        raise CannotCheck("The address of a remote browser begins with ws://, wss://, http:// or https://.")
    if scheme.startswith("ws"):
        try:
            async with open_websocket(
                network, address, timeout=CONNECT_S, max_bytes=MAX_MESSAGE_BYTES
            ) as socket:
                yield socket
                return
        except NotUpgraded:
            if parts.path not in ("", "/"):
                raise
    found = await _tell(network, address)
    if found is None:
        raise CannotCheck(_NOT_CDP)
    async with open_websocket(
        network, found, timeout=CONNECT_S, headers=_LOCALHOST, max_bytes=MAX_MESSAGE_BYTES
    ) as socket:
        yield socket


async def _tell(network: Network, address: str) -> str | None:
    """The WebSocket of a Chromium that listens with `--remote-debugging-port`; None: it tells of none."""
    parts = urlsplit(address.strip())
    url = urlunsplit((_SCHEMES[parts.scheme.lower()], parts.netloc, "/json/version", parts.query, ""))
    response = await network.http.send(
        Request("GET", url, _LOCALHOST, timeout=CONNECT_S, total_timeout=CONNECT_S)
    )
    try:
        told = parse_json(response.text)
    except JsonTextError:
        return None
    found = told.get("webSocketDebuggerUrl") if isinstance(told, dict) else None
    if response.status != 200 or not isinstance(found, str):
        return None
    secure = parts.scheme.lower() in ("https", "wss")
    path = urlsplit(found)
    return urlunsplit(("wss" if secure else "ws", parts.netloc, path.path, path.query, ""))
