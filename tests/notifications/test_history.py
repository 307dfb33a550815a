from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from kuma_lite.core.access import Actor, Forbidden, Right
from kuma_lite.core.clock import ManualClock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Message
from kuma_lite.core.errors import UserError
from kuma_lite.notifications import store
from kuma_lite.notifications.history import MAX_COUNT, NOT_THERE, wanted_of
from kuma_lite.notifications.model import Delivery, Outcome, Wanted, pack
from kuma_lite.notifications.service import Notifications
from tests.notifications.sinks import Answer, HttpSink
from tests.support.actors import OWNER, STRANGER, VIEWER, without

DOWN = Message("[Shop] [🔴 Down] no", {"name": "Shop"}, {"status": 0, "msg": "no"})


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def add(notifications: Notifications, url: str, name: str = "hook", actor: Actor = OWNER) -> int:
    config = {"name": name, "type": "webhook", "webhookURL": url, "webhookContentType": "json"}
    return await notifications.save(config, None, actor)


async def put(
    database: Database, clock: ManualClock, channel: int, message: Message = DOWN, monitor: int | None = 1
) -> None:
    now = to_ms(clock.now())
    await database.write(lambda c: store.enqueue(c, [channel], monitor, pack(message), now))


async def seen(notifications: Notifications, **wishes: Any) -> list[Delivery]:
    found, total = await notifications.history.page(OWNER, wanted_of(wishes), 0, 50)
    assert len(found) == total
    return found


async def settled(notifications: Notifications, count: int) -> list[Delivery]:
    """All deliveries, as soon as so many have ended."""
    async with asyncio.timeout(20):
        while len([one for one in await seen(notifications) if one.ended]) < count:
            await asyncio.sleep(0.01)
    return await seen(notifications)


async def test_what_was_delivered_stands_in_the_history(
    notifications: Notifications, database: Database, clock: ManualClock, sink: HttpSink
) -> None:
    channel = await add(notifications, f"http://127.0.0.1:{sink.port}/hook-path")
    sink.answer = Answer(202, b'{"id": 7, "echo": "http://127.0.0.1/hook-path"}')
    await put(database, clock, channel)
    await notifications.start()
    (one,) = await settled(notifications, 1)
    now = to_ms(clock.now())
    assert one.outcome is Outcome.DELIVERED
    assert (one.channel, one.service, one.monitor_id, one.monitor) == ("hook", "webhook", 1, "one")
    assert (one.text, one.status, one.attempts, one.created, one.ended) == (DOWN.text, 0, 1, now, now)
    assert one.answer is not None and one.answer.startswith("202 ")
    assert one.error is None


async def test_a_secret_that_a_service_repeats_is_hidden(
    notifications: Notifications, database: Database, clock: ManualClock, sink: HttpSink
) -> None:
    url = f"http://127.0.0.1:{sink.port}/very-secret-hook"
    channel = await add(notifications, url)
    sink.script = [Answer(200, f"sent to {url}".encode()), Answer(400, f"unknown hook {url}".encode())]
    await put(database, clock, channel)
    await put(database, clock, channel)
    await notifications.start()
    failed, delivered = await settled(notifications, 2)
    assert (failed.outcome, delivered.outcome) == (Outcome.GIVEN_UP, Outcome.DELIVERED)
    assert "very-secret-hook" not in f"{failed.error}{delivered.answer}"
    assert "status code 400" in str(failed.error) and "sent to" in str(delivered.answer)


async def test_the_filters(notifications: Notifications, database: Database, clock: ManualClock) -> None:
    first = await add(notifications, "http://127.0.0.1:1/", "first")
    second = await add(notifications, "http://127.0.0.1:1/", "second")
    strange = await add(notifications, "http://127.0.0.1:1/", "strange", STRANGER)
    for channel, monitor in ((first, 1), (first, 2), (second, 1), (strange, 3)):
        await put(database, clock, channel, monitor=monitor)
    await database.write(lambda c: store.taken(c, 1, first, 5, "200"))

    def ids(found: list[Delivery]) -> list[int]:
        return [one.id for one in found]

    assert ids(await seen(notifications)) == [3, 2, 1], "of the own organisation, the newest first"
    assert ids(await seen(notifications, monitor=1)) == [3, 1]
    assert ids(await seen(notifications, monitor=3)) == []
    assert ids(await seen(notifications, notification=str(first))) == [2, 1]
    assert ids(await seen(notifications, service="webhook")) == [3, 2, 1]
    assert ids(await seen(notifications, service="ntfy")) == []
    assert ids(await seen(notifications, outcome="delivered")) == [1]
    assert ids(await seen(notifications, outcome="waiting", notification=first)) == [2]
    part, total = await notifications.history.page(OWNER, Wanted(), 1, 1)
    assert (ids(part), total) == ([2], 3)


@pytest.mark.parametrize("wishes", [{"outcome": "lost"}, {"monitor": "x"}, {"notification": -1}])
def test_wishes_that_mean_nothing_are_refused(wishes: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        wanted_of(wishes)


async def test_a_part_has_a_bound(
    notifications: Notifications, database: Database, clock: ManualClock
) -> None:
    channel = await add(notifications, "http://127.0.0.1:1/")
    for _ in range(MAX_COUNT + 1):
        await put(database, clock, channel)
    found, total = await notifications.history.page(OWNER, Wanted(), 0, 10**9)
    assert (len(found), total) == (MAX_COUNT, MAX_COUNT + 1)


async def test_send_again(
    notifications: Notifications, database: Database, clock: ManualClock, sink: HttpSink
) -> None:
    channel = await add(notifications, f"http://127.0.0.1:{sink.port}/")
    sink.script = [Answer(200), Answer(400)]
    await put(database, clock, channel, Message("first"))
    await put(database, clock, channel, Message("second"))
    await notifications.start()
    refused, _ = await settled(notifications, 2)
    clock.advance(100)
    for one in (refused.id, 1):
        await notifications.history.again(OWNER, one)
    found = await settled(notifications, 3)
    assert [got.json["msg"] for got in sink.got] == ["first", "second", "second", "first"]
    assert [(one.text, one.outcome) for one in found] == [
        ("first", Outcome.DELIVERED),
        ("second", Outcome.DELIVERED),
        ("first", Outcome.DELIVERED),
    ], "what was given up is there no more, what had been delivered is"
    assert found[0].created == to_ms(clock.now())


async def test_what_cannot_be_sent_again(
    notifications: Notifications, database: Database, clock: ManualClock
) -> None:
    channel = await add(notifications, "http://127.0.0.1:1/")
    await put(database, clock, channel)
    await put(database, clock, channel)
    await database.write(lambda c: store.taken(c, 2, channel, 5, "200"))
    for key in (1, 3, 0, "x", None, 10**30):  # one waits, the others are none
        for act in (notifications.history.again, notifications.history.remove):
            with pytest.raises(UserError, match=NOT_THERE):
                await act(OWNER, key)
    for act in (notifications.history.again, notifications.history.remove):
        with pytest.raises(UserError, match=NOT_THERE):
            await act(STRANGER, 2)
        with pytest.raises(Forbidden):
            await act(VIEWER, 2)
    await database.write(lambda c: store.set_active(c, channel, False))
    with pytest.raises(UserError, match=NOT_THERE):
        await notifications.history.again(OWNER, 2)
    await notifications.history.remove(OWNER, 2)
    assert await seen(notifications) == [], "what waited for a channel that is switched off is dropped"


async def test_who_may_not_see_monitors_sees_only_messages_about_none(
    notifications: Notifications, database: Database, clock: ManualClock
) -> None:
    blind = without(Right.MONITORS_VIEW, OWNER)
    channel = await add(notifications, "http://127.0.0.1:1/")
    await put(database, clock, channel)
    await put(database, clock, channel, Message("disk full"), monitor=None)
    await database.write(lambda c: store.taken(c, 1, channel, 5, ""))
    await database.write(lambda c: store.taken(c, 2, channel, 5, ""))
    found, total = await notifications.history.page(blind, Wanted(), 0, 9)
    assert ([one.text for one in found], total) == (["disk full"], 1)
    for act in (notifications.history.again, notifications.history.remove):
        with pytest.raises(UserError, match=NOT_THERE):
            await act(blind, 1)
        await act(blind, 2)


async def test_the_history_is_bounded(
    database: Database, notifications: Notifications, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SENT_KEPT", 4)
    monkeypatch.setattr(store, "PRUNE_EVERY", 1)
    channel = await add(notifications, "http://127.0.0.1:1/")
    for number in range(1, 8):
        await put(database, clock, channel)
        await database.write(lambda c, n=number: store.taken(c, n, channel, n, ""))
    assert [one.id for one in await seen(notifications)] == [7, 6, 5, 4]
    await put(database, clock, channel)
    month = store.ENDED_KEPT_MS
    await database.write(lambda c: store.taken(c, 8, channel, month + 6, ""))
    assert [one.id for one in await seen(notifications)] == [8, 7, 6]


async def test_a_damaged_message_is_shown_without_a_text(
    notifications: Notifications, database: Database
) -> None:
    channel = await add(notifications, "http://127.0.0.1:1/")
    await database.write(lambda c: store.enqueue(c, [channel], 1, "{", 5))
    (one,) = await seen(notifications)
    assert (one.text, one.status) == ("", None)
