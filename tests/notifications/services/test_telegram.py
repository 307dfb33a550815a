from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from tests.notifications.samples import DOWN, TEST
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


def bot(sink: HttpSink, **options: Any) -> dict[str, Any]:
    return {
        "type": "telegram",
        "telegramServerUrl": sink.url,
        "telegramBotToken": "1234:secret",
        "telegramChatID": "-100",
        **options,
    }


async def test_a_plain_message(sink: HttpSink, send: Send) -> None:
    assert await send(DOWN, **bot(sink)) == "Sent Successfully."
    assert (sink.got[0].method, sink.got[0].target) == ("POST", "/bot1234:secret/sendMessage")
    assert sink.got[0].json == {
        "chat_id": "-100",
        "text": DOWN.text,
        "disable_notification": False,
        "protect_content": False,
        "link_preview_options": {"is_disabled": True},
    }


async def test_all_switches(sink: HttpSink, send: Send) -> None:
    options = {
        "telegramMessageThreadID": 7,
        "telegramSendSilently": True,
        "telegramProtectContent": True,
        "telegramChatID": -100,
    }
    await send(TEST, **bot(sink, **options))
    got = sink.got[0].json
    assert (got["message_thread_id"], got["chat_id"]) == ("7", "-100")
    assert got["disable_notification"] is got["protect_content"] is True


@pytest.mark.parametrize(
    ("mode", "text", "parse_mode"),
    [
        ("plain", "*service* 🔴 Down [service] [🔴 Down] Request failed with status code 503", None),
        ("HTML", "*service* 🔴 Down [service] [🔴 Down] Request failed with status code 503", "HTML"),
        (
            "MarkdownV2",
            "*service* 🔴 Down \\[service\\] \\[🔴 Down\\] Request failed with status code 503",
            "MarkdownV2",
        ),
    ],
)
async def test_templates(sink: HttpSink, send: Send, mode: str, text: str, parse_mode: str | None) -> None:
    template = {"telegramTemplate": "*{{ name }}* {{ status }} {{ msg }}", "telegramTemplateParseMode": mode}
    await send(DOWN, **bot(sink, telegramUseTemplate=True, **template))
    assert sink.got[0].json["text"] == text
    assert sink.got[0].json.get("parse_mode") == parse_mode


async def test_markdown_escapes_objects_and_keeps_the_address_of_the_type(sink: HttpSink, send: Send) -> None:
    message = Message("m", {"name": "a.b", "type": "port", "hostname": "my-host", "port": 22}, {"msg": "x!"})
    options = {
        "telegramUseTemplate": True,
        "telegramTemplateParseMode": "MarkdownV2",
        "telegramTemplate": "{{ monitorJSON.name }} {{ heartbeatJSON.msg }} {{ hostnameOrURL }}",
    }
    await send(message, **bot(sink, **options))
    assert sink.got[0].json["text"] == r"a\.b x\! my\-host:22"


async def test_markdown_of_a_test_message(sink: HttpSink, send: Send) -> None:
    options = {
        "telegramUseTemplate": True,
        "telegramTemplateParseMode": "MarkdownV2",
        "telegramTemplate": "{{ NAME }} {{ hostnameOrURL }} {{ msg }} {{ status }}",
    }
    await send(Message("A-1 Testing"), **bot(sink, **options))
    assert sink.got[0].json["text"] == r"Monitor Name not available testing\.hostname A\-1 Testing ⚠️ Test"


async def test_a_long_text_is_cut(sink: HttpSink, send: Send) -> None:
    await send(Message("x" * 5000), **bot(sink))
    assert sink.got[0].json["text"] == "x" * 4095 + "…"


async def test_flood_control(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(429, b'{"ok":false,"error_code":429,"parameters":{"retry_after":31}}')
    with pytest.raises(DeliveryFailed) as failed:
        await send(TEST, **bot(sink))
    assert (failed.value.retry_after, failed.value.permanent) == (31, False)


async def test_a_wrong_token_is_final_and_not_shown(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(404, b'{"ok":false,"description":"1234:secret"}')
    with pytest.raises(DeliveryFailed) as failed:
        await send(TEST, **bot(sink))
    assert failed.value.permanent
    assert "secret" not in failed.value.message


@pytest.mark.parametrize("mode", ["HTML", "MarkdownV2"])
async def test_long_values_are_cut_where_marks_must_stay_whole(sink: HttpSink, send: Send, mode: str) -> None:
    options = {
        "telegramUseTemplate": True,
        "telegramTemplateParseMode": mode,
        "telegramTemplate": "<b>{{ name }}</b> {{ msg }} {{ heartbeatJSON.msg }}!",
    }
    message = Message("<x.y>" * 2000, {"name": "n"}, {"msg": "<x.y>" * 2000})
    await send(message, **bot(sink, **options))
    text = sink.got[0].json["text"]
    assert len(text) <= 4096
    assert text.startswith("<b>n</b> ") and text.endswith("…!")


async def test_values_of_an_html_template_are_escaped(sink: HttpSink, send: Send) -> None:
    options = {
        "telegramUseTemplate": True,
        "telegramTemplateParseMode": "HTML",
        "telegramTemplate": "<b>{{ name }}</b> {{ msg }}",
    }
    await send(Message("5 < 6", {"name": "R&D"}, {}), **bot(sink, **options))
    assert sink.got[0].json["text"] == "<b>R&amp;D</b> 5 &lt; 6"
