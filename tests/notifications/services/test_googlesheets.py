from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from tests.notifications.samples import TEST
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


async def test_a_login_page_is_no_success(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(200, b'<!doctype html><a href="https://accounts.google.com/signin">Sign in</a>')
    with pytest.raises(DeliveryFailed, match="Google asks for a login"):
        await send(TEST, type="GoogleSheets", googleSheetsWebhookUrl=sink.url)
    sink.answer = Answer(200, b"<!doctype html>The script completed but did not return anything.")
    assert await send(TEST, type="GoogleSheets", googleSheetsWebhookUrl=sink.url) == "Sent Successfully."
