from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from tests.notifications.samples import TEST
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


async def test_a_refusal_in_a_200(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(200, b'{"success":false,"error":"invalid-channel"}')
    with pytest.raises(DeliveryFailed, match="Rocket.Chat refused: invalid-channel"):
        await send(TEST, type="rocket.chat", rocketwebhookURL=sink.url)
    sink.answer = Answer(200, b'{"success":true}')
    assert await send(TEST, type="rocket.chat", rocketwebhookURL=sink.url) == "Sent Successfully."
