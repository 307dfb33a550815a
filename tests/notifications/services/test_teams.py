from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from tests.notifications.samples import TEST
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


@pytest.mark.parametrize(("status", "permanent"), [(429, False), (503, False), (413, True)])
async def test_a_refusal_in_a_200(sink: HttpSink, send: Send, status: int, permanent: bool) -> None:
    said = (
        f"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error {status}."
    )
    sink.answer = Answer(200, said.encode())
    with pytest.raises(DeliveryFailed, match="Teams refused: Webhook message delivery failed") as failed:
        await send(TEST, type="teams", webhookUrl=sink.url)
    assert failed.value.permanent is permanent
    sink.answer = Answer(200, b"1")
    assert await send(TEST, type="teams", webhookUrl=sink.url) == "Sent Successfully."


async def test_a_card_is_no_larger_than_teams_takes(sink: HttpSink, send: Send) -> None:
    await send(Message("🚀" * 10_000), type="teams", webhookUrl=sink.url)
    assert 16_000 < len(sink.got[0].body) < 20_000
