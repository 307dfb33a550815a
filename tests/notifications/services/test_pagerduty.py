from __future__ import annotations

from typing import Any

import pytest

from tests.notifications.samples import DOWN, EXPIRY, UP
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import HttpSink


def service(sink: HttpSink, **options: Any) -> dict[str, Any]:
    return {
        "type": "PagerDuty",
        "pagerdutyIntegrationKey": "k",
        "pagerdutyIntegrationUrl": sink.url,
        **options,
    }


@pytest.mark.parametrize(
    ("on_up", "actions"),
    [
        (None, ["trigger"]),
        ("", ["trigger"]),
        ("0", ["trigger"]),
        ("acknowledge", ["trigger", "acknowledge"]),
        ("resolve", ["trigger", "resolve"]),
    ],
)
async def test_what_follows_a_recovery(
    sink: HttpSink, send: Send, on_up: str | None, actions: list[str]
) -> None:
    for message in (DOWN, UP):
        said = await send(message, **service(sink, pagerdutyAutoResolve=on_up))
        assert said == "Sent Successfully."
    assert [got.json["event_action"] for got in sink.got] == actions
    assert {got.json["dedup_key"] for got in sink.got} == {"Uptime Kuma/7"}


async def test_a_warning_has_no_link(sink: HttpSink, send: Send) -> None:
    await send(EXPIRY, **service(sink))
    assert sink.got[0].json == {
        "payload": {
            "summary": f"[Uptime Kuma Alert] {EXPIRY.text}",
            "severity": "warning",
            "source": "Uptime Kuma Test Button",
        },
        "routing_key": "k",
        "event_action": "trigger",
        "dedup_key": "Uptime Kuma/test",
    }
