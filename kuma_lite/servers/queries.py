"""Series for charts and for the Servers API, from raw samples or roll-ups.

Functions run in a reader's thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import apsw

from kuma_lite.servers.history import read_points, read_samples, sample_before
from kuma_lite.servers.metrics import FRIENDLY, Friendly, metric_of, scale_of
from kuma_lite.servers.model import Server
from kuma_lite.servers.packing import Point
from kuma_lite.servers.rollup import DAY_MS, STEP_MS, Kept, Tier, choose, rates_of

RAW_MS: Final = DAY_MS  # ranges up to here are answered with raw samples, whatever the limit
DIGITS: Final = 4  # of derived values, behind the point

Values = list[tuple[int, float]]  # ms since 1970, value


@dataclass(frozen=True, slots=True)
class Wanted:
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
    connection: apsw.Connection,
    series: Sequence[Wanted],
    since: int,
    until: int,
    now: int,
    kept: Kept,
    limit: int,
) -> dict[str, Values]:
    """Key → values in order of time; the oldest `limit` values of all of them.

    Ranges of a day are raw samples, longer ones the finest roll-up that fits.
    """
    share = limit / max(1, len(series))
    raw_fits = until - since <= RAW_MS
    tier = choose(
        since, until, now, kept, lambda tier: float("inf") if tier is Tier.RAW and raw_fits else share
    )
    found = {item.key: _values(connection, item, tier, since, until) for item in series}
    if sum(map(len, found.values())) > limit:
        order = sorted((time, key) for key, values in found.items() for time, _ in values)
        last = order[limit - 1]
        found = {key: [row for row in values if (row[0], key) <= last] for key, values in found.items()}
    return {key: values for key, values in found.items() if values}


def _values(connection: apsw.Connection, item: Wanted, tier: Tier, since: int, until: int) -> Values:
    if tier is Tier.RAW:
        return _raw_values(connection, item, since, until)
    points = read_points(connection, item.series_id, tier, since, until, counter=item.counter)
    if item.scale is None:
        return [(p.time, p.last if item.counter and p.last is not None else p.mean) for p in points]
    return [(point.time, round(point.mean * item.scale, DIGITS)) for point in points]


def _raw_values(connection: apsw.Connection, item: Wanted, since: int, until: int) -> Values:
    samples = read_samples(connection, item.series_id, since, until)
    if item.scale is None:
        return samples
    if item.counter:
        samples = rates_of(samples, sample_before(connection, item.series_id, since))
    return [(time, round(value * item.scale, DIGITS)) for time, value in samples]


# --- charts ------------------------------------------------------------------------------------------------


def read_charts(
    connection: apsw.Connection,
    series: Sequence[Wanted],
    since: int,
    until: int,
    now: int,
    kept: Kept,
    points: int,
) -> dict[str, Any]:
    """`{step, tier, series: {key: {unit, times, min, mean, max}}}`; times in ms, step in ms.

    Of raw samples the three figures are one. `points`: how many fit the width of the chart.
    """
    tier = choose(since, until, now, kept, lambda _: points)
    found: Mapping[str, Any] = {
        item.key: _columns(item, _chart_points(connection, item, tier, since, until)) for item in series
    }
    return {"step": STEP_MS[tier], "tier": tier.name.lower(), "series": found}


def _chart_points(
    connection: apsw.Connection, item: Wanted, tier: Tier, since: int, until: int
) -> list[Point]:
    if tier is not Tier.RAW:
        # The bucket that is under way when the range begins belongs to it.
        return read_points(
            connection, item.series_id, tier, since - STEP_MS[tier] + 1, until, counter=item.counter
        )
    samples = read_samples(connection, item.series_id, since, until)
    if item.counter:
        samples = rates_of(samples, sample_before(connection, item.series_id, since))
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
    return None if value is None else round(value, 2)
