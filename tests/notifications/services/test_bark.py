from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from tests.notifications.samples import TEST
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


async def test_a_refusal_in_a_200_does_not_show_the_key(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(200, b'{"code":400,"message":"failed to get device token"}')
    with pytest.raises(DeliveryFailed, match="Bark refused: failed to get device token"):
        await send(TEST, type="Bark", barkEndpoint=f"{sink.url}/KEY")
    sink.answer = Answer(200, b'{"code":200,"message":"success"}')
    await send(TEST, type="Bark", barkEndpoint=f"{sink.url}/KEY")


async def test_what_is_empty_is_sent_as_such_to_version_1(sink: HttpSink, send: Send) -> None:
    await send(TEST, type="Bark", barkEndpoint=f"{sink.url}/KEY//", barkGroup="", barkSound="")
    assert sink.got[0].target.startswith("/KEY/UptimeKuma%20Message/My%20Alert%20Testing?icon=")
    assert sink.got[0].target.endswith("&group=&sound=")


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_a_long_text_is_cut(sink: HttpSink, send: Send, version: str) -> None:
    await send(Message("🚀" * 2000), type="Bark", barkEndpoint=sink.url, apiVersion=version)
    got = sink.got[0]
    assert got.target.count("%F0%9F%9A%80") + got.body.decode().count("🚀") == 624
