"""How settings are stored, and which time zone is the server's."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Final

from kuma_lite.core.patterns import pattern
from kuma_lite.core.time_zones import zone_named

GENERAL: Final = "general"  # type of the rows that getSettings shows and setSettings writes
# Stored as plain text, as Uptime Kuma does; every other value is JSON.
_PLAIN_TEXT: Final = frozenset({"jwtSecret"})
# As a browser writes one; a slash at the end does no harm. Extensions of browsers have schemes of their own.
_ORIGIN: Final = pattern(r"[a-z][a-z0-9+.-]*://[^\s/?#@,]+/?", re.IGNORECASE)


def encode_value(key: str, value: Any) -> str:
    """A setting as its row holds it."""
    if key in _PLAIN_TEXT and isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def decode_value(key: str, text: str | None) -> Any:
    """What a row holds; text that is no JSON stands for itself, as Uptime Kuma reads it."""
    if text is None or key in _PLAIN_TEXT:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def is_time_zone(name: Any) -> bool:
    """Whether the name is in this machine's time zone database."""
    if not isinstance(name, str) or not name:
        return False
    try:
        zone_named(name)
    except ValueError:
        return False
    return True


def wrong_origin(value: Any) -> str | None:
    """The first of a list, or of a text with blanks or commas between, that names no site; None: all do."""
    parts = value.replace(",", " ").split() if isinstance(value, str) else value or []
    if not isinstance(parts, list):
        return str(value)
    wrong = (part for part in parts if part != "*" and not _ORIGIN.fullmatch(str(part).strip()))
    return next((str(part) for part in wrong), None)


def choose_time_zone(environment: str | None, setting: Any, guessed: str | None) -> str:
    """The server's zone: `TZ` if it is one, else the setting, else the machine's, else UTC."""
    candidates = (zone for zone in (environment, setting, guessed) if is_time_zone(zone))
    return str(next(candidates, "UTC"))


def utc_offset(zone: str, now: float) -> str:
    """A zone's distance from UTC at that moment (seconds since 1970), as `+05:30`."""
    moment = datetime.fromtimestamp(now, zone_named(zone))
    text = moment.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
