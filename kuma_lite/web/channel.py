"""What waits for one connection, and how it reaches the socket."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from kuma_lite.core.limits import SOCKET_MESSAGE_BYTES
from kuma_lite.web.packets import Burst

# While more than this waits, whoever sends a lot to one connection waits as well.
HIGH_WATER_BYTES: Final = 1_000_000
# A reader this far behind is cut off. The largest honest push, the list of 10,000 monitors, is about 33 MB.
MAX_WAITING_BYTES: Final = 64_000_000
# The same for those who have not logged in; they are sent next to nothing.
MAX_GUEST_WAITING_BYTES: Final = 1_000_000
# Messages handed to the server without waiting for each: 64 take a tenth of the CPU of one at a time, a
# thousand the half of that. The server writes them in order: its I/O runs on one thread, first come, first
# served.
_FRAMES_AT_ONCE: Final = 1_000
_BYTES_AT_ONCE: Final = 256_000
_PACKET_TYPES: Final = "0123456"  # of Engine.IO 4; binary messages are of no use to any event here


class OutgoingQueue(asyncio.Queue[Any]):
    """engineio's queue of packets, which knows how many bytes wait and keeps bursts together."""

    waiting = 0  # bytes put and not yet taken
    taken = 0  # bytes taken by the transport, which has not come back for more
    _drained: asyncio.Event | None = None

    @property
    def backlog(self) -> int:
        """Bytes between the caller and the socket."""
        return self.waiting + self.taken

    def push(self, texts: list[str]) -> None:
        """Append Engine.IO packets; they join the last burst while that still waits."""
        entries: Any = getattr(self, "_queue")  # noqa: B009 - what asyncio's documentation lets subclasses use
        last = entries[-1] if entries else None
        if isinstance(last, Burst):
            before = last.size
            last.extend(texts)
            self.waiting += last.size - before
        else:
            self.put_nowait(Burst(list(texts)))

    async def get(self) -> Any:
        """What the transport sends next; that it asks shows that it is done with what it had."""
        self._took(0)
        return await super().get()

    async def drained(self) -> None:
        """Return when less than `HIGH_WATER_BYTES` are on their way."""
        while self.backlog > HIGH_WATER_BYTES:
            self._drained = self._drained or asyncio.Event()
            await self._drained.wait()

    def discard(self) -> None:
        """Forget what waits and release those who wait for it: the connection is gone."""
        while not self.empty():
            self.get_nowait()
            self.task_done()
        self._took(0)

    def _put(self, item: Any) -> None:
        super()._put(item)
        if isinstance(item, Burst):
            self.waiting += item.size

    def _get(self) -> Any:
        item = super()._get()
        if isinstance(item, Burst):
            self.waiting -= item.size
            self._took(self.taken + item.size)
        return item

    def _took(self, size: int) -> None:
        self.taken = size
        if self._drained is not None and self.backlog <= HIGH_WATER_BYTES:
            self._drained.set()
            self._drained = None


class WebSocket:
    """The websocket half of engineio's ASGI driver, with bursts and a way to give up on a stuck reader."""

    def __init__(self, handler: Any, _server: Any) -> None:
        self._handler = handler
        self._receive: Any = None
        self._send: Any = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._aborted = False

    async def __call__(self, environ: dict[str, Any]) -> str:
        """Accept, and run the connection until it ends."""
        self._receive = environ["asgi.receive"]
        self._send = environ["asgi.send"]
        environ["asgi.scope"]["kuma_lite.websocket"] = self
        self._remember_task()
        await self._send({"type": "websocket.accept"})
        await self._handler(self)
        return ""

    def abort(self) -> None:
        """End the connection now, whatever its reader does."""
        self._aborted = True
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """Say goodbye, unless there is no use."""
        if self._aborted:
            return
        with suppress(Exception):  # it is closed already
            await self._send({"type": "websocket.close"})

    async def send(self, message: str | bytes | list[str]) -> None:
        """One packet, or the packets of a `Burst` in order. Raises when the connection is closed."""
        self._remember_task()
        if isinstance(message, list):
            await self._send_burst(message)
        elif isinstance(message, bytes):
            await self._send({"type": "websocket.send", "bytes": message, "text": None})
        else:
            await self._send({"type": "websocket.send", "bytes": None, "text": message})

    async def _send_burst(self, texts: list[str]) -> None:
        # Granian starts sending when called; a coroutine in between would start only when awaited.
        under_way: list[Any] = []
        size = 0
        for text in texts:
            under_way.append(self._send({"type": "websocket.send", "bytes": None, "text": text}))
            size += len(text)
            if len(under_way) >= _FRAMES_AT_ONCE or size >= _BYTES_AT_ONCE:
                for sent in under_way:
                    await sent
                under_way, size = [], 0
        for sent in under_way:
            await sent

    async def wait(self) -> str:
        """The next packet. Raises OSError when there is none, or what came is none: engineio then closes."""
        event = await self._receive()
        if event["type"] != "websocket.receive":
            raise OSError("closed")
        text: str | None = event.get("text")
        if not text or text[0] not in _PACKET_TYPES or len(text) > SOCKET_MESSAGE_BYTES:
            raise OSError("not an Engine.IO packet of permitted size")
        return text

    def _remember_task(self) -> None:
        task = asyncio.current_task()
        if task is not None and task not in self._tasks:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
