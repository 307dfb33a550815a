"""Connections on behalf of strangers: to public addresses only.

What a stranger names (the address of a webhook) must not make this server talk to its own network: to
routers, databases, or the service that gives a cloud machine its credentials. The addresses of a name are
looked at when it is resolved for the connection itself, so a name that leads elsewhere a moment later gains
nothing.
"""

from __future__ import annotations

import ipaddress
from typing import Final

from kuma_lite.core.clock import Clock
from kuma_lite.net.connect import Connector
from kuma_lite.net.contexts import ContextCache
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import HttpClient
from kuma_lite.net.resolve import Address, IpFamily, Resolver

REFUSED: Final = "The address leads into a private network."

# Neighbours that give a machine of a cloud its settings: Azure's has a public number, Oracle's a protocol's.
_NEIGHBOURS: Final = tuple(map(ipaddress.IPv4Network, ("168.63.129.16/32", "192.0.0.0/24")))
_ASSIGNED: Final = ipaddress.IPv6Network("2000::/3")  # all that is routed anywhere
# IPv6 that carries an IPv4 address in its last four bytes (RFC 6052, 8215).
_TRANSLATED: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))


def is_public(ip: str) -> bool:
    """Whether an address, with or without a zone, is one of the internet, whatever it is wrapped in."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    if "%" in ip:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return _is_public_v4(address)
    routed = (address in _ASSIGNED and address.is_global) or _is_translated(address)
    return routed and all(map(_is_public_v4, _inside(address)))


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    near = any(address in network for network in _NEIGHBOURS)
    return address.is_global and not address.is_multicast and not near


def _is_translated(address: ipaddress.IPv6Address) -> bool:
    return any(address in network for network in _TRANSLATED)


def _inside(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that packets to an IPv6 address may end up at."""
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if _is_translated(address):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


class PublicResolver(Resolver):
    """A resolver that knows no private addresses; a name that has one among others is refused as a whole."""

    async def resolve(self, host: str, family: IpFamily | None = None) -> list[Address]:
        """All addresses of `host`. Raises NetworkError, of kind URL where one of them is not public."""
        found = await super().resolve(host, family)
        if not all(is_public(address.ip) for address in found):
            raise NetworkError(REFUSED, "EACCES", ErrorKind.URL)
        return found


def public_http(clock: Clock) -> HttpClient:
    """A client for what strangers name; `close()` it at the end.

    It takes no proxy, which would resolve names by itself, and has a resolver of its own: names that
    strangers invent must not look like trouble of everybody's.
    """
    return HttpClient(Connector(PublicResolver(clock)), ContextCache(), clock)
