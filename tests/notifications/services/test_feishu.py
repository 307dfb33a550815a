from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from tests.notifications.samples import DOWN, DOWN_BEAT, MONITOR, TEST
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


@pytest.mark.parametrize(
    ("body", "permanent"),
    [
        (b'{"code":19001,"msg":"param invalid"}', True),
        (b'{"StatusCode":19001,"StatusMessage":"param invalid"}', True),
        (b'{"code":11232,"msg":"param invalid"}', False),
    ],
)
async def test_a_refusal_in_a_200(sink: HttpSink, send: Send, body: bytes, permanent: bool) -> None:
    sink.answer = Answer(200, body)
    with pytest.raises(DeliveryFailed, match="Feishu refused: param invalid") as failed:
        await send(DOWN, type="Feishu", feishuWebHookUrl=sink.url)
    assert failed.value.permanent is permanent


async def test_what_is_taken(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(200, b'{"StatusCode":0,"StatusMessage":"success","code":0,"msg":"success"}')
    assert await send(TEST, type="Feishu", feishuWebHookUrl=sink.url) == "Sent Successfully."


async def test_texts_of_others_mention_nobody(sink: HttpSink, send: Send) -> None:
    text = '<at id=all></at> <at user_id="all">x</at>'
    beat = {**DOWN_BEAT, "msg": text}
    for message in (Message(text), Message(text, MONITOR, beat)):
        await send(message, type="Feishu", feishuWebHookUrl=sink.url)
    for got in sink.got:
        assert b"&lt;at id=all>" in got.body
        assert b"<at" not in got.body
