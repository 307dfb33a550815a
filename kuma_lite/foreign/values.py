"""Values of files whose shape nobody promises: readers take anything, and give what they can use. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.config_files.reading import escaped
from kuma_lite.core.limits import MAX_INTERVAL_S

_DURATION: Final = re.compile(r"(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w))+", re.ASCII)
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w)", re.ASCII)
_UNITS: Final = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0,
    "w": 604_800.0,
}  # fmt: skip
_MAX_DIGITS: Final = 15


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def listing(value: Any) -> list[Any]:
    """A list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def raw_text(value: Any) -> str:
    """A text as it stands there; numbers and switches as they are written, "" for what is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def text(value: Any) -> str:
    """The same, so that our files take nothing in it for a variable."""
    found: str = escaped(raw_text(value))
    return found


def whole(value: Any) -> int | None:
    """A whole number that is not negative, also as a text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value <= MAX_INTERVAL_S else None
    if isinstance(value, float) and value.is_integer():
        return whole(int(value))
    given = value.strip() if isinstance(value, str) else ""
    return whole(int(given)) if given.isascii() and given.isdecimal() and len(given) <= _MAX_DIGITS else None


def switch(value: Any, *, default: bool = False) -> bool:
    """Whether it is on, also as a text."""
    if isinstance(value, bool):
        return value
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return known.get(raw_text(value).strip().lower(), default)


def seconds(value: Any) -> float | None:
    """A duration as Go and Prometheus write it, `1m30s`; a number is of seconds."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if 0 <= value <= MAX_INTERVAL_S else None
    given = raw_text(value).strip()
    if not _DURATION.fullmatch(given) or len(given) > 2 * _MAX_DIGITS:
        return None
    found = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(given))
    return found if found <= MAX_INTERVAL_S else None


def interval(value: Any, default: int) -> int:
    """Whole seconds between checks, at least one."""
    found = seconds(value)
    return default if found is None else max(round(found), 1)


def host_and_port(value: str) -> tuple[str, int | None]:
    """`example.org:22`, `[::1]:22`, `example.org`."""
    given = value.strip()
    if given.startswith("["):
        host, _, rest = given[1:].partition("]")
        return host, whole(rest.removeprefix(":"))
    host, colon, port = given.rpartition(":")
    if colon and ":" not in host and (number := whole(port)) is not None:
        return host, number
    return given, None


def with_space(value: Any) -> str:
    """What a name shows on one line."""
    return " ".join(text(value).split())
