from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kuma_lite.core.declarations import Message
from kuma_lite.net.http import HttpClient
from kuma_lite.notifications.delivery import Context, Services, deliver
from tests.notifications.samples import DOWN, DOWN_BEAT, MONITOR
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import HttpSink


def webhook(sink: HttpSink, **options: Any) -> dict[str, Any]:
    return {"type": "slack", "slackwebhookURL": f"{sink.url}/services/T", **options}


async def test_blocks_are_no_longer_than_slack_takes(sink: HttpSink, send: Send) -> None:
    message = Message("x <@U1> " * 500, {**MONITOR, "name": "n" * 300}, DOWN_BEAT)
    await send(message, **webhook(sink, slackrichmessage=True, slackchannelnotify=True))
    header, section, _ = sink.got[0].json["attachments"][0]["blocks"]
    assert header["text"]["text"] == "n" * 149 + "…"
    text = section["fields"][0]["text"]
    assert len(text) <= 2000
    assert text.startswith("*Message*\nx &lt;@U1> x &lt;@U1>")
    assert text.endswith("… <!channel>")


@pytest.mark.parametrize("key", ["slack", "rocket"])
async def test_an_old_address_of_ours_counts_where_none_is_set(
    sink: HttpSink, declared: Services, key: str
) -> None:
    config = {
        "type": {"slack": "slack", "rocket": "rocket.chat"}[key],
        f"{key}webhookURL": sink.url,
        f"{key}button": "https://old.example",
        "slackrichmessage": True,
    }
    for base in ("", "https://kuma.example"):
        await deliver(declared, config, DOWN, Context(SimpleNamespace(http=HttpClient()), base))
    assert b'"https://old.example/dashboard/7"' in sink.got[0].body
    assert b"old.example" not in sink.got[1].body
    assert b'"https://kuma.example/dashboard/7"' in sink.got[1].body


async def test_values_in_a_template_mention_nobody_and_the_switch_does(sink: HttpSink, send: Send) -> None:
    message = Message("all <!here>", {**MONITOR, "name": "<#C1>"}, DOWN_BEAT)
    template = {"slackUseTemplate": True, "slackTemplate": "<@U2> {{ monitorJSON.name }} {{ msg }}"}
    await send(message, **webhook(sink, **template, slackchannelnotify=True))
    assert sink.got[0].json == {"text": "<@U2> &lt;#C1> all &lt;!here> <!channel>"}


async def test_a_blank_template_is_none(sink: HttpSink, send: Send) -> None:
    await send(DOWN, **webhook(sink, slackUseTemplate=True, slackTemplate=" "))
    assert sink.got[0].json["text"] == f"service\n{DOWN.text}"
