"""An address outside is asked all the time, and what it says is kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.targets import PROMPT_S, Distance
from kuma_lite.net.connectivity import TIMEOUT_S, Connectivity
from kuma_lite.net.errors import timeout_error
from kuma_lite.net.network import Network


class Line:
    """A network whose far end can be silenced; what it takes to answer passes on the clock."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.works = True
        self.takes = 0.01
        self.asked: list[tuple[str, int]] = []

    def distance_of(self, host: str) -> Distance:
        return Distance.PUBLIC

    async def open_stream(self, host: str, port: int, *, timeout: float) -> Any:
        self.asked.append((host, port))
        self.clock.advance(self.takes if self.works else timeout)
        if not self.works:
            raise timeout_error(timeout * 1000)
        return self

    @property
    def writer(self) -> Line:
        return self

    def close(self) -> None:
        """The connection is not used."""


def watched(line: Line, address: str | None = "one.example:53") -> Connectivity:
    return Connectivity(address, line, line.clock)  # type: ignore[arg-type]


async def ask(connectivity: Connectivity, line: Line, *, works: bool, later: float = 5) -> None:
    line.clock.advance(later)
    line.works = works
    await connectivity.ask()


async def test_without_an_address_nobody_is_asked() -> None:
    line = Line()
    for address in (None, ""):
        connectivity = watched(line, address)
        assert connectivity.distance is None
        await connectivity.ask()
    assert line.asked == []


async def test_an_outage_goes_from_the_last_answer_to_the_next() -> None:
    line = Line()
    connectivity = watched(line)
    await ask(connectivity, line, works=True)
    good = line.clock.monotonic()
    await ask(connectivity, line, works=False)
    await ask(connectivity, line, works=False)
    assert connectivity.outages.since == good
    await ask(connectivity, line, works=True)
    ((start, end),) = connectivity.outages.within(0, line.clock.monotonic())
    assert (start, end) == (good, line.clock.monotonic())
    assert line.asked == [("one.example", 53)] * 4


async def test_an_answer_after_a_lost_packet_is_a_short_outage() -> None:
    line = Line()
    connectivity = watched(line)
    await ask(connectivity, line, works=True)
    good = line.clock.monotonic()
    line.takes = 1.2
    await ask(connectivity, line, works=True)
    ((start, end),) = connectivity.outages.within(0, line.clock.monotonic())
    assert start == good
    assert end == pytest.approx(good + 5 + PROMPT_S)


async def test_many_who_ask_at_once_ask_once() -> None:
    line = Line()
    connectivity = watched(line)
    await asyncio.gather(*(connectivity.ask() for _ in range(100)))
    await connectivity.ask()
    assert len(line.asked) == 1


async def test_an_answer_from_elsewhere_ends_an_outage() -> None:
    line = Line()
    connectivity = watched(line)
    await ask(connectivity, line, works=False)
    since = connectivity.outages.since
    assert since is not None
    connectivity.contradict(since, since)  # asked before the outage: says nothing
    assert connectivity.outages.since == since
    line.clock.advance(4)
    connectivity.contradict(line.clock.monotonic(), line.clock.monotonic())
    assert connectivity.outages.since is None


async def test_an_anchor_that_is_gone_itself_is_not_believed_until_it_answers() -> None:
    line = Line()
    connectivity = watched(line)
    for _ in range(2):
        assert connectivity.distance is Distance.PUBLIC
        await ask(connectivity, line, works=False)
        line.clock.advance(1)
        connectivity.contradict(line.clock.monotonic(), line.clock.monotonic())
    await ask(connectivity, line, works=False)
    assert connectivity.is_distrusted
    assert connectivity.distance is None
    assert connectivity.outages.since is None
    await ask(connectivity, line, works=True)
    assert not connectivity.is_distrusted
    assert connectivity.distance is Distance.PUBLIC


async def test_a_question_from_before_the_return_says_nothing_about_the_anchor() -> None:
    line = Line()
    connectivity = watched(line)
    await ask(connectivity, line, works=False)

    async def returns(host: str, port: int, *, timeout: float) -> Any:
        line.clock.advance(1)
        connectivity.contradict(
            line.clock.monotonic(), line.clock.monotonic()
        )  # the network is back while this question waits
        line.clock.advance(timeout - 1)
        raise timeout_error(timeout * 1000)

    answers, line.open_stream = line.open_stream, returns  # type: ignore[method-assign]
    line.clock.advance(1)
    await connectivity.ask()
    line.clock.advance(1)
    line.open_stream = answers  # type: ignore[method-assign]
    await ask(connectivity, line, works=False)
    assert not connectivity.is_distrusted
    await ask(connectivity, line, works=True)
    assert connectivity.outages.since is None


async def test_it_asks_by_itself() -> None:
    served = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    network = Network()
    async with server:
        port = server.sockets[0].getsockname()[1]
        connectivity = Connectivity(f"127.0.0.1:{port}", network, network.http.clock)
        connectivity.start()
        await asyncio.wait_for(served.wait(), 10)
        assert connectivity.outages.since is None
        await connectivity.stop()
    network.close()
    assert TIMEOUT_S > 0
