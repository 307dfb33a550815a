"""How often people may try: token buckets that also count within a minute, as Uptime Kuma's do."""

from __future__ import annotations

from typing import Final

from kuma_lite.core.clock import Clock

WINDOW_S: Final = 60.0
LOGINS_PER_WINDOW: Final = 20  # log-ins and log-outs of everybody together
TWO_FACTOR_PER_WINDOW: Final = 30

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


def make_limiters(clock: Clock) -> dict[str, RateLimiter]:
    """The limiters by the names events use."""
    return {
        LOGIN: RateLimiter(LOGINS_PER_WINDOW, clock),
        TWO_FACTOR: RateLimiter(TWO_FACTOR_PER_WINDOW, clock),
    }
