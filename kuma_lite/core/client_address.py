"""Who is calling: the client's address, with proxies honoured only where the setting says so."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from typing import Any, Final

from kuma_lite.core.addresses import customer

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_FORWARDED_FOR: Final = b"x-forwarded-for"
_MOST_ENTRIES: Final = 20  # of a chain of proxies that are looked at


def header(scope: Any, name: bytes) -> str | None:
    """The first header of that (lower-case) name of an ASGI scope."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


def networks_of(text: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas between. Raises ValueError."""
    parts = [part.strip() for part in text.split(",")]
    return tuple(ipaddress.ip_network(part, strict=False) for part in parts if part)


class ClientAddresses:
    """Finds out who is calling.

    Args:
        trust_proxy: whether the headers of proxies count now.
        proxies: those that are trusted besides this machine, whoever else connects being a client; empty:
            whoever connects is one.
    """

    def __init__(self, trust_proxy: Callable[[], bool], proxies: Sequence[Network] = ()) -> None:
        self.trust_proxy = trust_proxy
        self._proxies = proxies

    def address(self, scope: Any) -> str:
        """The last `X-Forwarded-For` entry that is no trusted proxy, or `X-Real-IP`, else the peer's address.

        Each proxy appends who has called it: what stands further to the left is what that caller claims.
        """
        peer = _peer(scope)
        if not self.is_proxied(scope):
            return peer
        entries = _forwarded(scope)
        for entry in entries:
            if not self._is_proxy(entry):
                return entry
        if entries:
            return entries[-1]
        return header(scope, b"x-real-ip") or peer

    def place(self, scope: Any) -> str:
        """What limits count: the address, and where a proxy is not trusted, the client that it speaks of.

        Such a claim is as good as another address: whoever makes it up from outside is told apart from those
        who come through the proxy, and hidden behind the proxy only the entry that the proxy wrote counts.
        """
        address = customer(self.address(scope))
        entries = _forwarded(scope) if not self.trust_proxy() else []
        return f"{address} {customer(entries[0])}" if entries else address

    def is_proxied(self, scope: Any) -> bool:
        """Whether a request comes from a proxy whose headers count."""
        return self.trust_proxy() and self._may_speak_for_others(_peer(scope))

    def hosts(self, scope: Any) -> list[str | None]:
        """The name under which a trusted proxy was opened."""
        return [header(scope, b"x-forwarded-host")] if self.trust_proxy() else []

    def _may_speak_for_others(self, peer: str) -> bool:
        return not self._proxies or self._is_proxy(peer)

    def _is_proxy(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        # Nobody elsewhere has an address of this machine: a proxy that was called from there follows another.
        return parsed.is_loopback or any(parsed in network for network in self._proxies)


def peer_of_place(place: str) -> str:
    """The address without what a proxy claims."""
    return place.split(" ")[0]


def _peer(scope: Any) -> str:
    client = scope.get("client")
    return str(client[0]).removeprefix("::ffff:") if client else ""


def _forwarded(scope: Any) -> list[str]:
    """The entries of all `X-Forwarded-For` headers, the last one first."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == _FORWARDED_FOR]
    if not lines:
        return []
    found = (_plain(entry.strip()) for entry in reversed(",".join(lines).split(",")[-_MOST_ENTRIES:]))
    return [entry for entry in found if entry]


def _plain(entry: str) -> str:
    """An entry without the port and brackets that some proxies add."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    host, _, port = entry.partition(":")
    if port.isdecimal() and host.count(".") == 3:
        return host
    return entry.removeprefix("::ffff:")
