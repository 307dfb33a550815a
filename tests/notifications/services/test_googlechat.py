from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from tests.notifications.samples import DOWN
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


async def test_a_message_refused_for_haste_is_tried_again_later(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(429, b'{"error":{"code":429}}', headers={"Retry-After": "60"})
    with pytest.raises(DeliveryFailed) as failed:
        await send(DOWN, type="GoogleChat", googleChatWebhookURL=sink.url, googleChatMaxRetries=3)
    assert (failed.value.permanent, failed.value.retry_after, len(sink.got)) == (False, 60, 1)


async def test_a_long_text_is_cut_with_its_marks_whole(sink: HttpSink, send: Send) -> None:
    await send(Message("<ü>" * 9000), type="GoogleChat", googleChatWebhookURL=sink.url)
    text = sink.got[0].json["cardsV2"][0]["card"]["sections"][0]["widgets"][0]["textParagraph"]["text"]
    assert 19_900 < len(text.encode()) <= 20_030
    assert text.endswith(("ü…", "&lt;…", "&gt;…"))
