from __future__ import annotations

from tests.notifications.samples import DOWN
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import HttpSink


async def test_a_persistent_notification_has_no_data(sink: HttpSink, send: Send) -> None:
    home = {"homeAssistantUrl": f" {sink.url}// ", "longLivedAccessToken": " t "}
    await send(DOWN, type="HomeAssistant", notificationService="persistent_notification", **home)
    assert sink.got[0].path == "/api/services/notify/persistent_notification"
    assert sink.got[0].headers["authorization"] == "Bearer t"
    assert sink.got[0].json == {"title": "Uptime Kuma", "message": DOWN.text}
