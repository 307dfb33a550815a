"""An address outside that tells whether this machine's own network works (optional, off by default).

It is asked all the time: what counts is how the network was while a check ran, not how it is afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from kuma_lite.core.clock import Clock
from kuma_lite.core.spans import Span, Spans
from kuma_lite.core.targets import PROMPT_S, Distance
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.network import Network

CALM_S: Final = 5.0  # between questions
TROUBLED_S: Final = 1.0  # the same while there is no answer
TIMEOUT_S: Final = 3.0  # a working uplink answers a connect long before
JUST_NOW_S: Final = 0.2  # a hundred failures at once ask only once
CONTRADICTIONS: Final = 2  # answers of others, each followed by silence: then the address itself is gone


class Connectivity:
    """Connects to `host:port` again and again; without an address there is nothing to say.

    Args:
        address: `host:port`; None or "" for none.
        network: for the connections.
        clock: for monotonic seconds.
    """

    def __init__(self, address: str | None, network: Network, clock: Clock) -> None:
        host, _, port = (address or "").rpartition(":")
        self._host, self._port = host.strip("[]"), port
        self._network = network
        self._clock = clock
        self._question: asyncio.Task[None] | None = None
        self._asked_at = float("-inf")
        self._good_at = clock.monotonic()
        self._elsewhere_at: float | None = None  # when somebody else was asked who answered
        self._contradictions = 0
        self._rounds: asyncio.Task[None] | None = None
        self.outages = Spans()
        self.on_return: Callable[[], None] = lambda: None  # called when it answers again
        self.is_distrusted = False  # it does not answer though others as far away do

    @property
    def distance(self) -> Distance | None:
        """How far away the address is; None when there is none, or none to be believed."""
        if not self._host or self.is_distrusted:
            return None
        return self._network.distance_of(self._host)

    def start(self) -> None:
        """Begin to ask."""
        if self._host:
            self._rounds = asyncio.create_task(self._ask_again_and_again(), name="connectivity")

    async def stop(self) -> None:
        """Ask no more."""
        for task in (self._rounds, self._question):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self._rounds = None

    async def ask(self) -> None:
        """Ask now, unless it was asked just now; the answer is in `outages`."""
        if not self._host:
            return
        if self._question is None:
            if self._clock.monotonic() - self._asked_at < JUST_NOW_S:
                return
            self._asked_at = self._clock.monotonic()
            self._question = asyncio.create_task(self._try())
            self._question.add_done_callback(self._answered)
        await asyncio.shield(self._question)

    def contradict(self, began: float, worked: float) -> None:
        """Something as far away has answered a question asked at `began`: the network worked at `worked`."""
        since = self.outages.since
        if since is not None and began > since:
            self.outages.end(worked)
            self._good_at = max(self._good_at, worked)
            self._elsewhere_at = worked

    async def _ask_again_and_again(self) -> None:
        while True:
            await self.ask()
            await asyncio.sleep(CALM_S if self.outages.since is None else TROUBLED_S)

    def _answered(self, question: asyncio.Task[None]) -> None:
        self._question = None
        if not question.cancelled():
            question.exception()

    async def _try(self) -> None:
        begun = self._clock.monotonic()
        with contextlib.suppress(NetworkError, OSError, ValueError):
            stream = await self._network.open_stream(self._host, int(self._port), timeout=TIMEOUT_S)
            stream.writer.close()
            self._is_there(begun, self._clock.monotonic())
            return
        self._is_silent(begun)

    def _is_there(self, begun: float, now: float) -> None:
        self.is_distrusted, self._elsewhere_at, self._contradictions = False, None, 0
        if now - begun > PROMPT_S and self.outages.since is None:
            self.outages.add(Span(self._good_at, begun + PROMPT_S))
        was_silent = self.outages.since is not None
        self.outages.end(now)
        self._good_at = now
        if was_silent:
            self.on_return()

    def _is_silent(self, begun: float) -> None:
        if self._elsewhere_at is not None:
            if begun < self._elsewhere_at:
                return  # it was asked before the network worked again
            self._elsewhere_at = None
            self._contradictions += 1
        if self._contradictions >= CONTRADICTIONS:
            self.is_distrusted = True
            self.outages.end(self._good_at)
        else:
            self.outages.begin(self._good_at)
