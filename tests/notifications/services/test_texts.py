from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.notifications.services.support import texts


@pytest.mark.parametrize(
    ("monitor", "address"),
    [
        (None, ""),
        ({"type": "push", "url": "https://x/"}, "Heartbeat"),
        ({"type": "ping", "hostname": "h", "port": 1}, "h"),
        ({"type": "dns", "hostname": "h", "url": "https://"}, "h"),
        ({"type": "port", "hostname": "h", "port": 22}, "h:22"),
        ({"type": "port", "hostname": "h", "port": None}, "h"),
        ({"type": "steam", "hostname": "h", "port": 27015}, "h:27015"),
        ({"type": "gamedig", "hostname": "h", "port": 1}, "h:1"),
        ({"type": "globalping", "subtype": "ping", "hostname": "h"}, "h"),
        ({"type": "globalping", "subtype": "dns", "hostname": "h"}, "h"),
        ({"type": "globalping", "subtype": "http", "hostname": "h", "url": "https://x/"}, "https://x/"),
        ({"type": "globalping", "subtype": None, "url": "https://x/"}, ""),
        ({"type": "http", "url": "https://x/"}, "https://x/"),
        ({"type": "http", "url": "https://"}, ""),
        ({"type": "mqtt", "url": "http://", "hostname": "h"}, ""),
        ({"type": "group", "url": None}, ""),
        ({}, ""),
    ],
)
def test_address(monitor: dict[str, Any] | None, address: str) -> None:
    assert texts.address(monitor) == address


@pytest.mark.parametrize(
    ("monitor", "host"),
    [
        ({"type": "port", "hostname": "h", "port": 22}, "h:22"),
        ({"type": "port", "hostname": "h", "port": None}, "h"),
        ({"type": "port", "hostname": None, "port": 22}, ""),
        ({"type": "steam", "hostname": "h", "port": 27015}, "h"),
        ({"type": "http", "hostname": None, "url": "https://x/"}, ""),
        ({}, ""),
    ],
)
def test_host(monitor: dict[str, Any], host: str) -> None:
    assert texts.host(monitor) == host


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (
            {"code": "ERR_BAD_REQUEST", "status": 404, "reason": "Not Found", "body": {"code": 10015}},
            'm (code=ERR_BAD_REQUEST) (HTTP 404 Not Found) {"code":10015}',
        ),
        ({"code": "ECONNREFUSED", "cause": "refused"}, "m (code=ECONNREFUSED) - cause: refused"),
        ({"status": 500, "body": ""}, "m (HTTP 500)"),
        ({}, "m"),
    ],
)
def test_failure_text(parts: dict[str, Any], text: str) -> None:
    assert texts.failure_text("m", **parts) == text
