from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from tests.notifications.samples import DOWN, UP
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


@pytest.mark.parametrize(
    ("options", "types"),
    [
        ({}, ["CRITICAL"]),
        ({"splunkSeverity": "", "splunkAutoResolve": ""}, ["CRITICAL"]),
        ({"splunkSeverity": "INFO", "splunkAutoResolve": "0"}, ["INFO"]),
        ({"splunkAutoResolve": "ACKNOWLEDGEMENT"}, ["CRITICAL", "ACKNOWLEDGEMENT"]),
        ({"splunkAutoResolve": "RECOVERY"}, ["CRITICAL", "RECOVERY"]),
    ],
)
async def test_what_follows_a_recovery(
    sink: HttpSink, send: Send, options: dict[str, Any], types: list[str]
) -> None:
    for message in (DOWN, UP):
        assert await send(message, type="Splunk", splunkRestURL=sink.url, **options) == "Sent Successfully."
    assert [got.json["message_type"] for got in sink.got] == types
    assert {got.json["entity_id"] for got in sink.got} == {"Uptime Kuma/7"}


async def test_a_refusal_in_a_200(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(200, b'{"result":"failure","message":"no such key"}')
    with pytest.raises(DeliveryFailed, match="Splunk On-Call refused: no such key"):
        await send(DOWN, type="Splunk", splunkRestURL=sink.url)
    sink.answer = Answer(200, b'{"result":"success","entity_id":"Uptime Kuma/7"}')
    assert await send(DOWN, type="Splunk", splunkRestURL=sink.url) == "Sent Successfully."


@pytest.mark.parametrize(
    ("options", "types"),
    [
        ({}, ["create", "resolve"]),
        ({"pagertreeAutoResolve": "resolve"}, ["create", "resolve"]),
        ({"pagertreeAutoResolve": "0"}, ["create"]),
    ],
)
async def test_what_follows_a_recovery_at_pagertree(
    sink: HttpSink, send: Send, options: dict[str, Any], types: list[str]
) -> None:
    for message in (DOWN, UP):
        await send(message, type="PagerTree", pagertreeIntegrationUrl=sink.url, **options)
    assert [(got.json["event_type"], got.json["id"]) for got in sink.got] == [(kind, 7) for kind in types]
