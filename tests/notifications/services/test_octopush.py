from __future__ import annotations

import pytest

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.octopush import Octopush


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ('{"error_code": "000"}', ""),
        ('{"sms_ticket": "t", "residual_credit": 9}', ""),
        ('{"error_code": "101"}', 'Octopush error {"error_code": "101"}'),
    ],
)
def test_a_code_in_a_200_refuses(answer: str, refused: str) -> None:
    assert Octopush().refusal(kit.Answer(200, answer)) == refused
