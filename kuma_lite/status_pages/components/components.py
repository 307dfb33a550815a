"""Components: several monitors that a page shows as one service, by a rule. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from kuma_lite.core.declarations import Status
from kuma_lite.core.records import replace
from kuma_lite.status_pages.component_model import Component, Rule
from kuma_lite.status_pages.model import Bar

Change = tuple[float, Status | None]  # when (seconds since 1970), and to what; None: nobody looks any more

WORDS: Final = {
    Status.UP: "up",
    Status.DOWN: "down",
    Status.PENDING: "pending",
    Status.MAINTENANCE: "maintenance",
}
STATES: Final = {word: status for status, word in WORDS.items()}


class Segment(Struct, frozen=True):
    """A time in which a component was in one state."""

    began: float  # seconds since 1970
    ended: float
    status: Status | None


def needed(component: Component, count: int) -> int:
    """How many of `count` monitors must be up."""
    if component.rule is Rule.ALL:
        return count
    if component.rule is Rule.ANY:
        return min(1, count)
    return max(1, -(-count * component.share // 100))  # rounded up: of three, half are two


def combined(component: Component, statuses: Sequence[Status | None]) -> Status | None:
    """How a component is by its monitors.

    Those under maintenance and those that are not watched do not count; one that is checked again may turn
    out either way. None: nothing is known.
    """
    counted = [status for status in statuses if status is not None and status is not Status.MAINTENANCE]
    if not counted:
        return Status.MAINTENANCE if Status.MAINTENANCE in statuses else None
    wanted, up = needed(component, len(counted)), counted.count(Status.UP)
    if up >= wanted:
        return Status.UP
    return Status.PENDING if up + counted.count(Status.PENDING) >= wanted else Status.DOWN


def since(component: Component, states: Sequence[tuple[Status | None, int]]) -> int:
    """Since when a component is as it is, as far as the latest changes of its monitors tell.

    Args:
        component: the rule.
        states: of each monitor, with the moment of its latest change.

    Returns:
        The moment of the change that made the difference, in the unit of those that were given; 0 for none.
    """
    status = combined(component, [each for each, _moment in states])
    alike = sorted(moment for each, moment in states if each is status)
    if not alike:
        return max((moment for _status, moment in states), default=0)
    counted = sum(1 for each, _moment in states if each is not None and each is not Status.MAINTENANCE)
    wanted = needed(component, counted)
    # It went down with the monitor that made it too few, and up with the one that made it enough.
    if status is Status.DOWN:
        return alike[min(len(alike), counted - wanted + 1) - 1]
    return alike[min(len(alike), wanted) - 1] if status is Status.UP else alike[-1]


def segments(component: Component, changes: Sequence[Sequence[Change]], end: float) -> list[Segment]:
    """How a component was, from the first change of any of its monitors on.

    Args:
        component: the rule.
        changes: of each of its monitors, oldest first.
        end: of the last one, in seconds since 1970.
    """
    statuses: list[Status | None] = [None] * len(changes)
    moments = sorted(
        (moment, place, number)
        for place, each in enumerate(changes)
        for number, (moment, _status) in enumerate(each)
        if moment < end
    )
    found: list[Segment] = []
    for turn, (moment, place, number) in enumerate(moments):
        statuses[place] = changes[place][number][1]
        following = moments[turn + 1][0] if turn + 1 < len(moments) else end
        if following <= moment:
            continue  # several at once
        status = combined(component, statuses)
        if found and found[-1].status is status:
            found[-1] = replace(found[-1], ended=following)
        else:
            found.append(Segment(moment, following, status))
    return found


def combined_bars(
    component: Component,
    bars: Sequence[Sequence[Bar]],
    changes: Sequence[Sequence[Change]],
    seconds: int,
    now: float,
) -> list[Bar]:
    """The history of a component: of each span, the share of the time in which it was up by its rule.

    Args:
        component: the rule.
        bars: of each of its monitors, all of the same spans; a span in which none was checked stays empty.
        changes: of each of its monitors, as for `segments`.
        seconds: how long a span is.
        now: seconds since 1970.
    """
    if not bars:
        return []
    times = segments(component, changes, now)
    return [_bar(times, spans, seconds) for spans in zip(*bars, strict=True)]


def _bar(times: Sequence[Segment], spans: Sequence[Bar], seconds: int) -> Bar:
    start = spans[0].start
    lengths: dict[Status | None, float] = {}
    outages = 0
    for segment in times:
        within = min(segment.ended, start + seconds) - max(segment.began, start)
        if within > 0:
            lengths[segment.status] = lengths.get(segment.status, 0.0) + within
            outages += segment.status is Status.DOWN
    up, down = lengths.get(Status.UP, 0.0), lengths.get(Status.DOWN, 0.0)
    checked = any(bar.uptime is not None for bar in spans)
    share = up / (up + down) if checked and up + down else None
    maintenance = Status.MAINTENANCE in lengths or (share is None and any(bar.maintenance for bar in spans))
    return Bar(start, share, outages, int(down), maintenance)


def bars_of(
    components: Sequence[Component],
    bars: Mapping[int, Sequence[Bar]],
    changes: Mapping[int, Sequence[Change]],
    seconds: int,
    now: float,
) -> dict[int, list[Bar]]:
    """Component → its history; arguments as of `combined_bars`, by monitor."""
    return {
        each.id: combined_bars(
            each,
            [bars[number] for number in each.monitors if number in bars],
            [changes.get(number, ()) for number in each.monitors if number in bars],
            seconds,
            now,
        )
        for each in components
    }
