"""History in tiers: raw samples, then ten minutes, hours and days with minimum, mean and maximum. Pure.

Buckets begin at whole multiples of their length since 1970 UTC. A coarser tier is made of the finer one, so
any part of it can be made again. Of counters the figures are rates per second, and the latest reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from itertools import groupby, pairwise
from typing import Final

from msgspec import Struct

from kuma_lite.core.records import replace
from kuma_lite.servers.samples.metrics import rate
from kuma_lite.servers.samples.packing import Point, Sample

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS


class Tier(IntEnum):
    """How fine history is kept; the numbers are stored."""

    RAW = 0
    TEN_MINUTES = 1
    HOUR = 2
    DAY = 3


# Length of a bucket; raw samples come about once a minute.
STEP_MS: Final = {
    Tier.RAW: MINUTE_MS,
    Tier.TEN_MINUTES: 10 * MINUTE_MS,
    Tier.HOUR: HOUR_MS,
    Tier.DAY: DAY_MS,
}
# What one stored block covers: some hundred values, so that packing pays, and rewriting one stays cheap.
SPAN_MS: Final = {
    Tier.RAW: 6 * HOUR_MS,
    Tier.TEN_MINUTES: 4 * DAY_MS,
    Tier.HOUR: 32 * DAY_MS,
    Tier.DAY: 1024 * DAY_MS,
}


def span_start(tier: Tier, time: int) -> int:
    """Where the block begins that a moment belongs to."""
    return time - time % SPAN_MS[tier]


def bucket_start(tier: Tier, time: int) -> int:
    """Where the roll-up begins that a moment belongs to; a raw sample is its own."""
    return time if tier is Tier.RAW else time - time % STEP_MS[tier]


class Part(Struct, frozen=True):
    """A part of a range; both ends included, ms."""

    since: int
    until: int
    there: bool  # whether blocks hold it


def parts(held: Iterable[tuple[int, int]], since: int, until: int) -> list[Part]:
    """A range cut where what is held of it begins and ends; in order, without holes.

    Args:
        held: beginning and length of what is there and overlaps the range, in order of the beginnings, ms;
            one may lie within another.
        since: beginning of the range, ms.
        until: its end, included, ms.
    """
    found: list[Part] = []
    at = since
    for start, length in held:
        end = min(start + length - 1, until)
        if end < at:
            continue
        if start > at:
            found.append(Part(at, start - 1, there=False))
        if found and found[-1].there:
            found[-1] = replace(found[-1], until=end)
        else:
            found.append(Part(max(start, at), end, there=True))
        at = end + 1
    if at <= until:
        found.append(Part(at, until, there=False))
    return found


def points_of(samples: Sequence[Sample], *, counter: bool, before: Sample | None = None) -> list[Point]:
    """Ten-minute points of samples in order of time.

    Args:
        samples: of one series.
        counter: whether its values count up.
        before: of a counter, the sample before the first one: the first rate begins there.
    """
    if not counter:
        return [_gauge(start, [value for _, value in group]) for start, group in _buckets(samples)]
    rates = dict(rates_of(samples, before))
    found = []
    for start, group in _buckets(samples):
        members = list(group)
        within = [rates[time] for time, _ in members if time in rates]
        if within:
            point = _gauge(start, within)
            found.append(point._replace(last=members[-1][1]))
    return found


def rates_of(samples: Sequence[Sample], before: Sample | None = None) -> list[Sample]:
    """Growth per second between neighbours, at the time of the later one; none across a restart."""
    chain = samples if before is None else [before, *samples]
    found = []
    for earlier, later in pairwise(chain):
        per_second = rate(earlier, later)
        if per_second is not None:
            found.append((later[0], per_second))
    return found


def coarser(points: Iterable[Point], tier: Tier) -> list[Point]:
    """Points of a coarser tier, of finer ones in order of time."""
    step = STEP_MS[tier]
    return [
        _together(start, list(group))
        for start, group in groupby(points, key=lambda point: point.time - point.time % step)
    ]


def replaced(old: Iterable[Point], new: Iterable[Point]) -> list[Point]:
    """Both, in order of time; where both have a point of one time, the new one."""
    return sorted({point.time: point for group in (old, new) for point in group}.values())


def together(old: Iterable[Sample], new: Iterable[Sample]) -> list[Sample]:
    """Both, in order of time; where both have a sample of one time, the old one: a resend changes nothing."""
    return sorted({time: value for group in (new, old) for time, value in group}.items())


def _buckets(samples: Iterable[Sample]) -> Iterable[tuple[int, Iterable[Sample]]]:
    step = STEP_MS[Tier.TEN_MINUTES]
    return groupby(samples, key=lambda sample: sample[0] - sample[0] % step)


def _gauge(start: int, values: Sequence[float]) -> Point:
    return Point(start, len(values), min(values), sum(values) / len(values), max(values))


def _together(start: int, points: Sequence[Point]) -> Point:
    count = sum(point.weight for point in points)
    mean = sum(point.mean * point.weight for point in points) / count
    low, high = min(point.low for point in points), max(point.high for point in points)
    return Point(start, count, low, min(max(mean, low), high), high, points[-1].last)


class Kept(Struct, frozen=True):
    """How long each tier is kept, in days, and how large all of it may become, in bytes."""

    raw: int = 7
    ten_minutes: int = 60
    hours: int = 400  # a year, and a month to compare it with
    days: int = 3_650
    max_bytes: int = 500_000_000

    def limit(self, tier: Tier, now: int) -> int:
        """What ended before this moment (ms) is thrown away."""
        days = (self.raw, self.ten_minutes, self.hours, self.days)[tier]
        return now - days * DAY_MS

    def first_block(self, tier: Tier, now: int) -> int:
        """Blocks that begin before this moment (ms) are thrown away: nothing in them has time left."""
        return self.limit(tier, now) - SPAN_MS[tier]


def choose(since: int, until: int, now: int, kept: Kept, points: float) -> Tier:
    """The finest tier that still has the beginning of a range and whose full rhythm fits a chart.

    Args:
        since: beginning of the range, ms.
        until: its end, ms.
        now: ms.
        kept: what there is.
        points: how many fit.
    """
    for tier in Tier:
        if tier is Tier.DAY:
            break
        reaches = since >= kept.limit(tier, now)
        if reaches and (min(until, now) - since) / STEP_MS[tier] <= points:
            return tier
    return Tier.DAY
