"""One heap with one timer for all monitors, woken on a coarse grid, and only where something is to be done.

It only says *what is due*; the engine looks. A monitor is never due twice at once: it comes back into the
heap when its look has ended. The wake-ups also tell when the event loop itself was late, and when the
machine's clocks disagree (suspend, clock set): then nobody may be blamed for a time-out (see `own_fault`).
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import math
import sys
from collections import deque
from collections.abc import Callable
from typing import Final

from kuma_lite.core.clock import Clock
from kuma_lite.monitors.engine.due import AT_ONCE_S, FINE_S, next_wake

log = logging.getLogger(__name__)

LATENESS_SAMPLES: Final = 4096  # of which /readyz and the benchmark take percentiles


class Scheduler:
    """Calls `look(monitor_id, due)` when a monitor falls due.

    Args:
        witness: told of each wake-up (monotonic seconds), and of the seconds until the next one.
        room: for how many more looks there is, now.
        running: whether looks are under way.
    """

    def __init__(
        self,
        clock: Clock,
        look: Callable[[int, float], None],
        witness: Callable[[float, float], None],
        room: Callable[[], int] = lambda: sys.maxsize,
        running: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock = clock
        self._room = room
        self._running = running
        self.held_back = False  # something is due for which there was no room
        self._look = look
        self._witness = witness
        self.ticks: list[Callable[[float], None]] = []  # told of each wake-up: monotonic seconds
        self._heap: list[tuple[float, int, int]] = []  # due, monitor id, entry number
        self._entries: dict[int, int] = {}  # monitor id → the entry that counts
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._woke_at = 0.0
        self._wakes_at = -math.inf  # before it is started, nobody need be woken earlier
        self._rate = 0.0  # looks a second, between the latest two wake-ups
        self.lateness: deque[float] = deque(maxlen=LATENESS_SAMPLES)  # seconds

    def start(self) -> None:
        """Begin to hand out what is due."""
        self._woke_at = self._clock.monotonic()
        self._sleep(0.0, self._woke_at)

    def stop(self) -> None:
        """Hand out nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wakes_at = -math.inf

    def put(self, monitor_id: int, due: float) -> None:
        """Look at a monitor at `due` (monotonic seconds), and at no other time."""
        self._number += 1
        self._entries[monitor_id] = self._number
        heapq.heappush(self._heap, (due, monitor_id, self._number))
        if due < self._wakes_at:
            self._wake_earlier(due)

    def drop(self, monitor_id: int) -> None:
        """Do not look at a monitor any more."""
        self._entries.pop(monitor_id, None)

    def __contains__(self, monitor_id: int) -> bool:
        return monitor_id in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def _wake(self) -> None:
        now, handed = self._clock.monotonic(), 0
        try:
            for tick in self.ticks:
                tick(now)
            handed = self.hand_out(now)
        except Exception:
            log.exception("What is due could not be handed out; trying again")
        self._rate = handed / max(FINE_S / 2, now - self._woke_at)
        self._woke_at = now
        wake = next_wake(now, self._next_due(), self._rate, watched=self._running())
        self._witness(now, wake - now)
        self._sleep(wake - self._clock.monotonic(), wake)

    def _wake_earlier(self, due: float) -> None:
        """What was put in last is due before the next wake-up."""
        now = self._clock.monotonic()
        wake = now + AT_ONCE_S if due <= now else next_wake(now, due, self._rate, watched=False)
        if wake < self._wakes_at:
            self._sleep(wake - now, wake)

    def _sleep(self, seconds: float, wakes_at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._wakes_at = wakes_at
        self._timer = asyncio.get_running_loop().call_later(max(0.001, seconds), self._wake)

    def _next_due(self) -> float | None:
        """When something is due next; entries that count no more are forgotten on the way."""
        heap = self._heap
        while heap and self._entries.get(heap[0][1]) != heap[0][2]:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def hand_out(self, now: float) -> int:
        """Hand over what is due at `now`, what waits longest first, as far as there is room.

        Returns how many.
        """
        handed = 0
        heap = self._heap
        room = self._room() if heap else 0
        while heap and heap[0][0] <= now and handed < room:
            due, monitor_id, number = heapq.heappop(heap)
            if self._entries.get(monitor_id) != number:
                continue  # it was dropped or put anew
            del self._entries[monitor_id]
            self.lateness.append(now - due)
            self._look(monitor_id, due)
            handed += 1
        self.held_back = handed == room and bool(heap) and heap[0][0] <= now
        return handed
