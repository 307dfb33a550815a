"""How long something takes, as people write and read it. Pure."""

from __future__ import annotations

import re
from typing import Final

from kuma_lite.core.errors import UserError

_UNITS: Final = {"d": 1440, "h": 60, "m": 1}  # minutes
_FORM: Final = re.compile(r"(?:\d+(?:\.\d+)?[dhm])+", re.ASCII)
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)([dhm])", re.ASCII)


def minutes_of(text: str) -> float:
    """`90m`, `2h`, `1d12h`, or a number of minutes. Raises UserError."""
    wanted = text.strip().lower()
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 10:
        return float(wanted)
    if not _FORM.fullmatch(wanted):
        raise UserError("A duration is written as in 90m, 2h or 1d12h, not {text!r}.", text=text)
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(wanted))


def shown(seconds: float) -> str:
    """The two largest units: `3d 4h`, `12m 5s`, `40s`."""
    left = max(int(seconds), 0)
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0s"
