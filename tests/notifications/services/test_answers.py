"""What answers of small services mean, as far as no recording shows it."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.bale import Bale
from kuma_lite.notifications.services.gorush import Gorush
from kuma_lite.notifications.services.kook import Kook
from kuma_lite.notifications.services.milky import Milky
from kuma_lite.notifications.services.onebot import OneBot
from kuma_lite.notifications.services.pushbytechulus import PushByTechulus
from kuma_lite.notifications.services.pushdeer import PushDeer
from kuma_lite.notifications.services.pushplus import PushPlus
from kuma_lite.notifications.services.spugpush import SpugPush
from kuma_lite.notifications.services.vk import Vk
from kuma_lite.notifications.services.whapi import Whapi
from kuma_lite.notifications.services.whatsapp360messenger import Whatsapp360messenger
from kuma_lite.notifications.services.wpush import WPush
from kuma_lite.notifications.services.wxpusher import WxPusher
from kuma_lite.notifications.services.yzj import Yzj


@pytest.mark.parametrize(
    ("service", "taken", "refused", "refusal"),
    [
        (Bale(), '{"ok":true}', '{"ok":false,"description":"no chat"}', "Bale refused: no chat"),
        (
            Gorush(),
            '{"success":"ok","counts":1,"logs":[]}',
            '{"success":"ok","counts":1,"logs":[{"type":"failed-push","error":"BadDeviceToken"}]}',
            "Gorush refused: BadDeviceToken",
        ),
        (Kook(), '{"code":0}', '{"code":40100,"message":"bad token"}', "KOOK refused: bad token"),
        (Milky(), '{"status":"ok"}', '{"status":"failed","message":"bad"}', "Milky refused: bad"),
        (OneBot(), '{"status":"ok"}', '{"status":"failed","wording":"muted"}', "OneBot refused: muted"),
        (
            PushByTechulus(),
            '{"success":true}',
            '{"success":false,"message":"bad key"}',
            "Push by Techulus refused: bad key",
        ),
        (
            PushDeer(),
            '{"code":0,"content":{"result":["{\\"success\\":\\"ok\\"}"]}}',
            '{"code":0,"content":{"result":[]}}',
            "PushDeer has found no device for this key.",
        ),
        (PushPlus(), '{"code":200}', '{"code":903,"msg":"bad token"}', "PushPlus refused: bad token"),
        (SpugPush(), '{"code":200}', '{"code":204,"msg":"no template"}', "Spug Push refused: no template"),
        (
            Vk(),
            '{"response":0}',
            '{"error":{"error_code":5,"error_msg":"no access"}}',
            "VK API returned error 5: no access",
        ),
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


@pytest.mark.parametrize(("code", "heals"), [(5, False), (6, True), (9, True), (901, False)])
def test_some_errors_of_vk_pass(code: int, heals: bool) -> None:
    assert Vk().heals(kit.Answer(200, f'{{"error":{{"error_code":{code}}}}}')) is heals
