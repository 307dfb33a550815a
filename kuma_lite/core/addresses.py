"""Addresses as limits count them."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final

_IPV6_PREFIX: Final = 64  # one customer owns that many addresses at least


@lru_cache(maxsize=4096)
def customer(address: str) -> str:
    """What one caller cannot change: an IPv4 address, a network of IPv6; anything else as it is."""
    try:
        parsed = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
