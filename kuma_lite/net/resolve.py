"""Names to addresses.

Literals never leave the event loop. Names go through the system's resolver on threads of their own, so that
a dead DNS server cannot keep other users of the default executor waiting. Equal questions that are under way
share one answer; nothing is remembered longer, because a monitor has to notice a changed record.
"""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from kuma_lite.core.clock import Clock, SystemClock
from kuma_lite.net.errors import ErrorKind, NetworkError, lookup_error
from kuma_lite.net.resolver_health import ResolverHealth

IpFamily = Literal["ipv4", "ipv6"]

# Lookups at the same time. A blocked resolver holds a thread for about 10 s; sixteen keep a thousand
# monitors moving, at some 100 kB each.
RESOLVER_THREADS = 16
# Remembered answers to "is this text an address?", which depends on nothing else.
LITERALS_REMEMBERED = 4096

_FAMILIES = {None: socket.AF_UNSPEC, "ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}


class Address(Struct, frozen=True):
    """One address of a host: `ip` in text form, with its zone when it has one."""

    family: socket.AddressFamily
    ip: str


@lru_cache(maxsize=LITERALS_REMEMBERED)
def literal(host: str) -> Address | None:
    """The address a host text is already, or None for a name. Accepts `[::1]` and `fe80::1%eth0`."""
    host = host.removeprefix("[").removesuffix("]")
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
        except (OSError, ValueError):
            continue
        if "%" not in host or family is socket.AF_INET6:
            return Address(family, host)
    return None


class Resolver:
    """The system's resolver for one event loop."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.health = ResolverHealth(clock or SystemClock(), self.resolve)
        self._latest: OrderedDict[str, Address] = OrderedDict()
        self._pending: dict[tuple[str, IpFamily | None], asyncio.Future[list[Address]]] = {}
        self._threads: ThreadPoolExecutor | None = None

    async def resolve(self, host: str, family: IpFamily | None = None) -> list[Address]:
        """All addresses of `host`, in the system's order (RFC 6724). Raises NetworkError of kind DNS."""
        address = literal(host)
        if address is not None:
            if family is not None and address.family != _FAMILIES[family]:
                raise NetworkError(f"getaddrinfo ENOTFOUND {host}", "ENOTFOUND", ErrorKind.DNS)
            return [address]
        key = (host, family)
        lookup = self._pending.get(key)
        if lookup is None:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(RESOLVER_THREADS, "resolver")
            self.health.asked(host)
            lookup = asyncio.get_running_loop().run_in_executor(self._threads, _lookup, host, family)
            self._pending[key] = lookup
            lookup.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(lookup)

    def _finished(self, key: tuple[str, IpFamily | None], lookup: asyncio.Future[list[Address]]) -> None:
        self._pending.pop(key, None)
        if lookup.cancelled():
            return
        error = lookup.exception()  # those who asked may all have given up: the answer is nobody's surprise
        self.health.answered(key[0], getattr(error, "code", "EUNKNOWN") if error is not None else None)
        if error is None:
            self._latest[key[0]] = lookup.result()[0]
            self._latest.move_to_end(key[0])
            if len(self._latest) > LITERALS_REMEMBERED:
                self._latest.popitem(last=False)

    def latest(self, host: str) -> Address | None:
        """Where a name led when it was asked last, in this run; only to know whereabouts it is."""
        return self._latest.get(host)

    def close(self) -> None:
        """Let the threads go; lookups under way are not waited for."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


def _lookup(host: str, family: IpFamily | None) -> list[Address]:
    try:
        # Bytes, because text would go through Python's IDNA codec, which refuses names DNS allows.
        name = host.encode("ascii")
        found = socket.getaddrinfo(name, None, _FAMILIES[family], socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise lookup_error(error, host) from None
    except (UnicodeError, ValueError):
        raise NetworkError(f"getaddrinfo ENOTFOUND {host}", "ENOTFOUND", ErrorKind.DNS) from None
    addresses = [_address(kind, str(sockaddr[0]), sockaddr) for kind, _, _, _, sockaddr in found]
    if not addresses:
        raise NetworkError(f"getaddrinfo ENOTFOUND {host}", "ENOTFOUND", ErrorKind.DNS)
    return list(dict.fromkeys(addresses))


def _address(family: socket.AddressFamily, ip: str, sockaddr: tuple[object, ...]) -> Address:
    scope = sockaddr[3] if len(sockaddr) > 3 else 0
    return Address(family, f"{ip}%{scope}" if scope and "%" not in ip else ip)
