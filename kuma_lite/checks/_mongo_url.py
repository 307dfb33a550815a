"""Connection strings of MongoDB, with several hosts or with one that names them in DNS (`mongodb+srv://`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from kuma_lite.core.declarations import CannotCheck

DEFAULT_PORT: Final = 27017
SELECTION_MS: Final = 30_000.0  # what drivers wait for a server that can be used
_SCHEMES: Final = {"mongodb": False, "mongodb+srv": True}  # whether the host is looked up in DNS
_HOST: Final = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+(?:%[\w.~-]+)?)\]|(?P<name>[^:\[\]\s@%/]+))(?::(?P<port>[0-9]{1,5}))?"
)
_MAX_PORT: Final = 65_535
_FLAGS: Final = {"true": True, "false": False}
_INVALID_SCHEME: Final = (
    'Invalid scheme, expected connection string to start with "mongodb://" or "mongodb+srv://"'
)

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class MongoUrl:
    """What a connection string says. `options` have lower-case names."""

    hosts: tuple[Address, ...]
    from_dns: bool
    user: str = ""
    password: str | None = field(default=None, repr=False)
    database: str = ""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An option that is true or false. Raises CannotCheck for another value."""
        value = self.options.get(name.lower())
        if value is None:
            return default
        if value.lower() not in _FLAGS:
            raise wrong(f"{name} is true or false")
        return _FLAGS[value.lower()]

    def milliseconds(self, name: str, default: float) -> float:
        """An option that is a time. Raises CannotCheck for what is none."""
        value = self.options.get(name.lower())
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise wrong(f"{name} is a number of milliseconds")
        return float(value)


def wrong(reason: str) -> CannotCheck:
    """Something is wrong with the connection string."""
    return CannotCheck(f"Connection string: {reason}.")


def read_url(text: str) -> MongoUrl:
    """Read a connection string. Raises CannotCheck, with nothing of the string in it."""
    scheme, separator, rest = text.strip().partition("://")
    from_dns = _SCHEMES.get(scheme.lower()) if separator else None
    if from_dns is None:
        raise CannotCheck(_INVALID_SCHEME)
    place, _, options = rest.partition("?")
    place, slash, database = place.partition("/")
    userinfo, at, hosts = place.rpartition("@")
    if not at and slash and "@" in database:
        raise wrong("in user name and password, / is written %2F, @ %40 and : %3A")
    user, colon, password = userinfo.partition(":")
    found = tuple(_read_host(host.strip(), from_dns=from_dns) for host in hosts.split(","))
    if from_dns and len(found) > 1:
        raise wrong("after mongodb+srv:// there is one host")
    return MongoUrl(
        found,
        from_dns,
        unquote(user),
        unquote(password) if colon else None,
        unquote(database),
        _read_options(options),
    )


def _read_host(text: str, *, from_dns: bool) -> Address:
    if text.lower().endswith(".sock"):
        raise wrong("Unix sockets are not supported here")
    host = _HOST.fullmatch(text)
    if host is None or int(host["port"] or 0) > _MAX_PORT:
        raise wrong("a host is missing, or it is not written host:port")
    if from_dns and host["port"]:
        raise wrong("after mongodb+srv:// the host has no port")
    return host["v6"] or host["name"].lower(), int(host["port"] or DEFAULT_PORT)


def _read_options(text: str) -> dict[str, str]:
    """The first of each name."""
    options: dict[str, str] = {}
    for pair in re.split("[&;]", text):
        name, _, value = pair.partition("=")
        if name:
            options.setdefault(name.lower(), unquote(value))
    return options
