"""Time zones by their IANA names, in whatever case: the runtime of Uptime Kuma does not mind it."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


def zone_named(name: str) -> tzinfo:
    """The zone of a name. Raises ValueError for one that this machine does not know."""
    if name.upper() == "UTC":  # also where there is no time zone database
        return UTC
    found = _zone(name)
    if found is None:
        found = _zone(_known_names().get(name.lower(), ""))
    if found is None:
        raise ValueError(name)
    return found


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError, a folder an OSError
        return None


@cache
def _known_names() -> dict[str, str]:
    """Every name by its small letters; it takes some ms to look through the database."""
    return {name.lower(): name for name in available_timezones()}
