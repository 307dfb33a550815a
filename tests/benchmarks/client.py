"""A client as compatible programs use it: connects, sets up, logs in, counts what is pushed."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from typing import Any

import socketio

from tests.support.websocket import WebSocket

USER, PASSWORD = "bench", "B3nchmark!pass"
GREETED_S = 60.0


class Client:
    """One Socket.IO connection on the compatible namespace."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sio = socketio.AsyncClient(reconnection=False)
        self.pushed: Counter[str] = Counter()
        self.token = ""
        self._greeted = asyncio.Event()
        self.sio.on("*", self._on)

    def _on(self, event: str, *_arguments: Any) -> None:
        self.pushed[event] += 1
        if event in ("loginRequired", "autoLogin"):
            self._greeted.set()

    async def __aenter__(self) -> Client:
        await self.sio.connect(self.url, transports=["websocket"])
        async with asyncio.timeout(GREETED_S):  # Uptime Kuma hears nothing before
            await self._greeted.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.sio.disconnect()

    async def call(self, event: str, *arguments: Any, timeout: float = 60) -> Any:
        data = arguments if len(arguments) != 1 else arguments[0]
        return await self.sio.call(event, tuple(data) if isinstance(data, tuple) else data, timeout=timeout)

    async def log_in(self) -> float:
        """Set up if nobody has; returns the seconds from 'login' to its answer, after all lists."""
        if await self.call("needSetup", ()):
            await self.call("setup", USER, PASSWORD)
        began = time.monotonic()
        answer = await self.call("login", {"username": USER, "password": PASSWORD, "token": ""})
        assert answer.get("ok"), answer
        self.token = answer["token"]
        return time.monotonic() - began

    async def add_monitors(self, count: int, **fields: Any) -> list[int]:
        """Monitors named by number; `{n}` in texts becomes the number."""
        ids: list[int] = []
        gate = asyncio.Semaphore(32)

        async def add(number: int) -> None:
            monitor = {
                key: value.replace("{n}", str(number)) if isinstance(value, str) else value
                for key, value in fields.items()
            }
            async with gate:
                answer = await self.call("add", {"name": f"Monitor {number}", "conditions": [], **monitor})
            assert answer.get("ok"), answer
            ids.append(answer["monitorID"])

        await asyncio.gather(*(add(number) for number in range(1, count + 1)))
        return sorted(ids)


async def time_log_in(url: str) -> tuple[float, int]:
    """Seconds from 'login' to its answer, and how many heartbeat lists came before it.

    Reads frames without looking into them: what a fast client would wait for.
    """
    socket, seconds, lists = await fast_log_in(url)
    socket.close()
    return seconds, lists


async def fast_log_in(url: str) -> tuple[WebSocket, float, int]:
    """As `time_log_in`, with the connection still open."""
    socket = await WebSocket.open(url.replace("http://", "ws://") + "/socket.io/?EIO=4&transport=websocket")
    await socket.receive()
    await socket.send("40")
    while not str(await socket.receive()).startswith('42["loginRequired"'):
        pass
    began, lists = time.monotonic(), 0
    form = json.dumps({"username": USER, "password": PASSWORD, "token": ""})
    await socket.send(f'420["login",{form}]')
    while (frame := await socket.receive())[:3] != "430":
        lists += str(frame[:20]).startswith('42["heartbeatList"')
    assert '"ok":true' in str(frame), frame
    return socket, time.monotonic() - began, lists
