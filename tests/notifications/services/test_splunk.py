from __future__ import annotations

from typing import Any

import pytest

from tests.notifications.samples import DOWN, UP
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import HttpSink


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
