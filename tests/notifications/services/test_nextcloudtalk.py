from __future__ import annotations

import pytest

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.nextcloudtalk import NextcloudTalk, NextcloudTalkOptions

STORED = {"host": "https://cloud.example.org/", "conversationToken": "abc", "botSecret": "s"}


@pytest.mark.parametrize(
    ("stored", "severity", "expected"),
    [
        ({"sendSilentDown": False}, kit.Severity.DOWN, False),
        ({"sendSilentDown": True}, kit.Severity.DOWN, True),
        ({"sendSilentDown": True}, kit.Severity.UP, False),
        ({"sendSilentUp": True}, kit.Severity.UP, True),
        ({"sendSilentUp": True, "sendSilentDown": True}, kit.Severity.WARNING, False),
    ],
)
def test_silent_is_what_was_chosen(stored: dict[str, bool], severity: kit.Severity, expected: bool) -> None:
    options = NextcloudTalkOptions.read({**STORED, **stored})
    call = NextcloudTalk().request(options, kit.News("text", severity))
    assert call.json == {"message": "text", "silent": expected}
    assert call.url == "https://cloud.example.org/ocs/v2.php/apps/spreed/api/v1/bot/abc/message"


def test_only_a_201_is_talk() -> None:
    assert NextcloudTalk().refusal(kit.Answer(201, "")) == ""
    assert NextcloudTalk().refusal(kit.Answer(200, "<html>")) == "Nextcloud Talk Error 200"
