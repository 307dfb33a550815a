"""The browser that all monitors share: started when one needs it, ended when none has for a while."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from kuma_lite.checks._cdp import BrowserGone, Connection
from kuma_lite.checks._chromium import Chromium
from kuma_lite.core.declarations import CannotCheck

log = logging.getLogger(__name__)

IDLE_S: Final = 300.0  # it has 200 MB, and starts in a second
WORN_OUT: Final = 300  # pages; what leaks in a browser goes with it
_BYTES_A_PAGE: Final = 512 * 1024 * 1024  # of this machine's memory: a heavy page takes half of it
_MOST_PAGES: Final = 4


def pages_at_once() -> int:
    """How many pages this machine can have open: one on the smallest."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        memory = 0
    return max(1, min(_MOST_PAGES, os.cpu_count() or 1, memory // _BYTES_A_PAGE - 1))


class BrowserPool:
    """One browser, and a bound on the pages that are open at once, in it and in remote ones.

    Args:
        pages: that bound.
        idle: seconds after which a browser without pages is ended.
    """

    def __init__(self, pages: int | None = None, idle: float = IDLE_S) -> None:
        self._slots = asyncio.Semaphore(pages or pages_at_once())
        self._turn = asyncio.Lock()
        self._idle = idle
        self._browser: Chromium | None = None
        self._open = 0  # pages in it
        self._served = 0  # pages since it was started
        self._sleep: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def open_pages(self) -> int:
        """In the browser of this machine, at this moment."""
        return self._open

    @property
    def browser(self) -> Chromium | None:
        """The one that runs."""
        return self._browser

    @asynccontextmanager
    async def slot(self, patience: float) -> AsyncIterator[None]:
        """The right to open a page. Raises CannotCheck when there is none within `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._slots.acquire()
        except TimeoutError:
            raise CannotCheck("All pages of the browser were in use for too long.") from None
        try:
            yield
        finally:
            self._slots.release()

    @asynccontextmanager
    async def local(self, program: str) -> AsyncIterator[Connection]:
        """The browser of this machine. Raises CannotCheck when it cannot be started."""
        browser = await self._started(program)
        self._open += 1
        self._served += 1
        try:
            yield browser.connection
        finally:
            if browser is self._browser:
                self._open -= 1
                self._rest()

    async def _started(self, program: str) -> Chromium:
        async with self._turn:
            if self._sleep is not None:
                self._sleep.cancel()
            if self._browser is not None and self._must_go(self._browser, program):
                await self._end()
            if self._browser is None:
                try:
                    self._browser = await Chromium.start(program)
                except (BrowserGone, OSError) as error:
                    reason = error.strerror if isinstance(error, OSError) else error
                    raise CannotCheck(f"Chromium cannot be started: {reason}") from None
            return self._browser

    def _must_go(self, browser: Chromium, program: str) -> bool:
        if not browser.answers:
            return True
        return not self._open and (self._served >= WORN_OUT or browser.program != program)

    def _rest(self) -> None:
        """Look at the clock after the last page."""
        if not self._open and self._browser is not None:
            loop = asyncio.get_running_loop()
            self._sleep = loop.call_later(0 if not self._browser.answers else self._idle, self._fall_asleep)

    def _fall_asleep(self) -> None:
        self._ending = asyncio.get_running_loop().create_task(self._end_idle(), name="browser")

    async def _end_idle(self) -> None:
        async with self._turn:
            if not self._open:
                await self._end()

    async def _end(self) -> None:
        browser, self._browser, self._open, self._served = self._browser, None, 0, 0
        if browser is not None:
            await browser.end()

    async def close(self) -> None:
        """End it now, whoever uses it."""
        async with self._turn:
            if self._sleep is not None:
                self._sleep.cancel()
            await self._end()
