"""The host names by which this server may be opened while nobody has to log in (DNS rebinding).

A foreign page may have its own name point to this machine for a moment; the browser then takes us for its
server. Addresses, and names that nobody can register, are not in its power.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from kuma_lite.core.patterns import pattern

KNOWN_HOSTS: Final = "knownHosts"  # the setting: a list of names under which a password was right
MOST_KNOWN: Final = 50
ANY_HOST: Final = "*"
# Top-level domains of local networks (RFC 6761, 6762, 8375; ICANN has set "internal" aside).
_LOCAL: Final = ("localhost", "local", "lan", "internal", "home.arpa", "localdomain", "test")

_LABEL: Final = pattern(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
MAX_NAME_CHARS: Final = 253


def plain_name(text: str) -> str:
    """A name as DNS and certificates have it: lower case, ASCII (IDNA). Raises ValueError: it is none."""
    name = text.strip().rstrip(".").lower()
    if not name.isascii():
        name = name.encode("idna").decode()
    labels = name.split(".")
    is_address = labels[-1].isdigit() or ":" in name
    if is_address or len(name) > MAX_NAME_CHARS or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError(text)
    return name


UNIX: Final = "unix:"  # before the path of a socket, where there is no address and port


def socket_path(host: str) -> str:
    """The path of a socket of the file system, where `host` is one; else ""."""
    return host.removeprefix(UNIX) if host.startswith(UNIX) else ""


def host_name(host: str | None) -> str:
    """The name in a `Host` header, or in a URL: lower case, without a port; "" when there is none."""
    text = host or ""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        return (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_out_of_reach(name: str) -> bool:
    """Whether no stranger can make that name lead here: addresses, and names of the local network."""
    try:
        ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return "." not in name or name.endswith(tuple(f".{top}" for top in _LOCAL))
    return True


def known_hosts(stored: Any) -> list[str]:
    """The setting, as far as it is one."""
    return [name for name in stored if isinstance(name, str)] if isinstance(stored, list) else []


def is_known(name: str, names: Iterable[str]) -> bool:
    """Whether that is one of the names."""
    return any(name == known or known == ANY_HOST for known in names)
