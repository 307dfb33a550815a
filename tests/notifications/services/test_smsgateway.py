from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from tests.notifications.samples import DOWN
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink

TAKEN = Answer(200, b'{"status": "sent"}')
FAILED = Answer(200, b'{"status": "failed", "message": "modem offline"}')


async def test_one_number_that_fails_does_not_stop_the_others(sink: HttpSink, send: Send) -> None:
    options = {"smsgatewayUrl": f"{sink.url}/", "smsgatewayApiKey": "key", "smsgatewayTo": "+1, +2,, +3"}
    sink.script = [TAKEN, FAILED, TAKEN]
    said = await send(DOWN, type="SMSGateway", **options)
    assert said == "Sent Successfully. But not to everybody: The SMS could not be sent: modem offline"
    assert [got.json["to"] for got in sink.got] == ["+1", "+2", "+3"]


async def test_no_number_is_no_success(sink: HttpSink, send: Send) -> None:
    options = {"smsgatewayUrl": sink.url, "smsgatewayApiKey": "key", "smsgatewayTo": " , "}
    with pytest.raises(DeliveryFailed, match="No phone number"):
        await send(DOWN, type="SMSGateway", **options)
    assert sink.got == []
