"""What a proxy is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.clock import MILLISECONDS, wire_date
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import hiding
from kuma_lite.net.proxy import PROTOCOLS, ProxyServer

MAX_PORT: Final = 65_535


class Proxy(NamedTuple):
    """A proxy of an organisation."""

    id: int
    organisation: int
    user_id: int  # who made it
    protocol: str
    host: str
    port: int
    auth: bool
    username: str | None
    password: str | None
    active: bool
    default: bool  # what the form of a new monitor begins with
    created: int  # milliseconds since 1970

    def __repr__(self) -> str:
        return hiding("password")(self)

    def document(self) -> dict[str, Any]:
        """What can be chosen."""
        return {
            "protocol": self.protocol,
            "host": self.host,
            "port": self.port,
            "auth": self.auth,
            "username": self.username,
            "password": self.password,
            "default": self.default,
        }

    def as_wire(self) -> dict[str, Any]:
        """An entry of `proxyList`."""
        return {
            "id": self.id,
            "userId": self.user_id,
            "protocol": self.protocol,
            "host": self.host,
            "port": self.port,
            "auth": int(self.auth),
            "username": self.username,
            "password": self.password,
            "active": int(self.active),
            "default": int(self.default),
            "createdDate": wire_date(self.created / MILLISECONDS),
        }

    @property
    def server(self) -> ProxyServer:
        """Where it is, and how it is spoken to."""
        if not self.auth:
            return ProxyServer(self.protocol, self.host, self.port)
        return ProxyServer(self.protocol, self.host, self.port, self.username or "", self.password or "")


def read_proxy(payload: Any, proxy_id: int, actor: Actor, created: int) -> Proxy:
    """A proxy as a client sends it; always active, as in Uptime Kuma 2.5. Raises UserError."""
    if not isinstance(payload, Mapping):
        raise UserError("The proxy must be an object.")
    protocol = payload.get("protocol")
    if protocol not in PROTOCOLS:
        raise UserError(
            "Unsupported proxy protocol. Supported protocols are {protocols}.",
            protocols=", ".join(PROTOCOLS),
            about="protocol",
        )
    host = _text(payload, "host")
    if not host or not host.strip():
        raise UserError("The proxy needs a host.", about="host")
    return Proxy(
        id=proxy_id,
        organisation=actor.organisation,
        user_id=actor.author,
        protocol=protocol,
        host=host.strip(),
        port=_port(payload.get("port")),
        auth=wire_values.flag(payload.get("auth")),
        username=_text(payload, "username"),
        password=_text(payload, "password"),
        active=True,
        default=wire_values.flag(payload.get("default")),
        created=created,
    )


def _text(payload: Mapping[str, Any], key: str) -> str | None:
    value = payload.get(key)
    text = wire_values.short_text(value, "Each text about a proxy", about=key)
    if value is not None and text is None:
        raise UserError("Host, user name and password of a proxy are texts.", about=key)
    return text


def _port(value: Any) -> int:
    port = wire_values.whole(value)
    if port is None or not 0 < port <= MAX_PORT:
        sentence = "The port of the proxy must be a number from 1 to {most}."
        raise UserError(sentence, most=MAX_PORT, about="port")
    return port
