from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from tests.notifications.samples import TEST
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink

OK = Answer(200, b'{"errcode":0,"errmsg":"ok"}')


def robot(sink: HttpSink, **options: Any) -> dict[str, Any]:
    return {
        "type": "DingDing",
        "webHookUrl": f"{sink.url}/send?access_token=t",
        "secretKey": "SEC",
        **options,
    }


async def test_the_signature(sink: HttpSink, send: Send) -> None:
    sink.answer = OK
    await send(TEST, **robot(sink))
    query = {key: values[0] for key, values in parse_qs(urlsplit(sink.got[0].target).query).items()}
    signed = f"{query['timestamp']}\nSEC".encode()
    expected = base64.b64encode(hmac.new(b"SEC", signed, hashlib.sha256).digest()).decode()
    assert query == {"access_token": "t", "timestamp": query["timestamp"], "sign": expected}


@pytest.mark.parametrize(
    ("whom", "at", "end"),
    [
        ("nobody", {"isAtAll": False, "atUserIds": [], "atMobiles": []}, ""),
        ("everyone", {"isAtAll": True, "atUserIds": [], "atMobiles": []}, ""),
        ("specify-users", {"isAtAll": False, "atUserIds": ["u1", "u2"], "atMobiles": []}, "\n@u1 @u2"),
        (
            "specify-mobiles",
            {"isAtAll": False, "atUserIds": [], "atMobiles": ["13800000001"]},
            "\n@13800000001",
        ),
    ],
)
async def test_mentions(sink: HttpSink, send: Send, whom: str, at: dict[str, Any], end: str) -> None:
    sink.answer = OK
    lists = {"userList": ["u1", "u2"], "mobileList": [13800000001]}
    await send(TEST, **robot(sink, mentioning=whom, **lists))
    assert sink.got[0].json["at"] == at
    assert sink.got[0].json["text"]["content"] == TEST.text + end


@pytest.mark.parametrize(("code", "permanent"), [(310000, True), (130101, False), (410100, False)])
async def test_a_refusal_in_a_200(sink: HttpSink, send: Send, code: int, permanent: bool) -> None:
    sink.answer = Answer(200, f'{{"errcode":{code},"errmsg":"no"}}'.encode())
    with pytest.raises(DeliveryFailed, match="DingTalk refused: no") as failed:
        await send(TEST, **robot(sink))
    assert failed.value.permanent is permanent


async def test_a_long_text_is_cut(sink: HttpSink, send: Send) -> None:
    sink.answer = OK
    await send(Message("ü" * 9000), **robot(sink))
    assert sink.got[0].json["text"]["content"] == "ü" * 7498 + "…"
