from __future__ import annotations

from tests.notifications.samples import DOWN
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink

TEMPLATE = {"vkteamsUseTemplate": True, "vkteamsTemplateFormat": "MarkdownV2"}


async def test_values_in_a_template_are_escaped_and_its_marks_are_kept(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(200, b'{"ok":true}')
    who = {"vkteamsBotToken": "t", "vkteamsChatId": "c", "vkteamsBaseUrl": f"{sink.url}/"}
    await send(DOWN, type="VKTeams", **who, **TEMPLATE, vkteamsTemplate="*{{ name }}*: {{ msg }}")
    await send(DOWN, type="VKTeams", **who, **TEMPLATE, vkteamsTemplate=" ")
    custom, usual = (got.query for got in sink.got)
    escaped = "\\[service\\] \\[🔴 Down\\] Request failed with status code 503"
    assert custom["text"] == f"*service*: {escaped}"
    assert custom["parseMode"] == "MarkdownV2"
    assert usual == {"token": "t", "chatId": "c", "text": DOWN.text}
