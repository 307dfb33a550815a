"""Connection strings of MySQL as mysql2 reads them (pure): `mysql://user:password@host:port/database?option=value`.

Values of options are JSON where they can be, else text; an option named like a part of the URL replaces it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.core.records import hiding

MYSQL_PORT: Final = 3306


class InvalidUrl(ValueError):
    """It is no URL at all."""


class InvalidString(ValueError):
    """A part of a URL that leads nowhere; the text says which, and holds no secret."""


class MysqlSecurity(Struct, frozen=True):
    """How a connection is encrypted: `verify` the chain, `names`: and that it is for this host. PEM texts."""

    __repr__ = hiding("key")

    verify: bool = True
    names: bool = False
    ca: str | None = None
    cert: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class MysqlTarget:
    """What a connection string says. A host that begins with `/` is the path of a Unix socket."""

    host: str
    port: int = MYSQL_PORT
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = ""
    security: MysqlSecurity | None = None
    several: bool = False  # statements in one query
    connect_timeout: float = 0.0  # seconds; 0: none of its own


def read_target(connection: str) -> MysqlTarget:
    """Raises InvalidUrl, InvalidString."""
    scheme, separator, rest = connection.strip().partition("://")
    if not separator or not scheme or not scheme.replace("+", "").isalnum():
        raise InvalidUrl
    address, _, query = rest.partition("#")[0].partition("?")
    authority, _, path = address.partition("/")
    userinfo, at, place = authority.rpartition("@")
    user, _, password = userinfo.partition(":")
    host, port = _host_and_port(place)
    if at and not host:
        raise InvalidUrl
    options = {key: _value(value) for key, value in parse_qsl(query, keep_blank_values=True)}
    milliseconds = options.get("connectTimeout")
    return MysqlTarget(
        _text(options, "socketPath") or _text(options, "host") or unquote(host) or "localhost",
        _port(_text(options, "port") or port),
        _text(options, "user") or unquote(user),
        _text(options, "password") or _text(options, "password1") or unquote(password),
        _text(options, "database") or unquote(path),
        _security(options.get("ssl")),
        options.get("multipleStatements") is True,
        milliseconds / 1000 if isinstance(milliseconds, int) and milliseconds > 0 else 0.0,
    )


def _host_and_port(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise InvalidUrl
        return host, rest[1:]
    if text.count(":") > 1:  # an address without its brackets
        return text, ""
    host, _, port = text.partition(":")
    return host, port


def _port(text: str) -> int:
    if not text:
        return MYSQL_PORT
    if not (text.isascii() and text.isdigit()) or int(text) > 65_535:
        raise InvalidUrl
    return int(text) or MYSQL_PORT


def _value(text: str) -> Any:
    try:
        return parse_json(text)
    except JsonTextError:
        return text


def _text(options: Mapping[str, Any], name: str) -> str:
    """A number may be meant as text: a password of digits alone."""
    value = options.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _security(ssl: Any) -> MysqlSecurity | None:
    if not ssl:
        return None
    if isinstance(ssl, str):
        raise InvalidString(f"Unknown SSL profile '{ssl}'")
    if not isinstance(ssl, Mapping):
        return MysqlSecurity()
    return MysqlSecurity(
        ssl.get("rejectUnauthorized") is not False,
        ssl.get("verifyIdentity") is True,
        *(_pem(ssl.get(name)) for name in ("ca", "cert", "key")),
    )


def _pem(value: Any) -> str | None:
    if isinstance(value, list):
        value = "\n".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) and value else None
