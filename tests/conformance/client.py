"""One Socket.IO connection, and answers that forgive what is missing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import socketio

# pushed by timers or by a beat; compared only where a step asks for them
PERIODIC = {"heartbeat", "avgPing", "uptime", "certInfo", "domainInfo"}

# a beat that changes a monitor's state pushes this one to everybody
ON_BEAT = {"maintenanceList"}


class Lenient(dict[str, Any]):
    """Answers None for what is not there, all the way down: a scenario goes on where a server falls short."""

    def __getitem__(self, key: str) -> Any:
        return lenient(dict.get(self, key))

    def get(self, key: str, default: Any = None) -> Any:
        return lenient(dict.get(self, key, default))


class Nothing(Lenient):
    """No answer."""

    def __bool__(self) -> bool:
        return False


def lenient(value: Any) -> Any:
    """Make an answer forgiving."""
    return Lenient(value) if isinstance(value, dict) and not isinstance(value, Lenient) else value


class Client:
    """One Socket.IO connection and everything it was sent."""

    def __init__(self, name: str, url: str, transports: Sequence[str] = ("websocket",)) -> None:
        self.name, self.url, self.transports = name, url, list(transports)
        self.sio = socketio.AsyncClient(reconnection=False, logger=False)
        self.log: list[list[Any]] = []  # [event, args]
        self.cursor = 0
        self.beats: list[list[Any]] = []  # [event, args] of the periodic ones
        self.beat_cursor: Counter[Any] = Counter()
        self.last = time.monotonic()
        self.sio.on("*", self._on)
        self.sio.on("disconnect", self._gone)

    def _on(self, event: str, *args: Any) -> None:
        self.last = time.monotonic()
        received = json.loads(json.dumps(args))
        self.log.append([event, received])
        if event in PERIODIC or event in ON_BEAT:
            self.beats.append([event, received])

    def _gone(self, *_: Any) -> None:
        self.last = time.monotonic()
        self.log.append(["(disconnected)", []])

    async def open(self) -> None:
        try:
            await self.sio.connect(self.url, transports=self.transports, wait_timeout=10)
        except Exception:
            if self.sio.eio.http is not None:
                await self.sio.eio.http.close()
            raise
        # The reference attaches its handlers a moment after the connection is up and loses what is sent
        # before; these two events tell that it is ready.
        end = time.monotonic() + 3
        while time.monotonic() < end and not any(e in ("loginRequired", "autoLogin") for e, _ in self.log):
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.sio.disconnect(), 3)

    async def ask(self, event: str, args: Sequence[Any], timeout: float) -> list[Any] | None:
        """Emit with acknowledgement; return its arguments, or None after `timeout` seconds."""
        answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

        def acknowledged(*given: Any) -> None:
            if not answer.done():
                answer.set_result(json.loads(json.dumps(given)))

        await self.sio.emit(event, tuple(args) if args else None, callback=acknowledged)
        try:
            return await asyncio.wait_for(answer, timeout)
        except TimeoutError:
            return None
