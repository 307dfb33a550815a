"""Wall clock times and the moments they are, across changes of the clock.

A wall time that a change of the clock skips is the moment as much later (02:30 is 03:30), one that comes
twice is its first moment. Moments are seconds since 1970.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from kuma_lite.core.patterns import pattern
from kuma_lite.core.time_zones import zone_named

_WALL: Final = pattern(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
    r"(Z|[+-]\d{2}:?\d{2})?"
)


def known_zone_of(name: str) -> tzinfo:
    """Like `zone_named`; UTC for a name that this machine does not know (an imported plan may have one)."""
    try:
        return zone_named(name)
    except ValueError:
        return UTC


def parse_wall(text: str) -> datetime:
    """A date with or without time as clients write it; fractions of a second are dropped.

    The result has a zone only if the text has one (`Z`, `+02:00`). Raises ValueError.
    """
    match = _WALL.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    *numbers, zone = match.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    return datetime(year, month, day, hour, minute, second, tzinfo=_fixed_zone(zone))


def _fixed_zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if text[0] == "-" else distance)


def to_moment(wall: datetime, zone: tzinfo) -> float:
    """When a wall time is; one that carries a zone keeps it."""
    return (wall if wall.tzinfo else wall.replace(tzinfo=zone)).timestamp()


def moments_of(wall: datetime, zone: tzinfo) -> tuple[float, ...]:
    """When a wall time is: both moments of one that comes twice."""
    first, second = to_moment(wall, zone), to_moment(wall.replace(fold=1), zone)
    return (first, second) if second > first else (first,)


def to_wall(moment: float, zone: tzinfo) -> datetime:
    """What the clocks of a zone show, without zone."""
    return datetime.fromtimestamp(moment, zone).replace(tzinfo=None, fold=0)


def offset_of(moment: float, zone: tzinfo) -> timedelta:
    """A zone's distance from UTC."""
    return datetime.fromtimestamp(moment, zone).utcoffset() or timedelta()


def offset_text(moment: float, zone: tzinfo) -> str:
    """A zone's distance from UTC as `+05:30`."""
    minutes = round(offset_of(moment, zone) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"
