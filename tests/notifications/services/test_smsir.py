from __future__ import annotations

import pytest

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.smsir import SmsIr, beginning, international


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("with blanks, 20 long", "with blanks, 20 long"),
        ("1234567890 1234567890", "12345678901234567890"),
        ("12345678901234567 8901", "1234567890123456..."),
        ("x" * 15 + "🚀" + "x" * 9, "x" * 15 + "..."),
    ],
)
def test_the_beginning_of_a_text(text: str, shown: str) -> None:
    assert beginning(text) == shown


@pytest.mark.parametrize(
    ("number", "sent"),
    [("09123456789", "9123456789"), ("9123456789", "9123456789"), ("0912345678", "0912345678")],
)
def test_numbers(number: str, sent: str) -> None:
    assert international(number) == sent


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ('{"status": 1, "message": "ok"}', ""),
        (
            '{"status": 113, "message": "no such template"}',
            "SMS.ir did not take the message: no such template",
        ),
    ],
)
def test_a_status_in_a_200_refuses(answer: str, refused: str) -> None:
    assert SmsIr().refusal(kit.Answer(200, answer)) == refused
