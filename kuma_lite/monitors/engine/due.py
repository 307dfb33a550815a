"""When a monitor is looked at (pure).

The next time is computed from the schedule, not from when a check ended: no drift. Ticks that were missed
(overload, a suspended laptop) are left out, never made up for in a burst.
"""

from __future__ import annotations

import math
from typing import Final

GRID_S: Final = 0.2  # wake-ups are the cost of a scheduler, not its heap; a fifth of a second is no lateness
FINE_S: Final = 0.1  # the same where so much is due that what comes together would wait for each other
FINE_AT: Final = 100.0  # checks a second
AT_ONCE_S: Final = 0.01  # to what somebody has added or resumed, and waits for; many of them share a wake-up
IDLE_S: Final = 1.0  # the longest sleep: a clock that was set, and a loop that stood still, are seen by then
START_SPREAD_S: Final = 30.0  # overdue monitors are caught up with over this time after a start
LEAST_GAP_S: Final = 2.0  # a second look that would come sooner after the first one is left out
REPEAT_S: Final = 5.0  # after trouble of our own: soon, but not in a storm
GOLDEN: Final = 0.618033988749895  # multiples of it, modulo 1, lie as evenly as numbers can


def phase(monitor_id: int) -> float:
    """A monitor's place in its interval, 0 ≤ phase < 1, evenly spread over consecutive ids."""
    return (monitor_id * GOLDEN) % 1.0


def first_due(now: float, interval: float, age: float | None, place: float, *, delay: bool = False) -> float:
    """When to look first after the program has started.

    Args:
        now: monotonic seconds.
        interval: seconds.
        age: seconds since the monitor's latest beat; None if it never had one or the clock ran backwards.
        place: the monitor's `phase`.
        delay: pushed monitors are given a whole interval first, to let their clients find us again.
    """
    if delay:
        return now + interval
    if age is not None and not is_overdue(interval, age):
        return now + interval - age
    return now + place * min(interval, START_SPREAD_S)


def is_overdue(interval: float, age: float | None) -> bool:
    """Whether the rhythm of an earlier run says nothing; `age`: see `first_due`."""
    return age is None or not 0 <= age < interval


def second_due(began: float, interval: float, place: float, wait: float, now: float) -> float:
    """The look after the first one of a monitor that was overdue at `began`, and with it all that follow.

    The first looks come together within `START_SPREAD_S`, so that all is known soon. The schedule is spread
    over the whole interval, however long: so the second look may come sooner than an interval later.
    """
    return next_due(began + (place - 1) * interval, wait, now + min(wait, LEAST_GAP_S) / 2)


def next_due(due: float, wait: float, now: float) -> float:
    """The next time on the schedule that began at `due`, at least a moment after `now`."""
    following = due + wait
    if following > now:
        return following
    missed = math.floor((now - due) / wait)
    return due + (missed + 1) * wait


def grid(moment: float, step: float = GRID_S) -> float:
    """The wake-up on which something due at `moment` is handled, where they are `step` seconds apart."""
    return math.ceil(moment / step) * step


def next_wake(now: float, due: float | None, rate: float, *, watched: bool) -> float:
    """When the scheduler wakes up next: with what is due then, and in time to witness for what is under way.

    A wake-up costs more than many checks that share one, as all that a processor remembers of us is gone.

    Args:
        now: monotonic seconds.
        due: when something is due next; None: nothing is.
        rate: checks a second that were begun lately.
        watched: checks are under way, of which a failure may be that of a loop that stood still.
    """
    step = FINE_S if rate >= FINE_AT else GRID_S
    soonest = grid(now + step / 2, step)
    if watched:
        return soonest
    longest = now + IDLE_S
    return longest if due is None else min(max(soonest, grid(due, step)), longest)
