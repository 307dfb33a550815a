"""Connection strings of PostgreSQL as node-postgres reads them (pure).

`postgres://user:password@host:port/database?option=value`, `socket:/folder?db=database` and
`/folder database`; more hosts than one, as libpq has them: `host1:port1,host2`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

POSTGRES_PORT: Final = 5432
# Options that are settings of the session; the server checks their values.
_SETTINGS: Final = (
    "application_name",
    "replication",
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "options",
)


class InvalidString(ValueError):
    """A connection string that leads nowhere; the text says which part is wrong, and holds no secret."""


class Security(Struct, frozen=True):
    """How a connection is encrypted.

    `verify`: the chain is checked; `names`: and that it is for this host. The rest are paths of PEM files.
    """

    verify: bool = True
    names: bool = True
    ca: str = ""
    cert: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class PostgresTarget:
    """What a connection string says. A host that begins with `/` is the folder of a Unix socket."""

    hosts: tuple[tuple[str, int], ...]
    user: str
    password: str = field(default="", repr=False)
    database: str = ""
    security: Security | None = None
    settings: tuple[tuple[str, str], ...] = ()
    connect_timeout: float = 0.0  # seconds; 0: none of its own


def read_target(connection: str) -> PostgresTarget:
    """Raises InvalidString."""
    text = connection.strip()
    if text.startswith("/") and not text.startswith("//"):
        folder, _, database = text.partition(" ")
        return PostgresTarget(((folder, POSTGRES_PORT),), "", database=database.strip())
    scheme, separator, rest = text.partition(":")
    if text.startswith("//"):
        scheme, separator, rest = "postgres", ":", text
    rest, _, _ = rest.partition("#")
    address, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    if scheme.lower() == "socket":
        return _socket(address, options)
    if not separator or not address.startswith("//"):
        raise InvalidString("it is no postgres:// URL")
    authority, _, database = address[2:].partition("/")
    userinfo, _, places = authority.rpartition("@")
    user, _, password = userinfo.partition(":")
    return PostgresTarget(
        _hosts(options.get("host") or places, options.get("port", ""), bool(options.get("host"))),
        options.get("user") or unquote(user),
        options.get("password") or unquote(password),
        unquote(database),
        _security(options),
        _settings(options),
        _seconds(options),
    )


def _socket(address: str, options: dict[str, str]) -> PostgresTarget:
    userinfo, at, path = address.removeprefix("//").rpartition("@")
    user, _, password = userinfo.partition(":") if at else ("", "", "")
    folder = unquote(path)
    if not folder.startswith("/"):
        raise InvalidString("the folder of the socket is missing")
    return PostgresTarget(
        _hosts(folder, options.get("port", ""), True),
        options.get("user") or unquote(user),
        options.get("password") or unquote(password),
        options.get("db", ""),
        settings=_settings(options),
    )


def _hosts(places: str, ports: str, separate: bool) -> tuple[tuple[str, int], ...]:
    """`host[:port],…`, or hosts alone with their ports beside them."""
    found = []
    defaults = ports.split(",")
    for place, text in enumerate(places.split(",")):
        host, port = (text, "") if separate and text.startswith("/") else _host_and_port(text)
        beside = defaults[place] if place < len(defaults) else defaults[-1]
        found.append((unquote(host) or "localhost", _port(beside or port)))
    return tuple(found)


def _host_and_port(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise InvalidString("the host is wrong")
        return host, rest[1:]
    if text.count(":") > 1:  # an address without its brackets
        return text, ""
    host, _, port = text.partition(":")
    return host, port


def _port(text: str) -> int:
    if not text:
        return POSTGRES_PORT
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65_536:
        raise InvalidString("the port is no number from 1 to 65535")
    return int(text)


def _security(options: dict[str, str]) -> Security | None:
    """node-postgres knows TLS with everything verified, TLS with nothing verified, and none.

    `uselibpqcompat=true` gives `sslmode` the meaning that it has elsewhere.
    """
    mode = options.get("sslmode", "")
    files = [options.get(f"ssl{name}", "") for name in ("rootcert", "cert", "key")]
    if not mode and not any(files):
        return Security() if options.get("ssl") in ("true", "1") else None
    if mode == "disable":
        return None
    verify = names = mode != "no-verify"
    if options.get("uselibpqcompat") == "true":
        if mode == "verify-ca" and not files[0]:
            raise InvalidString("sslmode=verify-ca needs sslrootcert")
        verify = mode != "prefer" and (mode != "require" or bool(files[0]))
        names = verify and mode not in ("require", "verify-ca")
    return Security(verify, names, *files)


def _settings(options: dict[str, str]) -> tuple[tuple[str, str], ...]:
    named = options.get("application_name") or options.get("fallback_application_name", "")
    found = {**options, "application_name": named}
    return tuple((name, found[name]) for name in _SETTINGS if found.get(name))


def _seconds(options: dict[str, str]) -> float:
    for name, unit in (("connect_timeout", 1.0), ("connectionTimeoutMillis", 1000.0)):
        text = options.get(name, "")
        if text.isascii() and text.isdigit():
            return int(text) / unit
    return 0.0
