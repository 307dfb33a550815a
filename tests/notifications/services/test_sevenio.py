from __future__ import annotations

import pytest

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.sevenio import SevenIo, SevenIoOptions


@pytest.mark.parametrize("receiver", [491700000001, "0123456789", "Team"])
def test_the_receiver_is_sent_as_it_is_stored(receiver: str | int) -> None:
    options = SevenIoOptions.read({"sevenioReceiver": receiver})
    call = SevenIo().request(options, kit.News("text", kit.Severity.TEST))
    assert call.json == {"to": receiver, "from": "Uptime Kuma", "text": "text"}


def test_a_service_without_an_address() -> None:
    news = kit.News("t", kit.Severity.UP, name="Job", local_time="2026-01-02 03:04:05", zone="UTC")
    call = SevenIo().request(SevenIoOptions.read({"sevenioSender": "Kuma"}), news)
    assert call.json == {
        "to": "",
        "from": "Kuma",
        "text": "Your service Job went back up at 2026-01-02 03:04:05 (UTC).",
    }
