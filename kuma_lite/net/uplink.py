"""Is this machine itself on a network? When it is not, no target can be called down.

Reads what Linux shows in /proc and /sys; where there is nothing to read, the answer is yes.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from kuma_lite.core.targets import Distance
from kuma_lite.net.resolve import literal

ROUTES_IPV4 = Path("/proc/net/route")
ROUTES_IPV6 = Path("/proc/net/ipv6_route")
INTERFACES = Path("/sys/class/net")

# <linux/route.h>, <linux/if.h>
_RTF_UP = 0x1
_RTF_GATEWAY = 0x2
_RTF_REJECT = 0x200
_IFF_UP = 0x1
_IFF_LOOPBACK = 0x8
# Interfaces without a carrier detection (tunnels, some drivers) say `unknown` while they work.
_WORKING = frozenset({"up", "unknown"})
_SUBNETS_BELIEVED_S = 10.0
Subnet = ipaddress.IPv4Network | ipaddress.IPv6Network

_LINK_LOCAL = "fe80"
_MULTICAST = "ff"
_LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})


class Interface(Struct, frozen=True):
    """A network interface as /sys shows it."""

    name: str
    operstate: str
    flags: int

    @property
    def usable(self) -> bool:
        """Up, with a carrier as far as it can tell, and not the loopback."""
        return bool(self.flags & _IFF_UP) and not self.flags & _IFF_LOOPBACK and self.operstate in _WORKING


def routed_ipv4(table: str) -> set[str]:
    """The interfaces with a usable route in the text of /proc/net/route."""
    names = set()
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) < 4:
            continue
        flags = _hex(fields[3])
        if flags & _RTF_UP and not flags & _RTF_REJECT:
            names.add(fields[0])
    return names


def routed_ipv6(table: str) -> set[str]:
    """The interfaces with a route beyond their own link in the text of /proc/net/ipv6_route."""
    names = set()
    for line in table.splitlines():
        fields = line.split()
        if len(fields) < 10 or fields[0].startswith((_LINK_LOCAL, _MULTICAST)):
            continue
        flags = _hex(fields[8])
        if flags & _RTF_UP and not flags & _RTF_REJECT:
            names.add(fields[9])
    return names


def has_uplink() -> bool:
    """Whether this machine is on a network; True where that cannot be told. Takes about 0.1 ms."""
    try:
        ipv4 = _read(ROUTES_IPV4)
        names = routed_ipv4(ipv4)
        if any(_interface(name).usable for name in names):
            return True
        ipv6 = _read(ROUTES_IPV6) if ROUTES_IPV6.exists() else ""
        return any(_interface(name).usable for name in routed_ipv6(ipv6) - names)
    except (OSError, ValueError):
        return True


def linked_ipv4(table: str) -> list[Subnet]:
    """The networks that the text of /proc/net/route says this machine is connected to itself."""
    found: list[Subnet] = []
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) < 8 or not _hex(fields[3]) & _RTF_UP or _hex(fields[3]) & (_RTF_REJECT | _RTF_GATEWAY):
            continue
        net, mask = (int.from_bytes(bytes.fromhex(text), "little") for text in (fields[1], fields[7]))
        if mask:
            found.append(ipaddress.ip_network((net, mask.bit_count()), strict=False))
    return found


def linked_ipv6(table: str) -> list[Subnet]:
    """The networks that the text of /proc/net/ipv6_route says this machine is connected to itself."""
    found: list[Subnet] = []
    for line in table.splitlines():
        fields = line.split()
        if len(fields) < 10 or int(fields[4], 16) or fields[0].startswith(_MULTICAST):
            continue
        flags, bits = _hex(fields[8]), _hex(fields[1])
        if flags & _RTF_UP and not flags & (_RTF_REJECT | _RTF_GATEWAY) and bits:
            found.append(ipaddress.ip_network((bytes.fromhex(fields[0]), bits), strict=False))
    return found


class Surroundings:
    """Which networks this machine is connected to itself; looked up again after a while."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._read_at: float | None = None
        self._linked: list[Subnet] = []

    def distance_of(self, ip: str) -> Distance:
        """How far away an address is. Raises ValueError for a text that is no address."""
        address = _unmapped(ip)
        if address.is_loopback or address.is_unspecified:
            return Distance.LOCAL
        if address.is_link_local or any(address in subnet for subnet in self._subnets()):
            return Distance.LINK
        return Distance.PUBLIC if address.is_global else Distance.PRIVATE

    def _subnets(self) -> list[Subnet]:
        now = self._monotonic()
        if self._read_at is None or now - self._read_at > _SUBNETS_BELIEVED_S:
            self._read_at = now
            try:
                ipv6 = _read(ROUTES_IPV6) if ROUTES_IPV6.exists() else ""
                # Kept while there are none: a link that is down takes its routes with it, not its targets.
                self._linked = linked_ipv4(_read(ROUTES_IPV4)) + linked_ipv6(ipv6) or self._linked
            except (OSError, ValueError):
                self._linked = []
        return self._linked


@lru_cache(maxsize=4096)
def is_local_target(host: str) -> bool:
    """Whether a host is this machine itself, which needs no uplink."""
    name = host.lower().removesuffix(".")
    if name in _LOOPBACK_NAMES or name.endswith(".localhost"):
        return True
    address = literal(host)
    if address is None:
        return False
    ip = _unmapped(address.ip)
    return ip.is_loopback or ip.is_unspecified


def _unmapped(ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(ip.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def _interface(name: str) -> Interface:
    folder = INTERFACES / name
    try:
        return Interface(name, _read(folder / "operstate").strip(), _hex(_read(folder / "flags")))
    except FileNotFoundError:
        # With a route but no folder, /sys is not that of our network namespace, or is not there at all.
        return Interface(name, "gone", 0) if folder.exists() else Interface(name, "unknown", _IFF_UP)


def _read(path: Path) -> str:
    # os.open costs a third of Path.read_text, and this may run before every beat.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        chunks = []
        while chunk := os.read(descriptor, 65_536):
            chunks.append(chunk)
        return b"".join(chunks).decode("ascii", errors="replace")
    finally:
        os.close(descriptor)


def _hex(text: str) -> int:
    return int(text.strip(), 16)
