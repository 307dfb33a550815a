"""A Socket.IO client for tests, over websocket or polling.

    async with connect(url) as client:
        answer = await client.call("login", {"username": "admin", "password": PASSWORD})
        (info,) = await client.wait_for("info")
        assert client.names() == ["info", "loginRequired", ...]

Nothing is hidden: `client.events` is every pushed event in order, `client.acknowledgements` every answer.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from tests.support import http
from tests.support.websocket import Closed, WebSocket

NO_ANSWER = object()
ANSWER_S = 20  # far more than anything takes: a busy machine is no failure
_EIO = "EIO=4&transport="


class Client:
    """One namespace of one connection."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.sid: str | None = None
        self.opened: dict[str, Any] = {}
        self.events: list[tuple[str, list[Any]]] = []
        self.acknowledgements: dict[int, list[Any]] = {}
        self.disconnected = asyncio.Event()
        self.refused: Any = None
        self._news = asyncio.Condition()
        self._next_id = 0
        self._cursor: dict[str, int] = {}
        self._send: Any = None

    def names(self) -> list[str]:
        """Names of all pushed events, in order."""
        return [name for name, _arguments in self.events]

    async def emit(self, event: str, *arguments: Any) -> None:
        """Send without asking for an acknowledgement."""
        await self._send(f"42{self._prefix()}{json.dumps([event, *arguments])}")

    async def ask(self, event: str, *arguments: Any, timeout: float = ANSWER_S) -> list[Any]:
        """All arguments of the acknowledgement. Raises TimeoutError when there is none."""
        number = self._next_id
        self._next_id += 1
        await self._send(f"42{self._prefix()}{number}{json.dumps([event, *arguments])}")
        async with asyncio.timeout(timeout), self._news:
            await self._news.wait_for(lambda: number in self.acknowledgements or self.disconnected.is_set())
        if number not in self.acknowledgements:
            raise TimeoutError("disconnected before the acknowledgement")
        return self.acknowledgements[number]

    async def call(self, event: str, *arguments: Any, timeout: float = ANSWER_S) -> Any:
        """The first argument of the acknowledgement; None when it has none. Raises TimeoutError."""
        answer = await self.ask(event, *arguments, timeout=timeout)
        return answer[0] if answer else None

    async def call_in_vain(self, event: str, *arguments: Any, timeout: float = 0.4) -> Any:
        """`NO_ANSWER` when nothing comes for a while, else what came."""
        try:
            return await self.call(event, *arguments, timeout=timeout)
        except TimeoutError:
            return NO_ANSWER

    async def wait_for(self, event: str, timeout: float = ANSWER_S) -> list[Any]:
        """Arguments of the next push of that name which no earlier `wait_for` returned."""
        async with asyncio.timeout(timeout), self._news:
            await self._news.wait_for(lambda: self._find(event) is not None)
            position = self._find(event)
            assert position is not None
            self._cursor[event] = position + 1
            return self.events[position][1]

    def pushed(self, event: str) -> list[list[Any]]:
        """Arguments of every push of that name so far."""
        return [arguments for name, arguments in self.events if name == event]

    def forget(self) -> None:
        """Start with an empty list of events."""
        self.events.clear()
        self._cursor.clear()

    def _find(self, event: str) -> int | None:
        start = self._cursor.get(event, 0)
        for position in range(start, len(self.events)):
            if self.events[position][0] == event:
                return position
        return None

    def _prefix(self) -> str:
        return "" if self.namespace == "/" else f"{self.namespace},"

    async def _take(self, packet: str) -> str | None:
        """Handle one Engine.IO packet; returns what to answer."""
        async with self._news:
            answer = self._read(packet)
            self._news.notify_all()
        return answer

    def _read(self, packet: str) -> str | None:
        kind, rest = packet[:2], packet[2:]
        if packet[0] == "0":
            self.opened = json.loads(packet[1:])
            return f"40{self._prefix()}"
        if packet[0] == "2":
            return "3" + packet[1:]
        if packet[0] == "1":
            self.disconnected.set()
        if kind in ("40", "41", "42", "43", "44") and rest.startswith(self._prefix()):
            self._read_message(kind, rest[len(self._prefix()) :])
        return None

    def _read_message(self, kind: str, rest: str) -> None:
        if kind == "40":
            self.sid = json.loads(rest)["sid"]
        elif kind == "41":
            self.disconnected.set()
        elif kind == "42":
            name, *arguments = json.loads(rest)
            self.events.append((name, arguments))
        elif kind == "43":
            start = rest.index("[")
            self.acknowledgements[int(rest[:start])] = json.loads(rest[start:])
        elif kind == "44":
            self.refused = json.loads(rest)
            self.disconnected.set()


@asynccontextmanager
async def connect(
    url: str,
    namespace: str = "/",
    *,
    transport: str = "websocket",
    headers: dict[str, str] | None = None,
    context: ssl.SSLContext | None = None,
    wait: bool = True,
) -> AsyncIterator[Client]:
    """A connected client.

    Args:
        url: http:// or https:// address of the server.
        namespace: "/" or "/page".
        transport: "websocket" or "polling".
        headers: of the handshake.
        context: TLS settings for https.
        wait: until the namespace is connected; False sends events before that.
    """
    client = Client(namespace)
    run = _run_websocket if transport == "websocket" else _run_polling
    task = await run(client, url.rstrip("/"), headers or {}, context)
    try:
        if wait:
            async with asyncio.timeout(ANSWER_S), client._news:
                await client._news.wait_for(lambda: client.sid is not None or client.disconnected.is_set())
        yield client
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Closed, OSError, asyncio.IncompleteReadError):
            await task


async def _run_websocket(
    client: Client, url: str, headers: dict[str, str], context: ssl.SSLContext | None
) -> asyncio.Task[None]:
    address = "ws" + url.removeprefix("http")
    socket = await WebSocket.open(f"{address}/socket.io/?{_EIO}websocket", headers, context)
    client._send = socket.send

    async def listen() -> None:
        try:
            while True:
                packet = await socket.receive()
                assert isinstance(packet, str)
                answer = await client._take(packet)
                if answer is not None:
                    await socket.send(answer)
        except Closed:
            client.disconnected.set()
            async with client._news:
                client._news.notify_all()
        finally:
            socket.close()

    return asyncio.create_task(listen())


async def _run_polling(
    client: Client, url: str, headers: dict[str, str], context: ssl.SSLContext | None
) -> asyncio.Task[None]:
    address = f"{url}/socket.io/?{_EIO}polling"
    first = await http.get(address, headers=headers, context=context)
    assert first.status == 200, first
    session = f"{address}&sid={json.loads(first.text.split(chr(30))[0][1:])['sid']}"

    async def post(packet: str) -> None:
        answer = await http.request("POST", session, body=packet.encode(), headers=headers, context=context)
        assert (answer.status, answer.text) == (200, "ok"), answer

    client._send = post

    async def take(text: str) -> None:
        for packet in text.split(chr(30)):
            answer = await client._take(packet)
            if answer is not None:
                await post(answer)

    await take(first.text)

    async def listen() -> None:
        while not client.disconnected.is_set():
            answer = await http.get(session, headers=headers, context=context, timeout=60)
            if answer.status != 200:
                break
            await take(answer.text)
        client.disconnected.set()
        async with client._news:
            client._news.notify_all()

    return asyncio.create_task(listen())
