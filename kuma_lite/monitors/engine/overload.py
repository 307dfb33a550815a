"""How many checks are left out because this machine has no time for all of them (pure).

A monitor is never due twice at once: where its check begins late, and ends after the next one was due, that
one is left out, so that all intervals grow alike. A check that takes longer than its interval by itself is no
sign of that.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from msgspec import Struct

LATE_S: Final = 0.25  # a check that begins later than this waited for others
WINDOW_S: Final = 60.0
STEP_S: Final = 5.0  # between two points that are remembered
SHARE: Final = 0.05  # less is a machine that was busy for a moment


def left_out(due: float, late: float, following: float, wait: float) -> int:
    """Checks of a monitor that are left out until its next one.

    Args:
        due: when this check was due, monotonic seconds.
        late: seconds by which it began later.
        following: when the next one is due.
        wait: seconds that should lie between the two.
    """
    return max(0, round((following - due) / wait) - 1) if late > LATE_S and wait > 0 else 0


class _Point(Struct, frozen=True):
    time: float
    made: int
    left_out: int


class LeftOut:
    """Remembers counts of the last minute."""

    def __init__(self) -> None:
        self._points: deque[_Point] = deque()

    def share(self, now: float, made: int, left_out: int) -> float:
        """The share of checks left out in the last minute, 0…1; 0 where it is small, or nothing is known yet.

        Args:
            now: monotonic seconds.
            made: checks begun since the start.
            left_out: checks left out since the start.
        """
        points = self._points
        while points and now - points[0].time > WINDOW_S:
            points.popleft()
        first = points[0] if points else _Point(now, made, left_out)
        if not points or now - points[-1].time >= STEP_S:
            points.append(_Point(now, made, left_out))
        missing = left_out - first.left_out
        share = missing / max(1, missing + made - first.made)
        return share if share >= SHARE else 0.0
