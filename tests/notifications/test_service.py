from __future__ import annotations

import json
from typing import Any

import pytest

from kuma_lite.core.access import Forbidden
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Message, Status
from kuma_lite.core.errors import UserError
from kuma_lite.core.kept_secrets import KEEP
from kuma_lite.notifications import store
from kuma_lite.notifications.model import LinksChanged, pack, unpack
from kuma_lite.notifications.service import Notifications
from tests.notifications.samples import MONITOR, Beat
from tests.notifications.sinks import HttpSink
from tests.support.actors import COLLEAGUE, MACHINE, OWNER, STRANGER, VIEWER

HOOK = {"name": "hook", "type": "webhook", "webhookURL": "http://h/x", "webhookContentType": "json"}
BOT = {
    "name": "bot",
    "type": "telegram",
    "isDefault": True,
    "telegramBotToken": "1234:secret",
    "telegramChatID": "5",
    "webhookURL": "http://left/over?token=1",
    "telegramSendSilently": True,
}


async def waiting(database: Database) -> list[tuple[Any, ...]]:
    query = "SELECT notification_id, due, attempts FROM outbox WHERE state = 'waiting' ORDER BY id"
    return await database.read(lambda connection: connection.execute(query).fetchall())


# --- compatible clients ------------------------------------------------------------------------------------


async def test_the_stored_form_is_kept_to_the_letter(notifications: Notifications) -> None:
    form = {"name": "ü", "isDefault": True, "applyExisting": False, "type": "webhook", "odd": [1, None, "x"]}
    number = await notifications.save(form, None, OWNER)
    (channel,) = await notifications.channels(1)
    assert channel.as_wire() == {
        "id": number,
        "name": "ü",
        "active": True,
        "userId": 1,
        "isDefault": True,
        "config": json.dumps(form, separators=(",", ":"), ensure_ascii=False),
    }


@pytest.mark.parametrize(
    ("form", "name", "config"),
    [
        ({"name": "empty"}, "empty", '{"name":"empty","applyExisting":false}'),
        ({}, None, '{"applyExisting":false}'),
        ({"name": 5, "type": ["x"]}, "5", '{"name":5,"type":["x"],"applyExisting":false}'),
        ({"applyExisting": True, "a": 1}, None, '{"applyExisting":false,"a":1}'),
    ],
)
async def test_anything_can_be_stored(
    notifications: Notifications, form: dict[str, Any], name: str | None, config: str
) -> None:
    await notifications.save(form, None, OWNER)
    (channel,) = await notifications.channels(1)
    assert (channel.name, channel.config_text, channel.is_default) == (name, config, False)


@pytest.mark.parametrize("form", [None, [], "x", 5])
async def test_but_an_object_it_must_be(notifications: Notifications, form: Any) -> None:
    with pytest.raises(UserError):
        await notifications.save(form, None, OWNER)
    with pytest.raises(UserError):
        await notifications.test(form, OWNER)


@pytest.mark.parametrize("number", [99999, "99999", "x", True, 2**70, "9" * 5000, [], -1, 1.5])
async def test_an_unknown_id(notifications: Notifications, number: Any) -> None:
    await notifications.save(HOOK, None, OWNER)
    with pytest.raises(UserError, match="notification not found"):
        await notifications.save(HOOK, number, OWNER)
    with pytest.raises(UserError, match="notification not found"):
        await notifications.delete(number, OWNER)


async def test_ids_may_be_texts_and_nothing_means_a_new_one(notifications: Notifications) -> None:
    number = await notifications.save(HOOK, None, OWNER)
    assert await notifications.save({**HOOK, "name": "again"}, str(number), OWNER) == number
    assert await notifications.save(HOOK, 0, OWNER) == number + 1
    assert [channel.name for channel in await notifications.channels(1)] == ["again", "hook"]


async def test_nobody_reaches_the_channels_of_others(notifications: Notifications) -> None:
    number = await notifications.save(HOOK, None, OWNER)
    assert await notifications.channels(2) == []
    for attempt in (
        notifications.save(HOOK, number, STRANGER),
        notifications.delete(number, STRANGER),
        notifications.form(number, 2),
    ):
        with pytest.raises(UserError, match="notification not found"):
            await attempt
    assert [channel.name for channel in await notifications.channels(1)] == ["hook"]


async def test_colleagues_share_their_channels(notifications: Notifications) -> None:
    number = await notifications.save(HOOK, None, OWNER)
    await notifications.save({**HOOK, "name": "ours"}, number, COLLEAGUE)
    (channel,) = await notifications.channels(1)
    assert (channel.name, channel.as_wire()["userId"]) == ("ours", OWNER.user_id)
    await notifications.delete(number, COLLEAGUE)
    assert await notifications.channels(1) == []


async def test_who_may_only_look_changes_nothing(notifications: Notifications) -> None:
    number = await notifications.save(HOOK, None, OWNER)
    for attempt in (
        notifications.save(HOOK, None, VIEWER),
        notifications.save({**HOOK, "name": "x"}, number, VIEWER),
        notifications.delete(number, VIEWER),
    ):
        with pytest.raises(Forbidden):
            await attempt
    assert [channel.name for channel in await notifications.channels(1)] == ["hook"]


async def test_what_a_machine_makes_carries_somebody_s_number(notifications: Notifications) -> None:
    number = await notifications.save(HOOK, None, MACHINE, author=OWNER.user_id)
    (channel,) = await notifications.channels(1)
    assert (channel.id, channel.as_wire()["userId"]) == (number, OWNER.user_id)
    await notifications.delete(number, MACHINE)
    assert await notifications.channels(1) == []


async def test_new_things_get_the_default_channels_of_their_organisation(
    notifications: Notifications, database: Database
) -> None:
    made = [
        await notifications.save({**HOOK, "isDefault": True}, None, actor)
        for actor in (OWNER, STRANGER, COLLEAGUE)
    ]
    await notifications.save(HOOK, None, OWNER)

    async def defaults(organisation: int) -> list[int]:
        return await database.read(lambda db: notifications.defaults(db, organisation))

    assert await defaults(1) == [made[0], made[2]]
    assert await defaults(2) == [made[1]]


async def test_apply_existing_links_the_monitors_of_the_organisation(
    notifications: Notifications, bus: Bus
) -> None:
    told: list[LinksChanged] = []
    bus.subscribe(LinksChanged, told.append)
    first = await notifications.save(HOOK, None, OWNER)
    second = await notifications.save({**HOOK, "applyExisting": True}, None, OWNER)
    assert told == [LinksChanged({1: (second,), 2: (second,)})]
    await notifications.save({**HOOK, "applyExisting": True}, first, OWNER)
    await notifications.save({**HOOK, "applyExisting": True}, first, OWNER)
    assert told[-1].links == {1: (first, second), 2: (first, second)}
    await notifications.delete(second, OWNER)
    assert told[-1].links == {1: (first,), 2: (first,)}


# --- the outbox --------------------------------------------------------------------------------------------


async def test_enqueue_writes_a_row_for_each_channel_that_is_on(
    notifications: Notifications, database: Database
) -> None:
    first, second, off = [await notifications.save(HOOK, None, OWNER) for _ in range(3)]
    await database.write(lambda connection: store.set_active(connection, off, False))
    text = pack(Message("a"))
    written = await database.write(
        lambda connection: notifications.enqueue(connection, [second, first, off, 99], 1, text, 1000)
    )
    assert written == 2
    assert await waiting(database) == [(second, 1000, 0), (first, 1000, 0)]


async def test_a_failing_transaction_takes_its_messages_with_it(
    notifications: Notifications, database: Database
) -> None:
    number = await notifications.save(HOOK, None, OWNER)

    def write(connection: Any) -> None:
        notifications.enqueue(connection, [number], 1, pack(Message("a")), 1000)
        raise RuntimeError("the beat could not be written")

    with pytest.raises(RuntimeError):
        await database.write(write)
    assert await waiting(database) == []


async def test_an_edit_gives_waiting_messages_a_fresh_attempt(
    notifications: Notifications, database: Database, clock: ManualClock
) -> None:
    number = await notifications.save(HOOK, None, OWNER)
    await database.write(lambda c: notifications.enqueue(c, [number], 1, pack(Message("a")), 1000))
    message = await database.read(lambda c: store.oldest(c, number))
    assert message is not None
    await database.write(lambda c: store.failed(c, message, 2000, "no", 9_000_000_000_000))
    assert await waiting(database) == [(number, 9_000_000_000_000, 1)]
    await notifications.save(HOOK, number, OWNER)
    assert await waiting(database) == [(number, to_ms(clock.now()), 0)]


async def test_a_deleted_channel_takes_its_messages_with_it(
    notifications: Notifications, database: Database
) -> None:
    number = await notifications.save(HOOK, None, OWNER)
    await database.write(lambda c: notifications.enqueue(c, [number], 1, pack(Message("a")), 1000))
    await notifications.delete(number, OWNER)
    assert await waiting(database) == []


async def test_dead_letters_are_kept_within_bounds(
    notifications: Notifications, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "DEAD_KEPT", 3)
    number = await notifications.save(HOOK, None, OWNER)
    month = store.ENDED_KEPT_MS

    def kill(connection: Any, created: int, now: int) -> int:
        store.enqueue(connection, [number], 1, pack(Message("a")), created)
        message = store.oldest(connection, number)
        assert message is not None
        store.given_up(connection, message, now, "no")
        return store.dead_letters(connection)

    assert [await database.write(lambda c: kill(c, 0, 0)) for _ in range(5)] == [1, 2, 3, 3, 3]
    assert await database.write(lambda c: kill(c, month + 1, month + 1)) == 1


def test_a_message_survives_the_outbox() -> None:
    message = Message("ü\n", {"a": [1]}, {"status": 0})
    assert unpack(pack(message)) == message
    for text in ("", "[]", "{}", '{"text": null}'):
        with pytest.raises(ValueError, match=r"."):
            unpack(text)


def test_the_message_of_a_beat(notifications: Notifications) -> None:
    beat = Beat(status=Status.UP, msg="200 - OK", ping=4.0, retries=0)
    message = unpack(notifications.beat_message(beat, MONITOR, last_down=beat.time - 1000))
    assert message.text == "[service] [✅ Up] 200 - OK"
    assert message.monitor == MONITOR
    assert message.heartbeat is not None
    assert message.heartbeat["timezone"] == "Europe/Berlin"
    assert message.heartbeat["lastDownTime"] == "2026-11-22 01:42:02.926"


# --- testing -----------------------------------------------------------------------------------------------


async def test_test(notifications: Notifications, sink: HttpSink) -> None:
    for form in ({"name": "hook"}, {}, {"name": None}, {"name": 5}):
        said = await notifications.test({**form, "type": "webhook", "webhookURL": sink.url}, OWNER)
        assert said == "Sent Successfully."
    assert [got.json["msg"] for got in sink.got] == [
        "hook Testing",
        "undefined Testing",
        "null Testing",
        "5 Testing",
    ]


@pytest.mark.parametrize("kind", ["nothing", None, ["webhook"], 5])
async def test_test_of_an_unknown_type(notifications: Notifications, kind: Any) -> None:
    with pytest.raises(UserError, match="^Notification type is not supported$"):
        await notifications.test({**HOOK, "type": kind}, OWNER)


async def test_test_with_options_that_cannot_be_read(notifications: Notifications) -> None:
    form = {"type": "smtp", "smtpHost": "127.0.0.1", "smtpPort": "a port", "smtpFrom": "a@b.example"}
    with pytest.raises(UserError, match="smtpPort"):
        await notifications.test(form, OWNER)


# --- our own page ------------------------------------------------------------------------------------------


async def test_the_page_sees_no_secret_and_saves_without_losing_one(notifications: Notifications) -> None:
    number = await notifications.save(BOT, None, OWNER)
    form = await notifications.form(number, 1)
    assert form == {
        "name": "bot",
        "type": "telegram",
        "isDefault": True,
        "applyExisting": False,
        "telegramBotToken": KEEP,
        "telegramChatID": "5",
        "webhookURL": KEEP,  # left over from another type, and a secret there
        "telegramSendSilently": True,
        "id": number,
        "active": True,
    }
    await notifications.save({**form, "telegramChatID": "6"}, number, OWNER, from_page=True)
    (channel,) = await notifications.channels(1)
    assert channel.config == {**BOT, "applyExisting": False, "telegramChatID": "6"}


async def test_the_page_can_change_a_secret(notifications: Notifications) -> None:
    number = await notifications.save(BOT, None, OWNER)
    form = {**await notifications.form(number, 1), "telegramBotToken": "new"}
    await notifications.save(form, number, OWNER, from_page=True)
    assert (await notifications.channels(1))[0].config["telegramBotToken"] == "new"


async def test_a_mark_of_nothing_keeps_nothing(notifications: Notifications) -> None:
    with pytest.raises(UserError, match="Bot Token is required"):
        await notifications.save({**BOT, "telegramBotToken": KEEP}, None, OWNER, from_page=True)
    number = await notifications.save({**BOT, "telegramBotToken": KEEP}, None, OWNER)
    assert (await notifications.channels(1))[0].config["telegramBotToken"] == KEEP, (
        "clients may store anything"
    )
    assert number


async def test_the_page_tests_with_stored_secrets(notifications: Notifications, sink: HttpSink) -> None:
    number = await notifications.save({**HOOK, "webhookURL": sink.url}, None, OWNER)
    form = await notifications.form(number, 1)
    assert form["webhookURL"] == KEEP
    assert await notifications.test(form, OWNER, from_page=True) == "Sent Successfully."
    with pytest.raises(UserError):
        await notifications.test(form, STRANGER, from_page=True)
    assert len(sink.got) == 1


async def test_a_channel_can_be_switched_off(notifications: Notifications, database: Database) -> None:
    number = await notifications.save(HOOK, None, OWNER)
    await database.write(lambda c: notifications.enqueue(c, [number], 1, pack(Message("a")), 1000))
    await notifications.save({**HOOK, "active": False}, number, OWNER)
    assert (await notifications.channels(1))[0].active, "the original never reads this key"
    await notifications.save({**HOOK, "active": False}, number, OWNER, from_page=True)
    assert not (await notifications.channels(1))[0].active
    assert await waiting(database) == []
    await notifications.save(HOOK, number, OWNER)
    assert not (await notifications.channels(1))[0].active, "an edit elsewhere does not switch it on"


async def test_overview(notifications: Notifications, database: Database) -> None:
    number = await notifications.save(HOOK, None, OWNER)
    await database.write(lambda c: notifications.enqueue(c, [number] * 2, 1, pack(Message("a")), 1000))
    message = await database.read(lambda c: store.oldest(c, number))
    assert message is not None
    await database.write(lambda c: store.given_up(c, message, 5000, "wrong token"))
    assert await notifications.overview(1) == [
        {
            "id": number,
            "name": "hook",
            "type": "webhook",
            "label": "Webhook",
            "isDefault": False,
            "active": True,
            "lastSuccess": None,
            "lastError": "wrong token",
            "lastErrorAt": 5000,
            "waiting": 1,
            "dead": 1,
        }
    ]


async def test_a_damaged_form_is_listed_and_fails(notifications: Notifications, database: Database) -> None:
    number = await notifications.save(HOOK, None, OWNER)
    await database.write(lambda c: c.execute("UPDATE notification SET config = 'damaged'") and None)
    assert (await notifications.overview(1))[0]["type"] is None
    assert (await notifications.form(number, 1))["id"] == number
