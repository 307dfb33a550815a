"""The Chrome DevTools Protocol: commands out, answers and events in, through a pipe or a WebSocket.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024  # a picture of a page as base64; usual ones have 100 kB

Params = dict[str, Any]
Listener = Callable[[str, Params], None]  # method, params


class CdpRefused(Exception):
    """The browser refused a command; the text is its own."""


class BrowserGone(Exception):
    """The browser ended, or does not answer any more; the text is a clause on how that showed."""


class Connection:
    """One connection to a browser.

    Args:
        send: puts a message on its way.
    """

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self._last_id = 0
        self._waiting: dict[int, asyncio.Future[Params]] = {}
        self._listeners: dict[str, Listener] = {}
        self.gone: str | None = None  # why nobody answers any more

    def listen(self, session: str, listener: Listener) -> None:
        """Hand the events of a session on."""
        self._listeners[session] = listener

    def forget(self, session: str) -> None:
        """Events of that session are of no interest any more."""
        self._listeners.pop(session, None)

    def post(self, method: str, params: Params | None = None, *, session: str = "") -> asyncio.Future[Params]:
        """Send a command now; the future has its answer, or raises CdpRefused, BrowserGone."""
        answer: asyncio.Future[Params] = asyncio.get_running_loop().create_future()
        if self.gone is not None:
            answer.set_exception(BrowserGone(self.gone))
        else:
            self._last_id += 1
            self._waiting[self._last_id] = answer
            message: Params = {"id": self._last_id, "method": method, "params": params or {}}
            if session:
                message["sessionId"] = session
            self._send(json.dumps(message))
        answer.add_done_callback(_looked_at)
        return answer

    async def call(
        self, method: str, params: Params | None = None, *, session: str = "", timeout: float | None = None
    ) -> Params:
        """Send a command and wait for its answer. Raises CdpRefused, BrowserGone.

        Who takes more than `timeout` seconds for one is given up altogether.
        """
        answer = self.post(method, params, session=session)
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.shield(answer)
        except TimeoutError:
            self.lose(f"it did not answer {method} within {timeout:g} s")
            raise BrowserGone(str(self.gone)) from None

    def feed(self, text: str | bytes) -> None:
        """Take a message of the browser; nonsense ends the connection."""
        try:
            message = json.loads(text)
            number, method = message.get("id"), message.get("method")
        except (ValueError, AttributeError, RecursionError):
            self.lose("it does not speak the Chrome DevTools Protocol")
            return
        if number is not None:
            answer = self._waiting.pop(number, None) if isinstance(number, int) else None
            if answer is not None and not answer.done():
                _settle(answer, message)
        elif isinstance(method, str) and (listener := self._listeners.get(message.get("sessionId") or "")):
            listener(method, _object(message.get("params")))

    def lose(self, reason: str) -> None:
        """Nobody answers any more: whoever waits is told so."""
        if self.gone is not None:
            return
        self.gone = reason
        waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            if not answer.done():
                answer.set_exception(BrowserGone(reason))
        for listener in list(self._listeners.values()):
            listener("", {})


def _settle(answer: asyncio.Future[Params], message: Params) -> None:
    error = message.get("error")
    if error is None:
        answer.set_result(_object(message.get("result")))
    else:
        answer.set_exception(CdpRefused(str(_object(error).get("message") or "the command was refused")))


def _object(value: Any) -> Params:
    return value if isinstance(value, dict) else {}


def _looked_at(answer: asyncio.Future[Params]) -> None:
    """Nobody has to wait for an answer."""
    with suppress(asyncio.CancelledError):
        answer.exception()


class PipeProtocol(asyncio.Protocol):
    """What a browser writes into its pipe: messages that end with a zero byte."""

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self._parts: list[bytes] = []
        self._size = 0

    def data_received(self, data: bytes) -> None:
        """Hand on what is whole."""
        first, *others = data.split(b"\0")
        self._keep(first)
        for part in others:
            message, self._parts, self._size = b"".join(self._parts), [], 0
            if self.connection is not None and message:
                self.connection.feed(message)
            self._keep(part)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > MAX_MESSAGE_BYTES:
            self.lost("its message was too long")
        elif part:
            self._parts.append(part)

    def connection_lost(self, exc: Exception | None) -> None:
        """The browser has ended."""
        del exc
        self.lost("it ended")

    def lost(self, reason: str) -> None:
        """Nothing more comes."""
        if self.connection is not None:
            self.connection.lose(reason)
