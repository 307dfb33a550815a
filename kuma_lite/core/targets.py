"""What a monitor points at, in the few forms that more than its own check wants to know."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

# An answer that came later may be one to a packet that was lost and sent again (RFC 6298: after a second).
PROMPT_S: Final = 0.9

_BARE_URLS: Final = ("http://", "https://")  # what Uptime Kuma's form leaves behind where nobody typed a URL


class Target(Struct, frozen=True):
    """A host with or without a port, a URL, or, for what has no address, a name."""

    host: str = ""  # name or address, as it was typed
    port: int | None = None
    url: str = ""
    name: str = ""

    @property
    def hostname(self) -> str:
        """The host, or that of the URL; "" for none."""
        if self.host or not self.url:
            return self.host
        try:
            return urlsplit(self.url).hostname or ""
        except ValueError:
            return ""

    @property
    def address(self) -> str:
        """What a message calls it: its name, its URL, or `host:port`; "" when there is nothing to call it."""
        if self.name:
            return self.name
        if self.url:
            return "" if self.url in _BARE_URLS else self.url
        return f"{self.host}:{self.port}" if self.port else self.host


class Distance(IntEnum):
    """How far away an address is: what lies between it and us can fail."""

    LOCAL = 0  # this machine
    LINK = 1  # a network that this machine is itself connected to
    PRIVATE = 2  # private addresses behind a router; a tunnel may lead there
    PUBLIC = 3  # the rest

    def is_behind(self, anchor: Distance) -> bool:
        """Whether an `anchor` so far away that does not answer may be why this does not, either."""
        return self >= min(anchor, Distance.PRIVATE)


class Network(Protocol):
    """The shared network clients, as far as the ground knows them (see `net.network.Network`)."""

    def distance_of(self, host: str) -> Distance:
        """How far away a host is, as far as is known without asking anybody."""
