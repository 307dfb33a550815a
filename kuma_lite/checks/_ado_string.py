"""ADO connection strings of SQL Server (pure): `Server=host,port;Database=…;User Id=…;Password=…`.

Keys have synonyms and do not mind case; values may be in quotes, in which a doubled quote stands for one, or
in braces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

SQL_SERVER_PORT: Final = 1433
_HERE: Final = frozenset({"", ".", "(.)", "(local)", "(localdb)"})
_SYNONYMS: Final = {
    "addr": "server",
    "address": "server",
    "app": "application name",
    "connect timeout": "timeout",
    "connection timeout": "timeout",
    "data source": "server",
    "host name in certificate": "hostnameincertificate",
    "initial catalog": "database",
    "language": "current language",
    "network address": "server",
    "pwd": "password",
    "trust server certificate": "trustservercertificate",
    "trusted_connection": "integrated security",
    "application intent": "applicationintent",
    "uid": "user id",
    "user": "user id",
    "wsid": "workstation id",
}
_WORDS: Final = {
    **dict.fromkeys(("true", "yes", "1", "mandatory"), True),
    **dict.fromkeys(("false", "no", "0", "optional"), False),
}
_VALUE: Final = re.compile(
    r"""\s*(?:"((?:[^"]|"")*)"\s*|'((?:[^']|'')*)'\s*|\{((?:[^}]|\}\})*)\}\s*|((?!["'])[^;]*))(?:;|$)"""
)
_KEY: Final = re.compile(r"[;\s]*((?:[^=;]|==)+)=(?!=)")


class InvalidString(ValueError):
    """A string that leads nowhere; the text says which part is wrong, and holds no secret."""


@dataclass(frozen=True, slots=True)
class SqlServerTarget:
    """What a connection string says; `domain`: of a Windows user."""

    host: str
    port: int = 0  # 0: that of the instance, or the usual one
    instance: str = ""
    user: str = ""
    domain: str = ""
    password: str = field(default="", repr=False)
    database: str = ""
    encrypt: bool = True
    verify: bool = True
    certificate_name: str = ""
    application: str = ""
    workstation: str = ""
    language: str = ""
    read_only: bool = False
    connect_timeout: float = 0.0  # seconds; 0: none of its own


def read_target(connection: str) -> SqlServerTarget:
    """Raises InvalidString."""
    words = _pairs(connection.strip())
    if "server" not in words:
        raise InvalidString("the server is missing")
    if words.get("encrypt", "").lower() == "strict":
        raise InvalidString("Encrypt=strict is not supported here")
    if words.get("authentication", "sqlpassword").replace(" ", "").lower() not in ("sqlpassword", "default"):
        raise InvalidString("Authentication can only be SqlPassword here")
    if _yes(words, "integrated security", False, also=("sspi",)) and not words.get("user id"):
        raise InvalidString("Integrated Security is not supported here; give User Id and Password")
    host, instance, port = _server(words["server"])
    domain, _, user = words.get("user id", "").rpartition("\\")
    return SqlServerTarget(
        host,
        port,
        instance,
        user,
        domain,
        words.get("password", ""),
        words.get("database", ""),
        _yes(words, "encrypt", True),
        not _yes(words, "trustservercertificate", False),
        words.get("hostnameincertificate", ""),
        words.get("application name", ""),
        words.get("workstation id", ""),
        words.get("current language", ""),
        words.get("applicationintent", "").lower() == "readonly",
        _seconds(words.get("timeout", "")),
    )


def _pairs(text: str) -> dict[str, str]:
    """The last of several values for a key counts."""
    found: dict[str, str] = {}
    place = 0
    while text[place:].strip("; \t\r\n"):
        key = _KEY.match(text, place)
        value = _VALUE.match(text, key.end()) if key else None
        if key is None or value is None:
            raise InvalidString("it is no list of Key=value; pairs")
        name = " ".join(key.group(1).replace("==", "=").lower().split())
        double, single, braced, bare = value.groups()
        if double is not None:
            said = double.replace('""', '"')
        elif single is not None:
            said = single.replace("''", "'")
        else:
            said = braced.replace("}}", "}") if braced is not None else bare.strip()
        found[_SYNONYMS.get(name, name)] = said
        place = value.end()
    return found


def _server(text: str) -> tuple[str, str, int]:
    """Host, instance, port."""
    protocol, colon, rest = text.strip().partition(":")
    if colon and protocol.lower() in ("np", "lpc", "admin"):
        raise InvalidString(f"{protocol}: is not supported here, only tcp:")
    address = rest if colon and protocol.lower() == "tcp" else text.strip()
    address, comma, port = address.partition(",")
    host, _, instance = address.partition("\\")
    host = host.strip().removeprefix("[").removesuffix("]")
    if comma and not (port.strip().isascii() and port.strip().isdigit() and int(port) < 65_536):
        raise InvalidString("the port of the server is no number from 1 to 65535")
    host = "localhost" if host.lower() in _HERE else host
    return host, instance.strip(), int(port) if comma else 0


def _yes(words: dict[str, str], name: str, default: bool, *, also: tuple[str, ...] = ()) -> bool:
    text = words.get(name, "").strip().lower()
    if not text:
        return default
    if text in also:
        return True
    if text not in _WORDS:
        raise InvalidString(f"{name} is neither true nor false")
    return _WORDS[text]


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() else 0.0
