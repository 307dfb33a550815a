from __future__ import annotations

import pytest

from kuma_lite.core.declarations import Message
from kuma_lite.notifications.delivery import Context
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.serverchan import ServerChan
from kuma_lite.notifications.services.wecom import WeCom, WeComOptions


@pytest.mark.parametrize(
    ("body", "refusal", "heals"),
    [
        ('{"errcode":0,"errmsg":"ok"}', "", False),
        ('{"errcode":93000,"errmsg":"invalid webhook url"}', "WeCom refused: invalid webhook url", False),
        ('{"errcode":45009,"errmsg":"too often"}', "WeCom refused: too often", True),
    ],
)
def test_what_a_200_means(body: str, refusal: str, heals: bool) -> None:
    answer = kit.Answer(200, body)
    assert (WeCom().refusal(answer), WeCom().heals(answer)) == (refusal, heals)


def test_a_long_text_is_cut_where_a_character_ends() -> None:
    options = WeComOptions.read({"weComBotKey": "k"})
    call = WeCom().request(options, kit.News.of(Message("🚀" * 2000), Context(None, "")))
    assert isinstance(call.json, dict)
    text = call.json["text"]["content"]
    assert 2_044 < len(text.encode()) <= 2_048
    assert text.startswith("UptimeKuma Message\n🚀🚀") and text.endswith("🚀…")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ('{"code":0,"message":""}', ""),
        ('{"code":40001,"message":"bad key"}', "ServerChan refused: bad key"),
        ('{"code":40001}', 'ServerChan refused: {"code":40001}'),
    ],
)
def test_what_a_200_of_serverchan_means(body: str, refusal: str) -> None:
    assert ServerChan().refusal(kit.Answer(200, body)) == refusal
