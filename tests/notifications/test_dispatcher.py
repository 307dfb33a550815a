from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock, SystemClock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import DeliveryFailed, Message, Pace
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.notifications import history_store, store
from kuma_lite.notifications.dispatcher import Dispatcher
from kuma_lite.notifications.model import DeliveryRecorded, Pending, Reach, pack
from kuma_lite.notifications.service import Notifications
from kuma_lite.notifications.slots import Slots
from tests.notifications.sinks import Answer, HttpSink
from tests.support.actors import OWNER


async def until(condition: Callable[[], bool], timeout: float = 20.0) -> None:
    """Returns when the condition holds."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.01)


async def add_hook(database: Database, url: str, name: str = "hook") -> int:
    config = {"name": name, "type": "webhook", "webhookURL": url, "webhookContentType": "json"}
    return await database.write(lambda connection: store.add(connection, config, 1, 1))


async def put(database: Database, clock: ManualClock, text: str, *channels: int) -> None:
    now = to_ms(clock.now())
    message = pack(Message(text))
    assert await database.write(lambda c: store.enqueue(c, channels, 1, message, now)) == len(channels)


async def outbox(database: Database) -> list[tuple[Any, ...]]:
    """What is under way, and what was given up."""
    query = """
        SELECT text, attempts, state, last_error FROM outbox
        JOIN outbox_message ON outbox_message.id = message_id WHERE state <> 'sent' ORDER BY outbox.id
    """
    return await database.read(lambda connection: connection.execute(query).fetchall())


class Told:
    """What the bus says of deliveries, to be waited for."""

    def __init__(self, bus: Bus) -> None:
        self.events: list[DeliveryRecorded] = []
        self._news = asyncio.Event()
        bus.subscribe(DeliveryRecorded, self._take)

    def _take(self, event: DeliveryRecorded) -> None:
        self.events.append(event)
        self._news.set()

    async def wait_for(self, count: int, seconds: float = 20) -> None:
        """Return when so many deliveries, good or bad, have been written down."""
        async with asyncio.timeout(seconds):
            while len(self.events) < count:
                self._news.clear()
                await self._news.wait()


async def look(dispatcher: Dispatcher) -> None:
    """Wake the dispatcher; return when it has looked what is due and has begun with it."""
    looked, begin = asyncio.Event(), dispatcher._begin

    def begun() -> float:
        pause = begin()
        looked.set()
        return pause

    dispatcher._begin = begun  # type: ignore[method-assign]
    dispatcher.wake()
    await asyncio.wait_for(looked.wait(), 20)
    dispatcher._begin = begin  # type: ignore[method-assign]


def texts(sink: HttpSink) -> list[str]:
    return [got.json["msg"] for got in sink.got]


class Script:
    """A stand-in for the services: answers by channel name, remembers what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.running = 0
        self.most = 0
        self.failures: dict[str, list[DeliveryFailed]] = {}
        self.gates: dict[str, asyncio.Event] = {}

    async def __call__(self, config: Any, message: Message) -> str:
        name = config["name"]
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            if name in self.gates:
                await self.gates[name].wait()
            if self.failures.get(name):
                raise self.failures[name].pop(0)
            self.got.append((name, message.text))
        finally:
            self.running -= 1
        return "ok"

    def of(self, name: str) -> list[str]:
        return [text for channel, text in self.got if channel == name]


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
async def dispatcher(
    database: Database, script: Script, clock: ManualClock, bus: Bus
) -> AsyncIterator[Dispatcher]:
    found = Dispatcher(database, script, clock, bus, jitter=lambda: 0.0)
    await found.start()
    yield found
    await found.stop()


async def test_a_message_is_delivered_and_leaves_the_outbox(
    database: Database, clock: ManualClock, bus: Bus, script: Script, dispatcher: Dispatcher
) -> None:
    told: list[DeliveryRecorded] = []
    bus.subscribe(DeliveryRecorded, told.append)
    channel = await add_hook(database, "http://x/")
    await put(database, clock, "a", channel)
    dispatcher.wake()
    await until(lambda: bool(told))
    assert (script.got, told) == ([("hook", "a")], [DeliveryRecorded(channel, 1, None)])
    assert await outbox(database) == []
    (stored,) = await database.read(lambda c: store.channels_of(c, 1))
    assert (stored.last_success, stored.last_error) == (to_ms(clock.now()), None)


async def test_order_is_kept_while_an_earlier_message_is_retried(
    database: Database, clock: ManualClock, script: Script, dispatcher: Dispatcher
) -> None:
    channel = await add_hook(database, "http://x/")
    script.failures["hook"] = [DeliveryFailed("first no"), DeliveryFailed("second no")]
    for text in "abc":
        await put(database, clock, text, channel)
    for seconds, left in ((5, 1), (10, 0)):
        dispatcher.wake()
        await until(lambda left=left: len(script.failures["hook"]) == left and not dispatcher._workers)
        assert script.got == []
        clock.advance(seconds - 0.1)
        await look(dispatcher)
        assert not dispatcher._workers, "nothing is due"
        assert script.got == []
        clock.advance(0.1)
    dispatcher.wake()
    await until(lambda: len(script.got) == 3)
    assert script.of("hook") == ["a", "b", "c"]


async def test_channels_do_not_wait_for_each_other(
    database: Database, clock: ManualClock, script: Script, dispatcher: Dispatcher
) -> None:
    slow, quick = (
        await add_hook(database, "http://x/", "slow"),
        await add_hook(database, "http://x/", "quick"),
    )
    script.gates["slow"] = asyncio.Event()
    for text in "ab":
        await put(database, clock, text, slow, quick)
    dispatcher.wake()
    await until(lambda: script.of("quick") == ["a", "b"])
    assert script.of("slow") == []
    script.gates["slow"].set()
    await until(lambda: script.of("slow") == ["a", "b"])


async def test_not_too_many_at_once(
    database: Database,
    clock: ManualClock,
    script: Script,
    dispatcher: Dispatcher,
) -> None:
    dispatcher._slots = Slots(3, hangs=3600)
    gate = asyncio.Event()
    channels = []
    for number in range(5):
        script.gates[str(number)] = gate
        channels.append(await add_hook(database, "http://x/", str(number)))
    await put(database, clock, "a", *channels)
    dispatcher.wake()
    await until(lambda: script.running == 3)
    await look(dispatcher)
    assert len(dispatcher._workers) == len(channels), "all of them want to"
    gate.set()
    await until(lambda: len(script.got) == len(channels))
    assert script.most == 3


async def test_dead_services_hold_up_nobody_else(
    database: Database, clock: ManualClock, script: Script, dispatcher: Dispatcher
) -> None:
    dispatcher._slots = Slots(3, hangs=0.05)
    for number in range(10):
        script.gates[str(number)] = asyncio.Event()
    dead = [await add_hook(database, "http://x/", str(number)) for number in range(10)]
    await put(database, clock, "a", *dead)
    dispatcher.wake()
    await until(lambda: script.running == len(dead))
    healthy = await add_hook(database, "http://x/", "healthy")
    await put(database, clock, "b", healthy)
    dispatcher.wake()
    await until(lambda: script.of("healthy") == ["b"])


async def test_a_channel_gets_no_more_than_its_service_takes(
    database: Database, script: Script, bus: Bus
) -> None:
    """In order, at its pace, and the others meanwhile."""
    clock = SystemClock()
    paces = {"slow": Pace(3, 0.6)}
    dispatcher = Dispatcher(
        database, script, clock, bus, pace_of=lambda config: paces.get(config["name"]), jitter=lambda: 0.0
    )
    slow = await add_hook(database, "http://x/", "slow")
    quick = await add_hook(database, "http://x/", "quick")
    sent = [str(number) for number in range(9)]
    for text in sent:
        message = pack(Message(text))
        await database.write(lambda c, m=message: store.enqueue(c, [slow, quick], 1, m, to_ms(clock.now())))
    begun = perf_counter()
    await dispatcher.start()
    await until(lambda: len(script.of("quick")) == 9)
    assert len(script.of("slow")) < 9
    await until(lambda: len(script.of("slow")) == 9)
    took = perf_counter() - begun
    await dispatcher.stop()
    assert script.of("slow") == sent
    assert took >= 6 * 0.2 - 0.05, "three at once, and six at five a second"


async def test_a_permanent_error_kills_the_message_and_frees_the_next(
    database: Database, clock: ManualClock, bus: Bus, script: Script, dispatcher: Dispatcher
) -> None:
    told: list[DeliveryRecorded] = []
    bus.subscribe(DeliveryRecorded, told.append)
    channel = await add_hook(database, "http://x/")
    script.failures["hook"] = [DeliveryFailed("wrong token", permanent=True)]
    await put(database, clock, "a", channel)
    await put(database, clock, "b", channel)
    dispatcher.wake()
    await until(lambda: len(told) == 2)
    assert script.of("hook") == ["b"]
    assert [event.error for event in told] == ["wrong token", None]
    assert await outbox(database) == [(pack(Message("a")), 1, "dead", "wrong token")]
    await until(lambda: dispatcher.pending() == Pending(0, 1))
    (stored,) = await database.read(lambda c: store.channels_of(c, 1))
    assert stored.last_error_at == to_ms(clock.now())


async def test_a_wish_for_a_pause_is_honoured(
    database: Database, clock: ManualClock, script: Script, dispatcher: Dispatcher
) -> None:
    channel = await add_hook(database, "http://x/")
    script.failures["hook"] = [DeliveryFailed("slow down", retry_after=120)]
    await put(database, clock, "a", channel)
    dispatcher.wake()
    await until(lambda: not script.failures["hook"] and not dispatcher._workers)
    clock.advance(119)
    await look(dispatcher)
    assert not dispatcher._workers, "nothing is due"
    assert script.got == []
    clock.advance(1)
    dispatcher.wake()
    await until(lambda: script.got == [("hook", "a")])


async def test_an_old_message_is_tried_once_and_then_given_up(
    database: Database, clock: ManualClock, script: Script, dispatcher: Dispatcher
) -> None:
    channel = await add_hook(database, "http://x/")
    script.failures["hook"] = [DeliveryFailed("still away")]
    await put(database, clock, "old", channel)
    clock.advance(25 * 3600)
    dispatcher.wake()
    await until(lambda: dispatcher.pending().dead == 1)
    assert (await outbox(database))[0][2:] == ("dead", "Given up after 24 hours: still away")


async def test_a_message_is_written_once_for_all_its_channels_and_goes_with_the_last(
    database: Database, clock: ManualClock
) -> None:
    channels = [await add_hook(database, "http://x/") for _ in range(3)]
    await put(database, clock, "kept", channels[0])
    await put(database, clock, "told", *channels)

    async def texts() -> list[str]:
        found = await database.read(
            lambda c: c.execute("SELECT text FROM outbox_message ORDER BY id").fetchall()
        )
        return [json.loads(text)["text"] for (text,) in found]

    assert await texts() == ["kept", "told"]
    await database.write(lambda c: store.set_active(c, channels[1], False))
    await database.write(lambda c: store.delete(c, channels[2]))
    assert await texts() == ["kept", "told"]
    for row in (1, 2):
        await database.write(partial(store.taken, row=row, channel_id=channels[0], now=1, answer="ok"))
    mine = Reach(1, monitors=True)
    assert await database.write(lambda c: history_store.remove(c, 2, mine))
    assert await texts() == ["kept"]


async def test_what_a_channel_has_got_does_not_slow_down_its_next_message(
    database: Database, clock: ManualClock
) -> None:
    channel = await add_hook(database, "http://x/")

    def steps(connection: Any) -> int:
        """Of SQLite's machine, by tens, to find the next message."""
        taken = 0

        def count() -> bool:
            nonlocal taken
            taken += 1
            return False

        connection.set_progress_handler(count, 10)
        try:
            assert store.oldest(connection, channel) is not None
        finally:
            connection.set_progress_handler(None)
        return taken

    await put(database, clock, "first", channel)
    alone = await database.write(steps)
    for row in range(1, 301):
        await put(database, clock, "another", channel)
        await database.write(partial(store.taken, row=row, channel_id=channel, now=1, answer="ok"))
    assert await database.write(steps) <= alone + 1


async def test_a_damaged_message_does_not_block_its_channel(
    database: Database, clock: ManualClock, script: Script, dispatcher: Dispatcher
) -> None:
    channel = await add_hook(database, "http://x/")
    await database.write(lambda c: store.enqueue(c, [channel], None, '{"text": 5}', to_ms(clock.now())))
    await put(database, clock, "good", channel)
    dispatcher.wake()
    await until(lambda: script.of("hook") == ["good"] and dispatcher.pending().waiting == 0)
    assert [row[2:] for row in await outbox(database)] == [("dead", "The message is damaged.")]


async def test_a_clock_set_back_does_not_hold_messages(
    database: Database, clock: ManualClock, script: Script, dispatcher: Dispatcher
) -> None:
    channel = await add_hook(database, "http://x/")
    await put(database, clock, "a", channel)
    clock.jump(-10 * 3600)
    dispatcher.wake()
    await until(lambda: script.got == [("hook", "a")])


async def test_pending_figures(
    database: Database, clock: ManualClock, script: Script, dispatcher: Dispatcher
) -> None:
    channel = await add_hook(database, "http://x/")
    script.failures["hook"] = [DeliveryFailed("no")] * 3
    for text in "ab":
        await put(database, clock, text, channel)
    dispatcher.wake()
    await until(lambda: dispatcher.pending() == Pending(2, 0))


async def test_a_bug_in_a_service_does_not_end_the_dispatcher(
    database: Database, clock: ManualClock, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuma_lite.notifications.dispatcher.TROUBLE_S", 0.05)
    calls: list[str] = []

    async def deliver(config: Any, message: Message) -> str:
        calls.append(message.text)
        if len(calls) == 1:
            raise RuntimeError("a bug")
        return "ok"

    dispatcher = Dispatcher(database, deliver, clock, bus)
    await dispatcher.start()
    await put(database, clock, "a", await add_hook(database, "http://x/"))
    dispatcher.wake()
    await until(lambda: calls == ["a", "a"])
    await dispatcher.stop()


async def test_what_has_arrived_is_not_sent_again_when_the_disk_is_full(
    database: Database, clock: ManualClock, bus: Bus, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuma_lite.notifications.dispatcher.TROUBLE_S", 0.05)
    await put(database, clock, "a", await add_hook(database, "http://x/"))
    write, refusals = database.write, 2

    async def failing(fn: Any, **named: Any) -> Any:
        nonlocal refusals
        if refusals:
            refusals -= 1
            raise StorageTrouble("The disk is full.")
        return await write(fn, **named)

    monkeypatch.setattr(database, "write", failing)
    told, dispatcher = Told(bus), Dispatcher(database, script, clock, bus)
    await dispatcher.start()
    await told.wait_for(1)
    await dispatcher.stop()
    assert (refusals, await outbox(database)) == (0, [])
    assert script.got == [("hook", "a")]


async def test_stopping_is_quick_and_keeps_what_is_under_way(
    database: Database, clock: ManualClock, script: Script, dispatcher: Dispatcher
) -> None:
    channel = await add_hook(database, "http://x/")
    script.gates["hook"] = asyncio.Event()
    await put(database, clock, "a", channel)
    dispatcher.wake()
    await until(lambda: script.running == 1)
    started = perf_counter()
    await dispatcher.stop()
    assert perf_counter() - started < 10
    assert len(await outbox(database)) == 1
    script.gates["hook"].set()
    await dispatcher.start()
    await until(lambda: script.got == [("hook", "a")])


# --- against real servers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("stays", [False, True])
async def test_a_flaky_receiver_gets_everything_in_order(
    database: Database,
    clock: ManualClock,
    bus: Bus,
    notifications: Notifications,
    sink: HttpSink,
    stays: bool,
) -> None:
    sink.stays = stays
    told, channel = Told(bus), await add_hook(database, sink.url)
    sink.script = [
        Answer(500),
        Answer(drop=True),
        Answer(429, headers={"Retry-After": "7"}),
        Answer(503),
        Answer(200),
        Answer(502),
    ]
    for text in "abc":
        await put(database, clock, text, channel)
    await notifications.start()
    # What is dropped on a connection that was kept is asked again at once, on a new one.
    for attempts in range(1, 8 if stays else 9):
        await told.wait_for(attempts)
        clock.advance(60)
        notifications.wake()
    assert await outbox(database) == []
    assert texts(sink) == ["a", "a", "a", "a", "a", "b", "b", "c"]
    (stored,) = await database.read(lambda c: store.channels_of(c, 1))
    assert stored.last_error is None


async def test_messages_that_follow_each_other_share_a_connection(
    database: Database, clock: ManualClock, bus: Bus, notifications: Notifications, sink: HttpSink
) -> None:
    sink.stays = True
    told, channel = Told(bus), await add_hook(database, sink.url)
    for text in "abcde":
        await put(database, clock, text, channel)
    await notifications.start()
    await told.wait_for(5)
    assert texts(sink) == ["a", "b", "c", "d", "e"]
    assert sink.connections == 1


async def test_an_edit_between_two_messages_counts_for_the_second(
    database: Database, clock: ManualClock, bus: Bus, notifications: Notifications, sink: HttpSink
) -> None:
    """A channel's form is read once for many messages: not for those after an edit, nor its secrets."""
    sink.answer = Answer(400, b"not with key-of-the-first nor key-of-the-second")
    told = Told(bus)
    form = {"name": "hook", "type": "webhook", "webhookURL": sink.url, "webhookContentType": "json"}

    def with_key(secret: str) -> dict[str, Any]:
        return {**form, "webhookAdditionalHeaders": json.dumps({"X-Key": f"key-of-the-{secret}"})}

    channel = await notifications.save(with_key("first"), None, OWNER)
    await notifications.start()
    errors = []
    for number, secret in enumerate(("first", "first", "second"), 1):
        if secret == "second":
            await notifications.save(with_key(secret), channel, OWNER)
        await put(database, clock, str(number), channel)
        notifications.wake()
        await told.wait_for(number)
        errors.append(told.events[-1].error or "")
    keys = [got.headers["x-key"] for got in sink.got]
    assert keys == ["key-of-the-first", "key-of-the-first", "key-of-the-second"]
    assert ["key-of-the-first" in error for error in errors] == [False, False, True]
    assert ["key-of-the-second" in error for error in errors] == [True, True, False]


async def test_a_receiver_that_comes_back(
    database: Database, clock: ManualClock, bus: Bus, notifications: Notifications
) -> None:
    told, sink = Told(bus), HttpSink()
    async with sink:
        port = sink.port
    channel = await add_hook(database, f"http://127.0.0.1:{port}/")
    await put(database, clock, "a", channel)
    await notifications.start()
    await told.wait_for(1)
    ((_, attempts, state, error),) = await outbox(database)
    assert (attempts, state) == (1, "waiting")
    assert error.startswith(f"connect ECONNREFUSED 127.0.0.1:{port}")
    async with sink:
        clock.advance(10)
        notifications.wake()
        await sink.wait_for(1)
    assert texts(sink) == ["a"]


async def test_a_hanging_receiver_holds_up_nobody_else(
    database: Database,
    clock: ManualClock,
    bus: Bus,
    notifications: Notifications,
    sink: HttpSink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kuma_lite.notifications.delivery.ATTEMPT_S", 1.5)
    told = Told(bus)
    async with HttpSink() as hanging:
        hanging.answer = Answer(delay=float("inf"))
        stuck, good = (
            await add_hook(database, hanging.url, "stuck"),
            await add_hook(database, sink.url, "good"),
        )
        await put(database, clock, "a", stuck, good)
        await notifications.start()
        await sink.wait_for(1)
        await told.wait_for(2)
        ((_, attempts, state, error),) = await outbox(database)
        assert (attempts, state, error) == (1, "waiting", "No answer within 1.5 seconds.")


# --- crashes -----------------------------------------------------------------------------------------------

CRASHING = """
import asyncio, os, sys
from types import SimpleNamespace
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import SystemClock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Message
from kuma_lite.net.http import HttpClient
from kuma_lite.notifications import history_store, store
from kuma_lite.notifications.model import pack
from kuma_lite.notifications.service import Notifications
from kuma_lite.notifications.slots import Slots
from tests.notifications.peers import Settings, populate
from tests.support.actors import Pushes

async def main(path, url):
    database = await Database.open(path, clock=SystemClock())
    await database.write(populate)
    config = {"name": "hook", "type": "webhook", "webhookURL": url}
    channel = await database.write(lambda c: store.add(c, config, 1, 1))
    now = to_ms(SystemClock().now())
    for number in range(60):
        message = pack(Message(str(number)))
        await database.write(lambda c: store.enqueue(c, [channel], 1, message, now))
    network = SimpleNamespace(http=HttpClient())
    notifications = Notifications(database, network, Settings(), SystemClock(), Bus(), Pushes())
    await notifications.start()
    await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


@asynccontextmanager
async def restarted(path: Path, network: Any) -> AsyncIterator[tuple[Database, Notifications]]:
    from kuma_lite.core.clock import SystemClock
    from tests.notifications.peers import Settings
    from tests.support.actors import Pushes

    database = await Database.open(path, clock=SystemClock())
    notifications = Notifications(database, network, Settings(), SystemClock(), Bus(), Pushes())
    await notifications.start()
    try:
        yield database, notifications
    finally:
        await notifications.stop()
        await database.close()


@pytest.mark.parametrize("stays", [False, True])
async def test_kill_9_loses_nothing_and_keeps_the_order(
    tmp_path: Path, sink: HttpSink, network: Any, stays: bool
) -> None:
    sink.stays = stays
    path = tmp_path / "crash.db"
    process = subprocess.Popen([sys.executable, "-c", CRASHING, str(path), sink.url])
    try:
        await sink.wait_for(5, timeout=30)
    finally:
        process.kill()
        process.wait()
    before = len(sink.got)
    async with restarted(path, network) as (database, _):
        async with asyncio.timeout(30):
            while await outbox(database):
                await asyncio.sleep(0.02)
    numbers = [int(text) for text in texts(sink)]
    # One message may have been on its way when the process died; it is the only one that may come twice.
    assert list(dict.fromkeys(numbers)) == list(range(60))
    assert numbers == sorted(numbers)
    assert len(numbers) <= 61
    assert 5 <= before < 60


async def test_stopping_while_a_receiver_hangs(
    database: Database, clock: ManualClock, notifications: Notifications, sink: HttpSink
) -> None:
    sink.answer = Answer(delay=float("inf"))
    await put(database, clock, "a", await add_hook(database, sink.url))
    await notifications.start()
    await sink.wait_for(1)
    started = perf_counter()
    await notifications.stop()
    assert perf_counter() - started < 10
    assert len(await outbox(database)) == 1
