"""Is a failure ours? Our own trouble must never be written down as a monitor's DOWN.

Asked only when a check has failed. Three witnesses: the event loop was late while the check ran (overload, a
storage stall, a stopped process), the clocks disagree about how long it ran (suspended laptop, clock set),
or the machine itself has no network. Whatever they say, a success is always believed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from kuma_lite.core.clock import Clock

LATE_S: Final = 1.0  # a loop later than this has made time-outs of its own
CLOCK_GAP_S: Final = 2.0  # wall and monotonic clock disagree by more than any NTP slew
CURRENT_S: Final = 15.0  # failures are repeated every few seconds: silent for longer means it is over
REMEMBERED: Final = 64  # disturbances; checks that run longer than these go back are rare


@dataclass(frozen=True, slots=True)
class Began:
    """Both clocks when a check began."""

    monotonic: float
    wall: float


class OwnFault:
    """Keeps what the witnesses saw, and answers whether a failed check may be believed."""

    def __init__(
        self, clock: Clock, has_uplink: Callable[[], bool], is_connected: Callable[[], Awaitable[bool]]
    ) -> None:
        self._clock = clock
        self._has_uplink = has_uplink
        self._is_connected = is_connected
        self._last_tick: float | None = None
        self._disturbed: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)  # from, to (monotonic)
        self._latest_at: float | None = None
        self.count = 0  # failures that were not believed, since the start
        self.latest: str | None = None  # why, for people

    def begin(self) -> Began:
        """Take both clocks when a check begins."""
        return Began(self._clock.monotonic(), self._clock.now())

    def tick(self, now: float) -> None:
        """The scheduler woke up; it should have done so a grid step after the last time."""
        last, self._last_tick = self._last_tick, now
        if last is not None and now - last > LATE_S:
            self._disturbed.append((last, now))

    async def reason(self, began: Began, *, network_suspect: bool, local_target: bool) -> str | None:
        """Why a failure is ours, or None if the target is to blame.

        Args:
            began: from `begin`, when the check started.
            network_suspect: the failure could come from a missing network (no route, no resolver, time-out).
            local_target: the target is this machine, which needs no network.
        """
        found = self._loop_was_late(began) or self._clocks_disagree(began)
        if found is None and network_suspect and not local_target:
            found = await self._network_is_gone()
        if found is not None:
            self.count += 1
            self.latest = found
            self._latest_at = self._clock.monotonic()
        return found

    def current(self) -> str | None:
        """Our latest trouble, if it is recent enough to be going on still."""
        if self._latest_at is None or self._clock.monotonic() - self._latest_at > CURRENT_S:
            return None
        return self.latest

    def _loop_was_late(self, began: Began) -> str | None:
        now = self._clock.monotonic()
        late_now = self._last_tick is not None and now - self._last_tick > LATE_S
        if late_now or any(end > began.monotonic for _, end in self._disturbed):
            return "This server was too busy to notice the answer in time."
        return None

    def _clocks_disagree(self, began: Began) -> str | None:
        ran = self._clock.monotonic() - began.monotonic
        if self._clock.now() - began.wall - ran > CLOCK_GAP_S:
            return "This machine was suspended, or its clock was set, during the check."
        return None

    async def _network_is_gone(self) -> str | None:
        if not self._has_uplink():
            return "This machine has no network."
        if not await self._is_connected():
            return "This machine cannot reach the address it tests its own network with."
        return None
