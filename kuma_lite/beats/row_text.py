"""Beats as the JSON text of wire rows (`Beat.as_row`), without making anything of each in between."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

_SECONDS: Final = tuple(f"{second:02d}" for second in range(60))
_FRACTIONS: Final = tuple(f".{fraction:03d}" for fraction in range(1000))
_MINUTES_KEPT: Final = 4_096  # texts of minutes; a hundred beats at a minute each, of forty monitors

Shape = tuple[Any, ...]  # status, text, important, duration, retries, down count, response

_minutes: Final[dict[int, str]] = {}


def row_texts(
    monitor_id: int,
    records: Iterable[tuple[int, int, int, int, float | None]],
    shape_of: Callable[[int], Shape],
) -> list[str]:
    """The rows of one monitor.

    Args:
        monitor_id: whose.
        records: id, time, end - time (milliseconds), number of the shape, ping (None or NaN: none).
        shape_of: what stands behind a number.
    """
    parts: dict[int, tuple[str, str, str]] = {}
    rows = []
    minutes = _minutes
    for beat_id, moment, delay, number, ping in records:
        part = parts.get(number)
        if part is None:
            part = parts[number] = _fixed_text(monitor_id, shape_of(number))
        before_time, before_end, rest = part
        second, past = divmod(moment, 1000)
        minute = second // 60
        began = end = f"{minutes.get(minute) or minute_text(minute)}{_SECONDS[second % 60]}"
        past_end = past + delay
        if not 0 <= past_end < 1000:  # most beats end in the second in which they began
            second, past_end = divmod(moment + delay, 1000)
            end = f"{minute_text(second // 60)}{_SECONDS[second % 60]}"
        if ping is None or ping != ping:
            shown: float | str = "null"
        else:
            shown = whole if (whole := int(ping)) == ping else ping  # as JavaScript writes it
        rows.append(
            f'{{"id":{beat_id}{before_time}{began}{_FRACTIONS[past]}","ping":{shown}'
            f'{before_end}{end}{_FRACTIONS[past_end]}"{rest}'
        )
    return rows


def minute_text(minute: int) -> str:
    """The beginning of a moment on the wire; `minute` is since 1970."""
    found = _minutes.get(minute)
    if found is not None:
        return found
    if len(_minutes) >= _MINUTES_KEPT:
        _minutes.clear()
    text = time.strftime("%Y-%m-%d %H:%M:", time.gmtime(minute * 60))
    _minutes[minute] = text
    return text


def _fixed_text(monitor_id: int, shape: Shape) -> tuple[str, str, str]:
    """What the rows of one shape have in common: before the time, before the end, and after it."""
    status, msg, important, duration, retries, down_count, response = shape
    said = json.dumps(msg, ensure_ascii=False)
    kept = "null" if response is None else json.dumps(response, ensure_ascii=False)
    return (
        f',"important":{int(important)},"monitor_id":{monitor_id},"status":{int(status)}'
        f',"msg":{said},"time":"',
        f',"duration":{duration},"down_count":{down_count},"end_time":"',
        f',"retries":{retries},"response":{kept}}}',
    )
