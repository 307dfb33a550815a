"""Beats as the JSON text of wire rows (`Beat.as_row`), without making anything of each in between."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

_encode: Final = json.JSONEncoder(ensure_ascii=False).encode
_TWO_DIGITS: Final = tuple(f"{number:02d}" for number in range(60))
_FRACTIONS: Final = tuple(f".{fraction:03d}" for fraction in range(1000))
_HOURS_KEPT: Final = 1_024
_SECONDS_KEPT: Final = 8_192  # a hundred beats of some eighty monitors
_PINGS_KEPT: Final = 2_048

Shape = tuple[Any, ...]  # status, text, important, duration, retries, down count, response


class _HourTexts(dict[int, str]):
    """Dates and hours on the wire, by hours since 1970, made when they are asked for."""

    def __missing__(self, hour: int) -> str:
        if len(self) >= _HOURS_KEPT:
            self.clear()
        text = self[hour] = time.strftime("%Y-%m-%d %H:", time.gmtime(hour * 3600))
        return text


class _SecondTexts(dict[int, str]):
    """The beginnings of moments on the wire, by seconds since 1970."""

    def __missing__(self, second: int) -> str:
        if len(self) >= _SECONDS_KEPT:
            self.clear()
        hour = second // 3600
        rest = second - hour * 3600
        text = self[second] = f"{_hours[hour]}{_TWO_DIGITS[rest // 60]}:{_TWO_DIGITS[rest % 60]}"
        return text


class _PingTexts(dict[float | None, str]):
    """Response times as JavaScript writes them, made when they are asked for; null for None and NaN."""

    def __missing__(self, ping: float | None) -> str:
        if ping is None or ping != ping:
            return "null"
        if len(self) >= _PINGS_KEPT:
            self.clear()
        text = self[ping] = str(whole if (whole := int(ping)) == ping else ping)
        return text


_hours: Final = _HourTexts()
_seconds: Final = _SecondTexts()
_pings: Final = _PingTexts()


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
    seconds, fractions, pings = _seconds, _FRACTIONS, _pings
    last = None  # number of a shape; mostly that of the next row, too
    before_time = before_end = rest = ""
    for beat_id, moment, delay, number, ping in records:
        if number != last:
            last = number
            part = parts.get(number)
            if part is None:
                part = parts[number] = _fixed_text(monitor_id, shape_of(number))
            before_time, before_end, rest = part
        second = moment // 1000
        past = moment - second * 1000
        began = end = seconds[second]
        past_end = past + delay
        if not 0 <= past_end < 1000:  # most beats end in the second in which they began
            end = seconds[second + past_end // 1000]
            past_end %= 1000
        rows.append(
            f'{{"id":{beat_id}{before_time}{began}{fractions[past]}","ping":{pings[ping]}'
            f'{before_end}{end}{fractions[past_end]}"{rest}'
        )
    return rows


def _fixed_text(monitor_id: int, shape: Shape) -> tuple[str, str, str]:
    """What the rows of one shape have in common: before the time, before the end, and after it."""
    status, msg, important, duration, retries, down_count, response = shape
    said = _encode(msg)
    kept = "null" if response is None else _encode(response)
    return (
        f',"important":{int(important)},"monitor_id":{monitor_id},"status":{int(status)}'
        f',"msg":{said},"time":"',
        f',"duration":{duration},"down_count":{down_count},"end_time":"',
        f',"retries":{retries},"response":{kept}}}',
    )
