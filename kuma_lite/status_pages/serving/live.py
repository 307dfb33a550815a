"""Tells open status pages that something visible has changed (server-sent events).

What has changed is not said: the page asks for itself again, which costs little (`cache`). A visitor for whom
there is no room gets 204, after which a browser asks no more and the page looks every now and then instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from typing import Any, Final

from kuma_lite.core.file_limit import connections_within, file_limit

LIFE_S: Final = 240.0  # of one stream; browsers come back by themselves, to a renewed certificate as well
BEAT_S: Final = 25.0  # between two signs of life: proxies close what is silent
SETTLE_S: Final = 0.5  # what happens within it is one change
MOST: Final = 1_000  # streams at once ...
_SHARE: Final = 4  # ... and one in so many of all connections

_CHANGE: Final = b"event: change\ndata:\n\n"
_SIGN_OF_LIFE: Final = b":\n\n"
_FIRST: Final = b"retry: 5000\n\n"
_HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # or nginx keeps events until they fill a buffer
)


class Live:
    """The open streams of all pages.

    Args:
        print_of: page id → something that is equal as long as visitors see the same.
    """

    def __init__(self, print_of: Callable[[int], Hashable]) -> None:
        self._print_of = print_of
        self._streams: dict[int, set[_Stream]] = {}
        self._prints: dict[int, Hashable] = {}
        self._told: set[int] = set()
        self._settling: asyncio.TimerHandle | None = None
        self._most = min(MOST, connections_within(file_limit()) // _SHARE)
        self._closed = False

    def __len__(self) -> int:
        return sum(map(len, self._streams.values()))

    def look(self) -> None:
        """Something has happened: those pages that look different now are told."""
        self.tell(page_id for page_id in self._streams if self._print_of(page_id) != self._prints[page_id])

    def tell(self, page_ids: Iterable[int] | None = None) -> None:
        """These pages (None: all of them) have changed."""
        self._told.update(self._streams if page_ids is None else page_ids)
        if self._told and self._settling is None and not self._closed:
            self._settling = asyncio.get_running_loop().call_later(SETTLE_S, self._settled)

    def _settled(self) -> None:
        self._settling = None
        told, self._told = self._told, set()
        for page_id in told & self._streams.keys():
            self._prints[page_id] = self._print_of(page_id)
            for stream in self._streams[page_id]:
                stream.changed.set()

    async def serve(self, page_id: int, scope: Any, receive: Any, send: Any) -> None:
        """One stream, until the visitor goes or its time is over."""
        if self._closed or len(self) >= self._most or scope["method"] == "HEAD":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        stream = _Stream()
        if page_id not in self._streams:
            self._prints[page_id] = self._print_of(page_id)
        self._streams.setdefault(page_id, set()).add(stream)
        gone = asyncio.create_task(_until_gone(receive), name="visitor of a status page")
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            await send({"type": "http.response.body", "body": _FIRST, "more_body": True})
            await stream.run(send, gone)
        finally:
            gone.cancel()
            streams = self._streams[page_id]
            streams.discard(stream)
            if not streams:
                del self._streams[page_id], self._prints[page_id]
        with suppress(Exception):  # a visitor who has gone hears no goodbye
            await send({"type": "http.response.body", "body": b""})

    def end(self, page_id: int) -> None:
        """Others may see a page from now on: whoever still may comes back."""
        for stream in self._streams.get(page_id, ()):
            stream.ended = True
            stream.changed.set()

    async def close(self) -> None:
        """End all streams; there are no new ones."""
        self._closed = True
        if self._settling is not None:
            self._settling.cancel()
        for page_id in self._streams:
            self.end(page_id)
        await asyncio.sleep(0)


class _Stream:
    """One visitor."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.ended = False

    async def run(self, send: Any, gone: asyncio.Task[None]) -> None:
        """Say what there is to say."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LIFE_S
        while not self.ended and not gone.done() and (left := until - loop.time()) > 0:
            waiting = asyncio.create_task(self.changed.wait())
            try:
                await asyncio.wait(
                    {waiting, gone}, timeout=min(BEAT_S, left), return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                waiting.cancel()
            if self.ended or gone.done():
                return
            said = _CHANGE if self.changed.is_set() else _SIGN_OF_LIFE
            self.changed.clear()
            await send({"type": "http.response.body", "body": said, "more_body": True})


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
