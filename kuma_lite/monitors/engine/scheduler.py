"""One heap in one task for all monitors, woken on a coarse grid.

It only says *what is due*; the engine looks. A monitor is never due twice at once: it comes back into the
heap when its look has ended. The wake-ups also tell when the event loop itself was late, and when the
machine's clocks disagree (suspend, clock set): then nobody may be blamed for a time-out (see `own_fault`).
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import sys
from collections import deque
from collections.abc import Callable
from typing import Final

from kuma_lite.core.clock import Clock
from kuma_lite.monitors.engine.due import GRID_S, grid

LATENESS_SAMPLES: Final = 4096  # of which /readyz and the benchmark take percentiles


class Scheduler:
    """Calls `look(monitor_id, due)` when a monitor falls due."""

    def __init__(
        self,
        clock: Clock,
        look: Callable[[int, float], None],
        tick: Callable[[float], None],
        room: Callable[[], int] = lambda: sys.maxsize,
    ) -> None:
        self._clock = clock
        self._room = room  # for how many more looks there is, now
        self.held_back = False  # something is due for which there was no room
        self._look = look
        self.ticks = [tick]  # told of each wake-up: monotonic seconds
        self._heap: list[tuple[float, int, int]] = []  # due, monitor id, entry number
        self._entries: dict[int, int] = {}  # monitor id → the entry that counts
        self._number = 0
        self._task: asyncio.Task[None] | None = None
        self.lateness: deque[float] = deque(maxlen=LATENESS_SAMPLES)  # seconds

    def start(self) -> None:
        """Begin to hand out what is due."""
        self._task = asyncio.create_task(self._run(), name="scheduler")

    async def stop(self) -> None:
        """Hand out nothing more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def put(self, monitor_id: int, due: float) -> None:
        """Look at a monitor at `due` (monotonic seconds), and at no other time."""
        self._number += 1
        self._entries[monitor_id] = self._number
        heapq.heappush(self._heap, (due, monitor_id, self._number))

    def drop(self, monitor_id: int) -> None:
        """Do not look at a monitor any more."""
        self._entries.pop(monitor_id, None)

    def __contains__(self, monitor_id: int) -> bool:
        return monitor_id in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    async def _run(self) -> None:
        while True:
            now = self._clock.monotonic()
            for tick in self.ticks:
                tick(now)
            self.hand_out(now)
            wake = grid(now + GRID_S / 2)
            await asyncio.sleep(max(0.001, wake - self._clock.monotonic()))

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
