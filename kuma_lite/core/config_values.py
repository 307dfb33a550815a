"""What values of settings are, in the environment, as flags and in the TOML file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kuma_lite.core.client_address import networks_of
from kuma_lite.core.hosts import plain_name
from kuma_lite.core.patterns import pattern

_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"0", "false", "no", "off", ""})
_BASE64: Final = pattern(r"[A-Za-z0-9+/_-]*")
_BASE_PATH: Final = pattern(r"(?:/[A-Za-z0-9._~-]+)+")


class BadValue(ValueError):
    """A value that a setting cannot have; the text completes "... must be"."""


Reader = Callable[[Any], Any]


def text(value: Any) -> str:
    """Any text. Raises BadValue."""
    if not isinstance(value, str):
        raise BadValue("a text")
    return value


def port(value: Any) -> int:
    """A port to listen on or to connect to. Raises BadValue."""
    try:
        number = int(value) if not isinstance(value, bool | float) else -1
    except (TypeError, ValueError):
        number = -1
    if not 0 < number < 65536:
        raise BadValue("a number from 1 to 65535")
    return number


def path(value: Any) -> Path:
    """A path; `~` is the home folder. Raises BadValue."""
    if not text(value):
        raise BadValue("a path")
    return Path(value).expanduser()


def switch(value: Any) -> bool:
    """Yes or no. Raises BadValue."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise BadValue("true or false")
    return word in _YES


def given(value: Any) -> bool:
    """Uptime Kuma takes any text in the variable for a yes; only a clear no is one."""
    return value if isinstance(value, bool) else str(value).strip().lower() not in _NO


def one_of(*words: str) -> Reader:
    """One of some words."""

    def read(value: Any) -> str:
        if value not in words:
            raise BadValue(" or ".join(f'"{word}"' for word in words))
        return str(value)

    return read


def host_and_port(value: Any) -> str:
    """An address and a port, or nothing. Raises BadValue."""
    host, colon, number = text(value).rpartition(":")
    if value and (not host or not colon):
        raise BadValue('an address with a port, as in "192.0.2.1:443"')
    if value:
        port(number)
    return str(value)


def networks(value: Any) -> str:
    """Addresses and networks with commas between. Raises BadValue."""
    try:
        networks_of(text(value))
    except ValueError:
        raise BadValue('addresses or networks with commas between, as in "192.0.2.1, 10.0.0.0/8"') from None
    return str(value)


def host_names(value: Any) -> str:
    """Names of hosts with commas between, or nothing. Raises BadValue."""
    try:
        return ", ".join(plain_name(name) for name in text(value).split(",") if name.strip())
    except ValueError:
        raise BadValue('names of hosts with commas between, as in "kuma.example.com"') from None


def acme_directory(value: Any) -> str:
    """A certificate authority: one that has a name here, or the address of its directory. Raises BadValue."""
    if text(value) not in ("letsencrypt", "letsencrypt-staging") and not value.startswith("https://"):
        raise BadValue('"letsencrypt", "letsencrypt-staging" or an address that begins with https://')
    return str(value)


def base64_key(value: Any) -> str:
    """A secret in Base64, of addresses or not, or nothing. Raises BadValue."""
    plain = text(value).strip().rstrip("=")
    if not _BASE64.fullmatch(plain) or len(plain) % 4 == 1:
        raise BadValue("Base64, as the certificate authority has given it")
    return plain


def base_path(value: Any) -> str:
    """A path of a web site, without the slash at its end. Raises BadValue."""
    path = text(value).rstrip("/")
    if path and (not _BASE_PATH.fullmatch(path) or "/." in path):
        raise BadValue('a path such as "/kuma"')
    return path
