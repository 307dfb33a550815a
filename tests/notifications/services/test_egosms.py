from __future__ import annotations

import pytest

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.egosms import EgoSms


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ("OK", ""),
        ("Ok\n", ""),
        ("Wrong UserName Or Password", "EgoSMS refused: Wrong UserName Or Password"),
        ("", "EgoSMS refused: an empty answer"),
    ],
)
def test_only_ok_is_a_success(answer: str, refused: str) -> None:
    assert EgoSms().refusal(kit.Answer(200, answer)) == refused
