from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.net.proxy import ProxyServer
from kuma_lite.proxies.model import read_proxy
from tests.support.actors import OWNER

SENT = {"protocol": "socks5", "host": " p ", "port": "1080", "auth": True, "username": "u", "password": "w"}


def test_what_is_read() -> None:
    proxy = read_proxy(SENT, 3, OWNER, 1_800_000_000_000)
    assert proxy.as_wire() == {
        "id": 3,
        "userId": 1,
        "protocol": "socks5",
        "host": "p",
        "port": 1080,
        "auth": 1,
        "username": "u",
        "password": "w",
        "active": 1,
        "default": 0,
        "createdDate": "2027-01-15 08:00:00",
    }
    assert proxy.server == ProxyServer("socks5", "p", 1080, "u", "w")


def test_credentials_are_only_sent_when_switched_on() -> None:
    proxy = read_proxy({**SENT, "auth": False}, 0, OWNER, 0)
    assert proxy.server == ProxyServer("socks5", "p", 1080)
    assert read_proxy({**SENT, "username": None}, 0, OWNER, 0).server.username == ""


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {**SENT, "protocol": "ftp"},
        {**SENT, "protocol": ["http"]},
        {**SENT, "host": None},
        {**SENT, "host": "  "},
        {**SENT, "host": "x" * 10_001},
        {**SENT, "port": 0},
        {**SENT, "port": 70_000},
        {**SENT, "port": True},
        {**SENT, "port": "x"},
        {**SENT, "port": None},
        {**SENT, "password": []},
    ],
)
def test_what_is_refused(payload: Any) -> None:
    with pytest.raises(UserError):
        read_proxy(payload, 0, OWNER, 0)
