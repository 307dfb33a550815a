"""How often people may try: token buckets that also count within a minute, as Uptime Kuma's do.

There one bucket serves everybody, so that a stranger who guesses locks the owner out; here each address has
its own.
"""

from __future__ import annotations

import ipaddress
from typing import Final

from kuma_lite.core.clock import Clock

WINDOW_S: Final = 60.0
LOGINS_PER_WINDOW: Final = 20  # log-ins and log-outs of one address
TWO_FACTOR_PER_WINDOW: Final = 30

MAX_ADDRESSES: Final = 4096  # remembered at once; the one that was quiet longest is forgotten
_IPV6_PREFIX: Final = 64  # one customer owns that many addresses at least

LOGIN: Final = "login"
TWO_FACTOR: Final = "2fa"


class RateLimiter:
    """Lets `calls` through per minute.

    The bucket refills steadily; besides, no more than `calls` pass within a window of a minute, which
    begins with the first call after the last one ended. A call that the window allows but the bucket does
    not yet has to wait instead of being refused.
    """

    def __init__(self, calls: int, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._level = float(calls)  # below zero: that many calls are waiting already
        self._filled_at = self._window_began = clock.monotonic()
        self._used = 0

    def take(self) -> float | None:
        """Seconds to wait before the call may go on; None: refuse it."""
        now = self._clock.monotonic()
        if now - self._window_began >= WINDOW_S:
            self._window_began = now
            self._used = 0
        if self._used >= self._calls:
            return None
        per_second = self._calls / WINDOW_S
        self._level = min(float(self._calls), self._level + (now - self._filled_at) * per_second)
        self._filled_at = now
        self._level -= 1
        self._used += 1
        return max(0.0, -self._level / per_second)


class AddressLimiter:
    """A `RateLimiter` for every address."""

    def __init__(self, calls: int, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._limiters: dict[str, RateLimiter] = {}  # least recently used first

    def take(self, address: str) -> float | None:
        """Seconds to wait before a call from there may go on; None: refuse it."""
        key = _network(address)
        limiter = self._limiters.pop(key, None) or RateLimiter(self._calls, self._clock)
        self._limiters[key] = limiter
        if len(self._limiters) > MAX_ADDRESSES:
            del self._limiters[next(iter(self._limiters))]
        return limiter.take()


def _network(address: str) -> str:
    """What one caller cannot change: an IPv4 address, a network of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network(f"{address.split('%')[0]}/{_IPV6_PREFIX}", strict=False))


def make_limiters(clock: Clock) -> dict[str, AddressLimiter]:
    """The limiters by the names events use."""
    return {
        LOGIN: AddressLimiter(LOGINS_PER_WINDOW, clock),
        TWO_FACTOR: AddressLimiter(TWO_FACTOR_PER_WINDOW, clock),
    }
