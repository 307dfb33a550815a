"""What channels declare secret is in no log and in no error text."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.errors import UserError
from kuma_lite.core.log import redact
from kuma_lite.notifications import store
from kuma_lite.notifications.service import Notifications
from tests.notifications.peers import Settings
from tests.notifications.sinks import Answer, Got, HttpSink
from tests.support.actors import OWNER, Pushes


async def test_logs_know_the_secrets_of_what_is_stored(notifications: Notifications) -> None:
    token = "777001:AA-telling-nobody"
    form = {"name": "n", "type": "telegram", "telegramBotToken": token, "telegramChatID": "1"}
    number = await notifications.save(form, None, OWNER)
    assert redact(f"POST /bot{token}/x") == "POST /bot***/x"
    await notifications.save({**form, "telegramBotToken": "777001:AA-another"}, number, OWNER)
    assert redact(f"{token} 777001:AA-another") == f"{token} ***"
    await notifications.delete(number, OWNER)
    assert redact("777001:AA-another") == "777001:AA-another"


async def test_logs_know_the_secrets_of_what_was_stored_before(
    database: Database, network: Any, clock: ManualClock, bus: Bus, pushes: Pushes
) -> None:
    form = {
        "name": "n",
        "type": "mattermost",
        "mattermostWebhookUrl": "https://mm.example/hooks/k3y-of-before",
    }
    await database.write(lambda connection: store.add(connection, form, 1, 1))
    await database.write(lambda connection: store.add(connection, {"type": "carrier-pigeon"}, 1, 1))
    started = Notifications(database, network, Settings(), clock, bus, pushes)
    await started.start()
    async with asyncio.timeout(20):
        while "k3y" in redact("/hooks/k3y-of-before"):
            await asyncio.sleep(0.01)
    await started.stop()


async def test_what_is_tried_out_is_known_while_it_is(notifications: Notifications, sink: HttpSink) -> None:
    seen: list[str] = []

    def look(got: Got) -> None:
        seen.append(redact(f"asked for {got.path}"))

    sink.on_request = look
    form = {"name": "n", "type": "webhook", "webhookURL": f"{sink.url}/hooks/k3y-of-a-form"}
    await notifications.test(form, OWNER)
    assert seen == ["asked for ***"]
    assert redact("/hooks/k3y-of-a-form") == "/hooks/k3y-of-a-form"


async def test_a_secret_of_another_channel_is_in_no_error_either(
    notifications: Notifications, sink: HttpSink
) -> None:
    await notifications.save(
        {"name": "n", "type": "pushover", "pushoverapptoken": "aZ9-of-another", "pushoveruserkey": "u"},
        None,
        OWNER,
    )
    sink.answer = Answer(400, b"you are not aZ9-of-another")
    with pytest.raises(UserError) as refused:
        await notifications.test({"type": "webhook", "webhookURL": sink.url}, OWNER)
    assert str(refused.value).endswith("you are not ***")
