from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from tests.notifications.samples import DOWN_BEAT, EXPIRY, MONITOR
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


async def test_a_refusal_in_a_200(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(200, b'{"request_id":"r","error":{"code":"AccessDenied","message":"bad key"}}')
    with pytest.raises(DeliveryFailed, match="FlashDuty refused: bad key"):
        await send(EXPIRY, type="FlashDuty", flashdutyIntegrationKey=sink.url)


async def test_two_warnings_are_two_alerts(sink: HttpSink, send: Send) -> None:
    for _ in range(2):
        await send(EXPIRY, type="FlashDuty", flashdutyIntegrationKey=sink.url)
    one, other = (got.json["alert_key"] for got in sink.got)
    assert one != other


async def test_a_target_without_an_address_is_called_by_its_name(sink: HttpSink, send: Send) -> None:
    message = Message("m", {**MONITOR, "type": "docker", "url": "https://"}, DOWN_BEAT)
    await send(message, type="FlashDuty", flashdutyIntegrationKey=sink.url)
    labels = {"resource": "service", "check": "service", "t": "v", "bare": ""}
    assert sink.got[0].json["labels"] == labels
