"""What a monitor points at, in the few forms that more than its own check wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

_BARE_URLS: Final = ("http://", "https://")  # what Uptime Kuma's form leaves behind where nobody typed a URL


@dataclass(frozen=True, slots=True)
class Target:
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


class Network(Protocol):
    """The shared network clients, as far as the ground knows them (see `net.network.Network`)."""

    def is_local_target(self, host: str) -> bool:
        """Whether a host is this machine itself, which needs no network."""
