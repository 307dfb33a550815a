"""What scenarios are written with: their registry, a monitor with sensible defaults, one-time codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
import pkgutil
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.conformance import scenarios

USER, PASSWORD = "admin", "C0nformance!pass"


@dataclass(frozen=True)
class Scenario:
    """One conversation with a server."""

    name: str
    order: int
    fresh: bool  # needs a server that nobody has set up yet
    limit: float  # s
    room: str  # the file it is written in
    about: str
    play: Callable[[Any], Awaitable[None]]


_known: dict[str, Scenario] = {}


def scenario(
    name: str, order: int, *, fresh: bool = False, limit: float = 180
) -> Callable[[Callable[[Any], Awaitable[None]]], Callable[[Any], Awaitable[None]]]:
    """Register a scenario under its name; scenarios run in ascending order."""

    def register(play: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        if name in _known:
            raise ValueError(f"two scenarios are called {name}")
        room = play.__module__.rpartition(".")[2]
        about = " ".join((play.__doc__ or "").split())
        _known[name] = Scenario(name, order, fresh, limit, room, about, play)
        return play

    return register


def every_scenario() -> list[Scenario]:
    """All of them, in the order they run."""
    for module in pkgutil.iter_modules(scenarios.__path__):
        importlib.import_module(f"{scenarios.__name__}.{module.name}")
    return sorted(_known.values(), key=lambda found: (found.order, found.name))


def monitor(**fields: Any) -> dict[str, Any]:
    """A monitor object the way a client sends it, with sensible defaults."""
    defaults: dict[str, Any] = {
        "type": "http",
        "name": "web",
        "parent": None,
        "url": "https://",
        "method": "GET",
        "ipFamily": None,
        "interval": 3600,
        "retryInterval": 3600,
        "resendInterval": 0,
        "maxretries": 0,
        "retryOnlyOnStatusCodeFailure": False,
        "notificationIDList": {},
        "ignoreTls": False,
        "upsideDown": False,
        "expiryNotification": False,
        "domainExpiryNotification": False,
        "maxredirects": 10,
        "accepted_statuscodes": ["200-299"],
        "saveResponse": False,
        "saveErrorResponse": True,
        "responseMaxLength": 1024,
        "dns_resolve_type": "A",
        "dns_resolve_server": "1.1.1.1",
        "docker_container": "",
        "docker_host": None,
        "proxyId": None,
        "mqttUsername": "",
        "mqttPassword": "",
        "mqttTopic": "",
        "mqttWebsocketPath": "",
        "mqttSuccessMessage": "",
        "mqttCheckType": "keyword",
        "authMethod": None,
        "oauth_auth_method": "client_secret_basic",
        "httpBodyEncoding": "json",
        "kafkaProducerBrokers": [],
        "kafkaProducerSaslOptions": {"mechanism": "None"},
        "kafkaProducerSsl": False,
        "kafkaProducerAllowAutoTopicCreation": False,
        "cacheBust": False,
        "gamedigGivenPortOnly": True,
        "remote_browser": None,
        "rabbitmqNodes": [],
        "rabbitmqUsername": "",
        "rabbitmqPassword": "",
        "conditions": [],
        "timeout": 48,
        "description": None,
        "hostname": None,
        "port": None,
        "keyword": None,
        "invertKeyword": False,
        "jsonPath": "$",
        "jsonPathOperator": "==",
        "expectedValue": None,
        "headers": None,
        "body": None,
        "basic_auth_user": None,
        "basic_auth_pass": None,
        "packetSize": 56,
        "ping_count": 1,
        "ping_numeric": True,
        "ping_per_request_timeout": 2,
    }
    return defaults | fields


def totp(secret_base32: str, step: int = 0) -> str:
    """RFC 6238, 30 s, six digits; step: neighbouring windows."""
    s = secret_base32.upper()
    key = base64.b32decode(s + "=" * (-len(s) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + step), hashlib.sha1).digest()
    o = mac[-1] & 15
    number = struct.unpack(">I", mac[o : o + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
