"""Windows to come, of one plan and of many: pure functions of the moment and the server's time zone."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from kuma_lite.maintenance.model import Plan, Strategy
from kuma_lite.maintenance.rules import bounds, current_and_next_slots, windows_of


class Window(Struct, frozen=True):
    """A time under maintenance, in seconds since 1970."""

    start: float
    end: float | None  # None: until somebody ends it


def windows_from(plan: Plan, now: float, server_zone: str) -> Iterator[Window]:
    """The windows that are not over, by when they begin; the one that lasts comes first.

    A plan by hand has none, nor has one that is switched off. What begins and ends at once is none.
    """
    if plan.active and plan.strategy is Strategy.SINGLE:
        yield from _single(plan, now, server_zone)
    elif plan.strategy.repeats and plan.duration:
        yield from _repeating(plan, now, server_zone)


def next_windows(plan: Plan, now: float, server_zone: str, count: int) -> list[Window]:
    """The first of them."""
    return list(islice(windows_from(plan, now, server_zone), count))


def windows_until(
    plans: Iterable[Plan], now: float, until: float, server_zone: str, most: int, most_of_one: int
) -> tuple[list[tuple[Plan, Window]], bool]:
    """The windows of all plans that begin before `until`, by when they begin; the earlier plan first.

    Args:
        plans: whose.
        now: what is over by then is left out.
        until: seconds since 1970.
        server_zone: IANA name.
        most: how many at most, the first ones.
        most_of_one: how many of one plan; a pattern may begin every second.

    Returns:
        The windows, and whether there are more.
    """
    more = False

    def begun(plan: Plan) -> Iterator[tuple[float, int, Plan, Window]]:
        nonlocal more
        for number, window in enumerate(windows_from(plan, now, server_zone)):
            if window.start >= until:
                return
            if number == most_of_one:
                more = True
                return
            yield window.start, plan.id, plan, window

    merged = heapq.merge(*map(begun, plans), key=lambda item: item[:2])
    found = [(plan, window) for _, _, plan, window in islice(merged, most)]
    return found, more or next(merged, None) is not None


def _single(plan: Plan, now: float, server_zone: str) -> Iterator[Window]:
    start, end = bounds(plan, server_zone)
    begins = now if start is None else start
    if end is None or end > max(begins, now):
        yield Window(begins, end)


def _repeating(plan: Plan, now: float, server_zone: str) -> Iterator[Window]:
    windows = windows_of(plan, now, server_zone)
    if windows is None:
        return
    current, following = current_and_next_slots(plan, now, server_zone)
    slot = current or following
    while slot is not None:
        if slot.end > max(slot.start, now):
            yield Window(slot.start, slot.end)
        slot = windows.first_after(slot.trigger)
