from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.notifications.services.discord import AVATAR as DEFAULT_AVATAR
from kuma_lite.notifications.services.discord import duration
from tests.notifications.samples import DOWN, EXPIRY, MONITOR, TEST, UP, UP_BEAT
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink

AVATAR = Answer(200, b'{"avatar": "a_1"}')


def channel(sink: HttpSink, **options: Any) -> dict[str, Any]:
    return {"type": "discord", "discordWebhookUrl": f"{sink.url}/api/webhooks/1/token", **options}


async def post(sink: HttpSink, send: Send, message: Message, **options: Any) -> dict[str, Any]:
    """What is posted to a webhook that has a picture of its own."""
    sink.script = [AVATAR]
    assert await send(message, **channel(sink, **options)) == "Sent Successfully."
    assert [got.method for got in sink.got] == ["GET", "POST"]
    payload: dict[str, Any] = sink.got[1].json
    return payload


async def test_down(sink: HttpSink, send: Send) -> None:
    assert await post(sink, send, DOWN) == {
        "username": "Uptime Kuma",
        "embeds": [
            {
                "title": "❌ Your service service went down. ❌",
                "color": 16711680,
                "timestamp": "2026-11-22 01:42:03.926",
                "fields": [
                    {"name": "Service Name", "value": "service"},
                    {"name": "Service URL", "value": "http://127.0.0.1:1/flip/n"},
                    {"name": "Went Offline", "value": "<t:1795311723:F>"},
                    {"name": "Time (Europe/Berlin)", "value": "2026-11-22 02:42:03"},
                    {"name": "Error", "value": "Request failed with status code 503"},
                ],
            }
        ],
    }


async def test_up(sink: HttpSink, send: Send) -> None:
    payload = await post(sink, send, UP, discordPrefixMessage="Hello @everyone", discordUsername="Bot")
    assert (payload["username"], payload["content"]) == ("Bot", "Hello @everyone")
    (embed,) = payload["embeds"]
    assert (embed["title"], embed["color"]) == ("✅ Your service service is up! ✅", 65280)
    assert embed["fields"][2:] == [
        {"name": "Went Offline", "value": "<t:1795311723:F>"},
        {"name": "Downtime Duration", "value": "1h 4m"},
        {"name": "Time (Europe/Berlin)", "value": "2026-11-22 03:46:13"},
        {"name": "Ping", "value": "4 ms"},
    ]


async def test_up_without_a_known_outage_or_ping(sink: HttpSink, send: Send) -> None:
    beat = {key: value for key, value in UP_BEAT.items() if key not in ("lastDownTime", "ping")}
    payload = await post(sink, send, Message("m", {**MONITOR, "type": "push"}, beat))
    assert [field["name"] for field in payload["embeds"][0]["fields"]] == [
        "Service Name",
        "Service Type",
        "Time (Europe/Berlin)",
    ]


async def test_the_address_can_be_left_out(sink: HttpSink, send: Send) -> None:
    payload = await post(sink, send, DOWN, disableUrl=True)
    assert "Service URL" not in [field["name"] for field in payload["embeds"][0]["fields"]]


@pytest.mark.parametrize(
    ("message", "options", "content"),
    [
        (TEST, {}, "My Alert Testing"),
        (EXPIRY, {}, EXPIRY.text),
        (TEST, {"discordMessageFormat": "minimalist"}, "Test: My Alert Testing"),
        (DOWN, {"discordMessageFormat": "minimalist"}, "🔴 service is down."),
        (UP, {"discordMessageFormat": "minimalist"}, "🟢 service is up."),
        (DOWN, {"discordMessageFormat": "custom", "discordMessageTemplate": "{{ name }}!"}, "service!"),
        (DOWN, {"discordUseMessageTemplate": True, "discordMessageTemplate": "{{ name }}!"}, "service!"),
        (TEST, {"discordMessageFormat": "custom", "discordMessageTemplate": " "}, "My Alert Testing"),
        (Message("x" * 3000), {}, "x" * 1999 + "…"),
    ],
)
async def test_words(
    sink: HttpSink, send: Send, message: Message, options: dict[str, Any], content: str
) -> None:
    assert await post(sink, send, message, **options) == {"username": "Uptime Kuma", "content": content}


async def test_an_empty_template_means_the_normal_format(sink: HttpSink, send: Send) -> None:
    payload = await post(sink, send, DOWN, discordMessageFormat="custom", discordMessageTemplate="")
    assert "embeds" in payload


async def test_forums_threads_and_silence(sink: HttpSink, send: Send) -> None:
    payload = await post(
        sink,
        send,
        TEST,
        discordChannelType="createNewForumPost",
        postName="Post",
        discordSuppressNotifications=True,
    )
    assert (payload["thread_name"], payload["flags"]) == ("Post", 4096)
    assert sink.got[1].query == {}


async def test_a_thread_goes_into_the_query(sink: HttpSink, send: Send) -> None:
    options = {"discordChannelType": "postToThread", "threadId": "99"}
    payload = await post(sink, send, TEST, **options)
    assert "thread_name" not in payload
    assert [got.query for got in sink.got] == [{"thread_id": "99"}] * 2  # as recorded


@pytest.mark.parametrize(
    ("answer", "url"),
    [
        (AVATAR, None),
        (Answer(200, b'{"avatar": null}'), DEFAULT_AVATAR),
        (Answer(500), None),
        (Answer(200, b"not json"), None),
        (Answer(drop=True), None),
    ],
)
async def test_avatar(sink: HttpSink, send: Send, answer: Answer, url: str | None) -> None:
    sink.script = [answer]
    await send(TEST, **channel(sink))
    assert sink.posts[0].json.get("avatar_url") == url


async def test_rate_limit(sink: HttpSink, send: Send) -> None:
    sink.script = [AVATAR]
    sink.answer = Answer(429, b'{"message": "slow", "retry_after": 0.75}')
    with pytest.raises(DeliveryFailed) as failed:
        await send(TEST, **channel(sink))
    assert failed.value.retry_after == 0.75


async def test_long_texts_are_cut_to_what_discord_takes(sink: HttpSink, send: Send) -> None:
    message = Message("m", {**MONITOR, "name": "n" * 5000}, {**DOWN.heartbeat, "msg": "e" * 5000})  # type: ignore[dict-item]
    payload = await post(sink, send, message)
    embed = payload["embeds"][0]
    assert len(embed["title"]) == 256
    assert max(len(field["value"]) for field in embed["fields"]) == 1024


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (250, "4m 10s"),
        (3600, "1h"),
        (3905, "1h 5m"),
        (90_000, "25h"),
        (-5, "0s"),
    ],
)
def test_duration(seconds: int, text: str) -> None:
    assert duration(seconds) == text
