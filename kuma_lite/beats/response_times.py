"""Percentiles of response times: of single checks, as statistics keep sums only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from kuma_lite.beats.model import Beat
from kuma_lite.core.declarations import Status

PERCENTILES: Final = (50, 95, 99)


class ResponseTimes(NamedTuple):
    """How long answers took, in milliseconds; None without any."""

    checks: int
    least: float | None = None
    average: float | None = None
    most: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


def response_times(beats: Iterable[Beat]) -> ResponseTimes:
    """Of all that were up and had one."""
    found = sorted(beat.ping for beat in beats if beat.status is Status.UP and beat.ping is not None)
    if not found:
        return ResponseTimes(0)
    points = (percentile(found, percent) for percent in PERCENTILES)
    return ResponseTimes(len(found), found[0], sum(found) / len(found), found[-1], *points)


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The least value that so many per cent do not exceed (nearest rank), of one or more in order."""
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]
