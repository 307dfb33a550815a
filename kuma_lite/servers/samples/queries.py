"""Series for charts and for the Servers API, from raw samples or roll-ups.

Functions run in a reader's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.sql import Connection
from kuma_lite.servers.model import Server
from kuma_lite.servers.samples.history import (
    NONE,
    Fresh,
    Piece,
    pieces,
    read_points,
    read_samples,
    sample_before,
)
from kuma_lite.servers.samples.metrics import FRIENDLY, Friendly, metric_of, scale_of
from kuma_lite.servers.samples.packing import Point
from kuma_lite.servers.samples.rollup import DAY_MS, STEP_MS, Kept, Tier, bucket_start, choose, rates_of

RAW_MS: Final = DAY_MS  # up to here what is kept raw is answered raw, whatever the limit
DIGITS: Final = 4  # of derived values, behind the point

Values = list[tuple[int, float]]  # ms since 1970, value


class Wanted(Struct, frozen=True):
    """One series to read."""

    key: str  # as it was asked for
    series_id: int
    counter: bool
    scale: float | None  # of a friendly series; None: raw values
    unit: str


def wanted(server: Server, names: Sequence[str]) -> list[Wanted]:
    """The series behind names, friendly or stored; those without samples or without a total are left out."""
    found = []
    for name in names:
        friendly = FRIENDLY.get(name)
        series_id = server.series.get(friendly.stored if friendly else name)
        if series_id is None:
            continue
        if friendly is None:
            metric = metric_of(name)
            if metric is not None:
                found.append(Wanted(name, series_id, metric.counter, None, metric.unit))
            continue
        scale = scale_of(friendly, server.attributes)
        if scale is not None:
            found.append(Wanted(name, series_id, friendly.is_rate, scale, friendly.unit))
    return found


def is_known(name: str) -> bool:
    """Whether a metric may be asked for by that name."""
    return name in FRIENDLY or metric_of(name) is not None


def read_values(
    connection: Connection,
    series: Sequence[Wanted],
    since: int,
    until: int,
    now: int,
    kept: Kept,
    limit: int,
    fresh: Fresh = NONE,
) -> dict[str, Values]:
    """Key → values in order of time; the oldest `limit` values of all of them.

    Raw samples where they are kept and fit into the limit, or the range is no longer than a day; otherwise
    the finest roll-ups that fit. Every time lies within the range. `fresh`: what waits elsewhere.
    """

    def planned(item: Wanted, tier: Tier) -> list[Piece]:
        return pieces(connection, item.series_id, tier, since, until, now, kept, fresh)

    plans = _plans(series, planned, float("inf") if until - since <= RAW_MS else limit)
    found = {
        item.key: [row for piece in plans[item.key] for row in _values(connection, item, piece, fresh)]
        for item in series
    }
    if sum(map(len, found.values())) > limit:
        order = sorted((time, key) for key, values in found.items() for time, _ in values)
        last = order[limit - 1]
        found = {key: [row for row in values if (row[0], key) <= last] for key, values in found.items()}
    return {key: values for key, values in found.items() if values}


def _plans(
    series: Sequence[Wanted], planned: Callable[[Wanted, Tier], list[Piece]], room: float
) -> dict[str, list[Piece]]:
    """Key → the finest pieces that fit into a series' share of the room.

    Those with the fewest samples come first: what they leave is for the others, and nothing is rolled up
    when all of it fits.
    """
    found = {item.key: planned(item, Tier.RAW) for item in series}
    order = sorted(series, key=lambda item: _size(found[item.key]))
    for left, item in zip(range(len(order), 0, -1), order, strict=True):
        share, size = room / left, _size(found[item.key])
        # What a roll-up leaves of its share is not passed on: of series alike one would be raw, one not.
        room -= min(size, share)
        if size > share:
            found[item.key] = _rolled_up(partial(planned, item), share)
    return found


def _rolled_up(planned: Callable[[Tier], list[Piece]], share: float) -> list[Piece]:
    """The finest roll-ups that fit into a share; days, whether they fit or not."""
    for tier in (Tier.TEN_MINUTES, Tier.HOUR):
        plan = planned(tier)
        if _size(plan) <= share:
            return plan
    return planned(Tier.DAY)


def _size(plan: Sequence[Piece]) -> int:
    return sum(piece.size for piece in plan)


def _values(connection: Connection, item: Wanted, piece: Piece, fresh: Fresh) -> Values:
    tier, since, until, _ = piece
    if tier is Tier.RAW:
        return _raw_values(connection, item, since, until, fresh)
    begin = bucket_start(tier, since)  # the bucket that is under way then belongs to the range
    points = read_points(connection, item.series_id, tier, begin, until, counter=item.counter, fresh=fresh)
    if item.counter and item.scale is None:
        # What a counter stood at in the end; when that was read is not kept, only that it was by then.
        step = STEP_MS[tier]
        return [(min(p.time + step, until), p.mean if p.last is None else p.last) for p in points]
    scaled = [p.mean if item.scale is None else round(p.mean * item.scale, DIGITS) for p in points]
    return [(max(p.time, since), value) for p, value in zip(points, scaled, strict=True)]


def _raw_values(connection: Connection, item: Wanted, since: int, until: int, fresh: Fresh) -> Values:
    samples = read_samples(connection, item.series_id, since, until, fresh)
    if item.scale is None:
        return samples
    if item.counter:
        samples = rates_of(samples, sample_before(connection, item.series_id, since, fresh))
    return [(time, round(value * item.scale, DIGITS)) for time, value in samples]


# --- charts ------------------------------------------------------------------------------------------------


def read_charts(
    connection: Connection,
    series: Sequence[Wanted],
    since: int,
    until: int,
    now: int,
    kept: Kept,
    points: int,
    fresh: Fresh = NONE,
) -> dict[str, Any]:
    """`{step, tier, series: {key: {unit, times, min, mean, max}}}`; times in ms, step in ms.

    Of raw samples the three figures are one. `points`: how many fit the width of the chart.
    """
    tier = choose(since, until, now, kept, points)
    found: Mapping[str, Any] = {
        item.key: _columns(item, _chart_points(connection, item, tier, since, until, fresh))
        for item in series
    }
    return {"step": STEP_MS[tier], "tier": tier.name.lower(), "series": found}


def _chart_points(
    connection: Connection, item: Wanted, tier: Tier, since: int, until: int, fresh: Fresh
) -> list[Point]:
    if tier is not Tier.RAW:
        # The bucket that is under way when the range begins belongs to it.
        begin = bucket_start(tier, since)
        return read_points(connection, item.series_id, tier, begin, until, counter=item.counter, fresh=fresh)
    samples = read_samples(connection, item.series_id, since, until, fresh)
    if item.counter:
        samples = rates_of(samples, sample_before(connection, item.series_id, since, fresh))
    return [Point(time, 1, value, value, value) for time, value in samples]


def _columns(item: Wanted, points: Sequence[Point]) -> dict[str, Any]:
    scale = 1.0 if item.scale is None else item.scale

    def column(figures: Sequence[float]) -> list[float]:
        return [round(value * scale, DIGITS) for value in figures]

    return {
        "unit": f"{item.unit}/s" if item.counter and item.scale is None else item.unit,
        "times": [point.time for point in points],
        "min": column([point.low for point in points]),
        "mean": column([point.mean for point in points]),
        "max": column([point.high for point in points]),
    }


def friendly_value(server: Server, friendly: Friendly) -> float | None:
    """The newest value of a friendly metric, as lists show it."""
    value = server.values.get(friendly.name)
    return None if value is None else round(value, DIGITS)
