from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kuma_lite.web.channel import HIGH_WATER_BYTES, OutgoingQueue, WebSocket
from kuma_lite.web.packets import Burst


async def test_packets_that_wait_travel_together_in_order() -> None:
    queue = OutgoingQueue()
    queue.push(["a", "b"])
    queue.push(["c"])
    burst = await queue.get()
    assert burst.texts == ["a", "b", "c"]
    assert queue.empty()


async def test_a_burst_that_was_taken_is_not_touched_again() -> None:
    queue = OutgoingQueue()
    queue.push(["a"])
    first = await queue.get()
    queue.push(["b"])
    assert first.texts == ["a"]
    assert (await queue.get()).texts == ["b"]


async def test_the_callers_list_is_its_own() -> None:
    queue, other = OutgoingQueue(), OutgoingQueue()
    texts = ["a"]
    queue.push(texts)
    other.push(texts)
    queue.push(["b"])
    assert (await other.get()).texts == ["a"]
    assert texts == ["a"]


async def test_control_packets_keep_their_place() -> None:
    queue = OutgoingQueue()
    queue.push(["a"])
    queue.put_nowait(None)  # engineio's mark for the end
    queue.push(["b"])
    assert isinstance(await queue.get(), Burst)
    assert await queue.get() is None
    assert (await queue.get()).texts == ["b"]


async def test_backlog_counts_what_waits_and_what_the_transport_holds() -> None:
    queue = OutgoingQueue()
    queue.push(["x" * 10])
    queue.push(["x" * 5])
    assert queue.backlog == 15
    await queue.get()
    assert queue.backlog == 15, "the transport has not shown yet that it sent it"
    queue.push(["y"])
    assert queue.backlog == 16
    await queue.get()
    assert queue.backlog == 1


async def test_drained_waits_for_a_slow_reader() -> None:
    queue = OutgoingQueue()
    queue.push(["x" * (HIGH_WATER_BYTES + 1)])
    waiter = asyncio.create_task(queue.drained())
    await asyncio.sleep(0)
    await queue.get()
    await asyncio.sleep(0)
    assert not waiter.done()
    reader = asyncio.create_task(queue.get())  # comes back for more
    await asyncio.wait_for(waiter, 10)
    reader.cancel()


async def test_drained_returns_at_once_for_a_quick_one() -> None:
    await asyncio.wait_for(OutgoingQueue().drained(), 10)


async def test_discard_releases_those_who_wait() -> None:
    queue = OutgoingQueue()
    queue.push(["x" * (HIGH_WATER_BYTES + 1)])
    waiter = asyncio.create_task(queue.drained())
    await asyncio.sleep(0)
    queue.discard()
    await asyncio.wait_for(waiter, 10)
    assert queue.backlog == 0
    await asyncio.wait_for(queue.join(), 10)


class Wire:
    """An ASGI connection that records."""

    def __init__(self, *incoming: dict[str, Any]) -> None:
        self.sent: list[dict[str, Any]] = []
        self.incoming = list(incoming)

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    async def receive(self) -> dict[str, Any]:
        return self.incoming.pop(0)

    def environ(self) -> dict[str, Any]:
        return {"asgi.receive": self.receive, "asgi.send": self.send, "asgi.scope": {}}


async def test_a_burst_is_sent_frame_by_frame() -> None:
    wire = Wire()

    async def handler(socket: WebSocket) -> None:
        await socket.send([str(number) for number in range(200)])
        await socket.send("single")

    await WebSocket(handler, None)(wire.environ())
    assert [message.get("text") for message in wire.sent[1:]] == [*map(str, range(200)), "single"]


@pytest.mark.parametrize(
    "message",
    [
        {"type": "websocket.disconnect"},
        {"type": "websocket.receive", "text": "", "bytes": None},
        {"type": "websocket.receive", "text": "x42", "bytes": None},
        {"type": "websocket.receive", "text": None, "bytes": b"\x04"},
        {"type": "websocket.receive", "text": "4" * 1_000_001, "bytes": None},
    ],
)
async def test_what_is_no_packet_ends_the_connection(message: dict[str, Any]) -> None:
    raised = []

    async def handler(socket: WebSocket) -> None:
        try:
            await socket.wait()
        except OSError as error:
            raised.append(error)

    await WebSocket(handler, None)(Wire(message).environ())
    assert len(raised) == 1


async def test_abort_ends_a_send_that_hangs() -> None:
    wire = Wire()
    never = asyncio.Event()

    async def stuck(message: dict[str, Any]) -> None:
        wire.sent.append(message)
        if message["type"] == "websocket.send":
            await never.wait()

    async def handler(socket: WebSocket) -> None:
        await socket.send("text")

    environ = wire.environ() | {"asgi.send": stuck}
    task = asyncio.create_task(WebSocket(handler, None)(environ))
    while len(wire.sent) < 2:
        await asyncio.sleep(0)
    environ["asgi.scope"]["kuma_lite.websocket"].abort()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)
