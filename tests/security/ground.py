"""The whole program on an event loop of its own thread, so that ordinary functions can torment it."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from kuma_lite.web.app import App
from tests.support.appliance import Running, running

T = TypeVar("T")


class Complaints(logging.Handler):
    """Everything logged as an error or with a trace: what must not happen whatever a client sends."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            self.lines.append(f"{record.name}: {record.getMessage()}\n{trace}")

    def take(self) -> str:
        """What has come since the last time."""
        lines, self.lines = self.lines, []
        return "\n".join(lines)


class Ground:
    """A running program; `run` gives its loop something to do and waits for it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, server: Running, complaints: Complaints) -> None:
        self._loop = loop
        self.server = server
        self.complaints = complaints

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def app(self) -> App:
        assert self.server.appliance.web is not None
        app = self.server.appliance.web.app
        assert isinstance(app, App)
        return app

    def run(self, make: Callable[[], Awaitable[T]], seconds: float = 30) -> T:
        async def work() -> T:
            return await make()

        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(seconds)


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Start; every host name but numbers is unknown meanwhile, so nothing leaves this machine."""
    gc.collect()  # what earlier tests left says its last words now, not while complaints are counted
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    resolve = socket.getaddrinfo
    socket.getaddrinfo = _numbers_only(resolve)
    entered = running(folder)
    try:
        server = asyncio.run_coroutine_threadsafe(entered.__aenter__(), loop).result(30)
        try:
            yield Ground(loop, server, complaints)
        finally:
            asyncio.run_coroutine_threadsafe(entered.__aexit__(None, None, None), loop).result(30)
            asyncio.run_coroutine_threadsafe(_end_tasks(), loop).result(10)
    finally:
        socket.getaddrinfo = resolve
        logging.getLogger().removeHandler(complaints)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end_tasks() -> None:
    """What a process that ends would simply drop."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _numbers_only(resolve: Any) -> Any:
    def lookup(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        text = host.decode("latin-1") if isinstance(host, bytes) else str(host or "127.0.0.1")
        if text not in ("127.0.0.1", "::1", "localhost"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, port, *arguments, **options)

    return lookup
