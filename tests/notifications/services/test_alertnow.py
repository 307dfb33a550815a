from __future__ import annotations

from tests.notifications.samples import DOWN, UP
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import HttpSink


async def test_a_recovery_closes_the_incident_of_its_monitor(sink: HttpSink, send: Send) -> None:
    for message in (DOWN, UP):
        await send(message, type="AlertNow", alertNowWebhookURL=sink.url)
    assert [(got.json["event_id"], got.json["status"]) for got in sink.got] == [
        ("uptime-kuma-7", "open"),
        ("uptime-kuma-7", "close"),
    ]
