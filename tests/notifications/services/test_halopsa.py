from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from tests.notifications.samples import TEST
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


async def test_only_three_answers_are_a_success(sink: HttpSink, send: Send) -> None:
    for status in (200, 201, 204):
        sink.answer = Answer(status, b"")
        assert await send(TEST, type="HaloPSA", halowebhookurl=sink.url) == "Sent Successfully."
    sink.answer = Answer(202, b"")
    with pytest.raises(DeliveryFailed, match="Received unexpected status code 202"):
        await send(TEST, type="HaloPSA", halowebhookurl=sink.url)
