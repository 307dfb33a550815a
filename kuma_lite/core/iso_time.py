"""Moments as the REST API writes and reads them: ISO 8601, UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from kuma_lite.core.clock import MILLISECONDS, to_ms

_FIRST_MS: Final = to_ms(datetime(1, 1, 1, tzinfo=UTC).timestamp())
_LAST_MS: Final = to_ms(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
_KEPT: Final = 2_048  # moments whose text is remembered: lists say the same ones again


def iso(ms: int | None) -> str | None:
    """Milliseconds since 1970 as `2024-01-20T14:22:00Z`, the way the Servers API writes dates."""
    return None if ms is None else _written(ms // MILLISECONDS)


@lru_cache(_KEPT)
def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat() + "Z"


def iso_exact(ms: int) -> str:
    """The same with the fraction, where there is one: a sample's time is part of its identity."""
    rest = ms % MILLISECONDS
    text = str(iso(ms))
    return f"{text[:-1]}.{rest:03d}Z" if rest else text


def parse_iso(text: object) -> int | None:
    """An ISO 8601 moment in milliseconds since 1970; without a zone it is UTC. None for anything else."""
    if not isinstance(text, str) or len(text) > 64 or len(text) < 10:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        found = to_ms(moment.timestamp())
    except (ValueError, OverflowError):
        return None
    # Hours before the first year and behind the last one there is no date in UTC: the nearest stands for it.
    return max(_FIRST_MS, min(_LAST_MS, found))
