from __future__ import annotations

import pytest

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.cellsynt import Cellsynt


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ("OK: 1234,5678", ""),
        ("Error: Invalid destination", "Cellsynt did not take the message: Invalid destination"),
        ("", "Cellsynt did not take the message: an empty answer"),
        ("<html>", "Cellsynt did not take the message: <html>"),
    ],
)
def test_only_ok_is_a_success(answer: str, refused: str) -> None:
    assert Cellsynt().refusal(kit.Answer(200, answer)) == refused
