from __future__ import annotations

from types import SimpleNamespace

from kuma_lite.core.declarations import Message
from kuma_lite.notifications.delivery import Context
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.opsgenie import Opsgenie, OpsgenieOptions
from tests.notifications.samples import DOWN_BEAT, MONITOR

OPTIONS = OpsgenieOptions.read({"opsgenieApiKey": "k", "opsgeniePriority": "2"})


def alert(message: Message) -> dict[str, str]:
    call = Opsgenie().request(OPTIONS, kit.News.of(message, Context(SimpleNamespace(), "")))
    assert isinstance(call.json, dict)
    return call.json


def test_texts_are_no_longer_than_opsgenie_takes() -> None:
    found = alert(Message("x" * 20_000, {**MONITOR, "name": "n" * 150}, DOWN_BEAT))
    assert found["message"] == "Uptime Kuma Alert: " + "n" * 110 + "…"
    assert found["description"] == "x" * 14_999 + "…"
    assert found["priority"] == "P2"
    assert alert(Message("x" * 200))["message"] == "x" * 129 + "…"
