"""Services that refuse with a 200, and what passes by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from tests.notifications.samples import DOWN, UP
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink

DINGTALK = {"type": "DingDing", "webHookUrl": "{url}", "secretKey": "s"}
ROUTER = {
    "type": "Teltonika",
    "teltonikaUsername": "u",
    "teltonikaPassword": "p",
    "teltonikaModem": "1-1",
    "teltonikaPhoneNumber": "+1",
}


@pytest.mark.parametrize(
    ("config", "answer", "permanent"),
    [
        ({"type": "Feishu", "feishuWebHookUrl": "{url}"}, {"code": 19001, "msg": "param invalid"}, True),
        ({"type": "Feishu", "feishuWebHookUrl": "{url}"}, {"code": 11232, "msg": "too frequent"}, False),
        (DINGTALK, {"errcode": 310000, "errmsg": "sign not match"}, True),
        (DINGTALK, {"errcode": 130101, "errmsg": "send too fast"}, False),
        ({**ROUTER, "teltonikaUrl": "{url}"}, {"success": False, "errors": [{"error": "x"}]}, True),
    ],
)
async def test_a_refusal_in_a_200(
    sink: HttpSink, send: Send, config: dict[str, Any], answer: dict[str, Any], permanent: bool
) -> None:
    sink.answer = Answer(200, json.dumps(answer).encode())
    with pytest.raises(DeliveryFailed, match="refused: ") as failed:
        await send(DOWN, **{key: value.format(url=sink.url) for key, value in config.items()})
    assert failed.value.permanent is permanent


async def test_a_login_that_is_refused_sends_nothing(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(200, b'{"success": false, "errors": {"error": "Login failed for any reason"}}')
    with pytest.raises(DeliveryFailed, match="Login failed for any reason"):
        await send(DOWN, **ROUTER, teltonikaUrl=f"{sink.url}/some/path")
    assert [got.path for got in sink.got] == ["/api/login"]


async def test_pagerduty_is_left_alone_when_it_shall_resolve_nothing(send: Send, sink: HttpSink) -> None:
    config = {"type": "PagerDuty", "pagerdutyIntegrationKey": "k", "pagerdutyIntegrationUrl": sink.url}
    assert await send(UP, **config, pagerdutyAutoResolve="0") == "Sent Successfully."
    assert sink.got == []
