from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.declarations import Message
from tests.notifications.samples import DOWN, MONITOR, TEST, UP, UP_BEAT
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import HttpSink


def topic(sink: HttpSink, **options: Any) -> dict[str, Any]:
    return {"type": "ntfy", "ntfyserverurl": sink.url, "ntfytopic": "alerts", "ntfyPriority": 3, **options}


async def test_a_test_message(sink: HttpSink, send: Send) -> None:
    assert await send(TEST, **topic(sink)) == "Sent Successfully."
    assert (sink.got[0].method, sink.got[0].target) == ("POST", "/")
    assert sink.got[0].json == {
        "topic": "alerts",
        "title": "alerts [Uptime-Kuma]",
        "message": "My Alert Testing",
        "priority": 3,
        "tags": ["test_tube"],
    }
    assert "authorization" not in sink.got[0].headers


async def test_down(sink: HttpSink, send: Send) -> None:
    await send(DOWN, **topic(sink, ntfyIcon="https://x/i.png", ntfyPriorityDown="5"))
    assert sink.got[0].json == {
        "topic": "alerts",
        "title": "service Down [Uptime-Kuma]",
        "message": "Request failed with status code 503",
        "priority": 5,
        "tags": ["red_circle", "t: v", "bare"],
        "actions": [{"action": "view", "label": "Open service", "url": "http://127.0.0.1:1/flip/n"}],
        "icon": "https://x/i.png",
    }


async def test_up_of_something_without_an_address(sink: HttpSink, send: Send) -> None:
    monitor = {**MONITOR, "url": "https://", "tags": []}
    await send(Message("m", monitor, UP_BEAT), **topic(sink))
    assert sink.got[0].json == {
        "topic": "alerts",
        "title": "service Up [Uptime-Kuma]",
        "message": "200 - OK",
        "priority": 3,
        "tags": ["green_circle"],
    }


@pytest.mark.parametrize(
    ("message", "usual", "down", "priority"),
    [
        (UP, None, None, 4),
        (UP, 2, 5, 2),
        (DOWN, None, None, 5),
        (DOWN, 3, None, 4),
        (DOWN, 5, None, 5),
        (DOWN, 3, 1, 1),
        (DOWN, "3", "", 4),
        (TEST, None, None, None),
    ],
)
async def test_priorities(
    sink: HttpSink, send: Send, message: Message, usual: Any, down: Any, priority: int | None
) -> None:
    await send(message, **topic(sink, ntfyPriority=usual, ntfyPriorityDown=down))
    assert sink.got[0].json.get("priority") == priority


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({"ntfyAuthenticationMethod": "none", "ntfyusername": "u"}, None),
        (
            {"ntfyAuthenticationMethod": "usernamePassword", "ntfyusername": "ü", "ntfypassword": "p"},
            "Basic w7w6cA==",
        ),
        ({"ntfyusername": "u", "ntfypassword": "p"}, "Basic dTpw"),
        ({"ntfyAuthenticationMethod": "accessToken", "ntfyaccesstoken": "tk_1"}, "Bearer tk_1"),
    ],
)
async def test_authentication(
    sink: HttpSink, send: Send, options: dict[str, Any], header: str | None
) -> None:
    await send(TEST, **topic(sink, **options))
    assert sink.got[0].headers.get("authorization") == header


async def test_phone_call(sink: HttpSink, send: Send) -> None:
    await send(TEST, **topic(sink, ntfyCall="yes"))
    assert sink.got[0].headers["x-call"] == "yes"


async def test_templates(sink: HttpSink, send: Send) -> None:
    words = {"ntfyCustomTitle": "{{ name }}!", "ntfyCustomMessage": "{{ status }}"}
    await send(DOWN, **topic(sink, ntfyUseTemplate=True, **words))
    await send(DOWN, **topic(sink, ntfyUseTemplate=False, **words))
    await send(TEST, **topic(sink, ntfyUseTemplate=True, ntfyCustomTitle=" ", ntfyCustomMessage="{{ msg }}?"))
    assert [(got.json["title"], got.json["message"]) for got in sink.got] == [
        ("service!", "🔴 Down"),
        ("service Down [Uptime-Kuma]", "Request failed with status code 503"),
        ("alerts [Uptime-Kuma]", "My Alert Testing?"),
    ]
