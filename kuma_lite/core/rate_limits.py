"""How often somebody may try: token buckets that also count within a minute, as Uptime Kuma's do."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from kuma_lite.core.clock import Clock

WINDOW_S: Final = 60.0
MAX_REMEMBERED: Final = 4096  # callers at once; the one that was quiet longest is forgotten

Value = TypeVar("Value")


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


class Recent(Generic[Value]):
    """Values by key; only so many, and what was not asked for longest is forgotten."""

    def __init__(self, most: int = MAX_REMEMBERED) -> None:
        self._most = most
        self._values: dict[str, Value] = {}  # least recently used first

    def get(self, key: str) -> Value | None:
        """What is remembered; it becomes the last to be forgotten."""
        value = self._values.pop(key, None)
        if value is not None:
            self._values[key] = value
        return value

    def put(self, key: str, value: Value) -> None:
        """Remember."""
        self._values.pop(key, None)
        self._values[key] = value
        if len(self._values) > self._most:
            del self._values[next(iter(self._values))]


class KeyedLimiter:
    """A `RateLimiter` for every key."""

    def __init__(self, calls: int, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._limiters: Recent[RateLimiter] = Recent()

    def take(self, key: str) -> float | None:
        """Seconds to wait before a call of that one may go on; None: refuse it."""
        limiter = self._limiters.get(key)
        if limiter is None:
            limiter = RateLimiter(self._calls, self._clock)
            self._limiters.put(key, limiter)
        return limiter.take()


class FailureCounter:
    """Counts different failures a minute for every key."""

    def __init__(self, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._windows: Recent[tuple[float, set[str]]] = Recent()

    def is_over(self, key: str) -> bool:
        """Whether that one has failed too often within this minute."""
        window = self._windows.get(key)
        return window is not None and len(window[1]) >= self._most and not self._has_ended(window[0])

    def add(self, key: str, what: str) -> None:
        """One more failure; the same again does not count."""
        window = self._windows.get(key)
        if window is None or self._has_ended(window[0]):
            window = (self._clock.monotonic(), set())
            self._windows.put(key, window)
        if len(window[1]) < self._most:
            window[1].add(what)

    def take_back(self, key: str, what: str) -> None:
        """It was no failure."""
        window = self._windows.get(key)
        if window is not None:
            window[1].discard(what)

    def _has_ended(self, began: float) -> bool:
        return self._clock.monotonic() - began >= WINDOW_S
