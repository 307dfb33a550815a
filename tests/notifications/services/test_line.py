from __future__ import annotations

from types import SimpleNamespace

import pytest

from kuma_lite.core.declarations import Message
from kuma_lite.notifications.delivery import Context
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.line import Line, LineOptions
from tests.notifications.samples import DOWN_BEAT, MONITOR


@pytest.mark.parametrize(
    "message",
    [Message("m", {**MONITOR, "name": "n" * 150}, {**DOWN_BEAT, "msg": "🚀" * 5000}), Message("🚀" * 5000)],
)
def test_a_long_text_is_cut(message: Message) -> None:
    call = Line().request(LineOptions.read({}), kit.News.of(message, Context(SimpleNamespace(), "")))
    assert isinstance(call.json, dict)
    text = call.json["messages"][0]["text"]
    assert 4_400 < len(text.encode("utf-16-le")) // 2 <= 5_000
    assert "🚀…" in text
