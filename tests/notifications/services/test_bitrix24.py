from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from tests.notifications.samples import TEST
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


@pytest.mark.parametrize("said", [b'{"error":"X","error_description":"no user"}', b'{"error":"no user"}'])
async def test_a_refusal_in_a_200(sink: HttpSink, send: Send, said: bytes) -> None:
    sink.answer = Answer(200, said)
    with pytest.raises(DeliveryFailed, match="Bitrix24 refused: no user"):
        await send(TEST, type="Bitrix24", bitrix24WebhookURL=sink.url, bitrix24UserID="1")
    sink.answer = Answer(200, b'{"result":17}')
    assert await send(TEST, type="Bitrix24", bitrix24WebhookURL=sink.url, bitrix24UserID="1")
