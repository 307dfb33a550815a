"""Values as Uptime Kuma's tables hold them → values as ours do (pure)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from kuma_lite.core.clock import to_ms
from kuma_lite.core.declarations import Status
from kuma_lite.core.limits import MAX_MESSAGE_CHARS

# Fields of a beat in the order of `BeatRow`: as SQL, and what stands for them in versions without.
BEAT_COLUMNS: Final = {
    "id": "",
    "monitor_id": "",
    "time": "",
    "end_time": "NULL",
    "status": "",
    "msg": "",
    "ping": "",
    "important": "",
    "duration": "0",
    "retries": "0",
    "down_count": "0",
    "response": "NULL",
}
# id, monitor, time and end in milliseconds since 1970, status, msg, ping, important, duration, retries,
# down count, response.
BeatRow = tuple[int, int, int, int, Status, str, float | None, bool, int, int, int, str | None]

_MINUTE_CHARS: Final = 16  # of "2026-11-22 01:53:06.845"
_TEXTS_KEPT: Final = 10_000  # messages repeat from beat to beat
_MINUTES_KEPT: Final = 100_000
_REST: Final = re.compile(rb":([0-5]\d)(?:\.(\d{1,6})\d*)?Z?")


def flag(value: Any) -> int:
    """A switch; some columns of early versions hold texts."""
    return int(bool(value) and value not in ("0", "false"))


def whole(value: Any) -> int | None:
    """A whole number; None for anything else."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def text(value: Any) -> str | None:
    """A text; None stays None."""
    return None if value is None else str(value)


def milliseconds(value: Any) -> int | None:
    """Milliseconds since 1970 of a date in UTC; None for what is none."""
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return to_ms((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def seconds(value: Any) -> int | None:
    """Seconds since 1970 of a date in UTC; None for what is none."""
    found = milliseconds(value)
    return None if found is None else found // 1000


class BeatReader:
    """Rows of `heartbeat` (texts as bytes) → `BeatRow`; what repeats is looked up.

    Attributes:
        unreadable: rows without a time, or with a status that there is not.
    """

    def __init__(self) -> None:
        self.unreadable = 0
        self._minutes: dict[bytes, int] = {}
        self._rests: dict[bytes, int] = {}
        self._texts: dict[bytes, str] = {}
        self._statuses = {int(status): status for status in Status}

    def read(self, rows: Iterable[Sequence[Any]]) -> list[BeatRow]:
        """What can be read of some rows, in their order; columns as in `BEAT_COLUMNS`."""
        found: list[BeatRow] = []
        texts, statuses, moment_of = self._texts, self._statuses, self._moment
        for number, monitor, began, ended, state, msg, ping, important, *counts, response in rows:
            time = moment_of(began)
            status = statuses.get(state)
            if time is None or status is None:
                self.unreadable += 1
                continue
            end = None if ended is None else moment_of(ended)
            shown = texts.get(msg)
            if shown is None:
                shown = self._text(msg)
            if ping is not None and type(ping) is not int:
                ping = _ping(ping)
            found.append(
                (
                    number,
                    monitor,
                    time,
                    time if end is None or end < time else end,
                    status,
                    shown,
                    ping,
                    important == 1,
                    *counts,
                    None if response is None else _decoded(response),
                )
            )
        return found

    def _moment(self, value: Any) -> int | None:
        """Milliseconds since 1970 of `2026-11-22 01:53:06.845`."""
        try:
            return self._minutes[value[:_MINUTE_CHARS]] + self._rests[value[_MINUTE_CHARS:]]
        except (KeyError, TypeError):
            return self._learn(value)

    def _learn(self, value: Any) -> int | None:
        if not isinstance(value, bytes):
            return None
        head, rest = value[:_MINUTE_CHARS], value[_MINUTE_CHARS:]
        match = _REST.fullmatch(rest)
        minute = milliseconds(_decoded(head)) if match else None
        if match is None or minute is None or len(head) < _MINUTE_CHARS:
            return milliseconds(_decoded(value))
        if len(self._minutes) >= _MINUTES_KEPT:
            self._minutes.clear()
        self._minutes[head] = minute
        fraction = (match[2] or b"").ljust(3, b"0")[:3]
        self._rests[rest] = int(match[1]) * 1000 + int(fraction)
        return minute + self._rests[rest]

    def _text(self, value: Any) -> str:
        if not isinstance(value, bytes):
            return "" if value is None else str(value)
        if len(self._texts) >= _TEXTS_KEPT:
            self._texts.clear()
        shown = self._texts[value] = _decoded(value)[:MAX_MESSAGE_CHARS]
        return shown


def _ping(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _decoded(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
