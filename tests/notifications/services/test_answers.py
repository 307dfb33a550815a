"""What answers of small services mean, as far as no recording shows it."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.kook import Kook
from kuma_lite.notifications.services.milky import Milky
from kuma_lite.notifications.services.onebot import OneBot
from kuma_lite.notifications.services.whapi import Whapi
from kuma_lite.notifications.services.whatsapp360messenger import Whatsapp360messenger
from kuma_lite.notifications.services.wpush import WPush
from kuma_lite.notifications.services.wxpusher import WxPusher
from kuma_lite.notifications.services.yzj import Yzj


@pytest.mark.parametrize(
    ("service", "taken", "refused", "refusal"),
    [
        (Kook(), '{"code":0}', '{"code":40100,"message":"bad token"}', "KOOK refused: bad token"),
        (Milky(), '{"status":"ok"}', '{"status":"failed","message":"bad"}', "Milky refused: bad"),
        (OneBot(), '{"status":"ok"}', '{"status":"failed","wording":"muted"}', "OneBot refused: muted"),
        (Whapi(), '{"sent":true}', '{"sent":false}', 'Whapi did not send it: {"sent":false}'),
        (
            Whatsapp360messenger(),
            '{"success":true}',
            '{"success":false}',
            '360messenger refused: {"success":false}',
        ),
        (WPush(), '{"code":0}', "<html>", "WPush refused: <html>"),
        (WxPusher(), '{"code":1000}', '{"code":1001,"msg":"SPT错误"}', "WxPusher refused: SPT错误"),
        (Yzj(), '{"success":true}', '{"success":false,"errmsg":"bad"}', "YZJ refused: bad"),
    ],
    ids=lambda value: value.name if isinstance(value, kit.HttpService) else "",
)
def test_what_a_200_means(service: kit.HttpService[Any], taken: str, refused: str, refusal: str) -> None:
    assert service.refusal(kit.Answer(200, taken)) == ""
    assert service.refusal(kit.Answer(200, refused)) == refusal
