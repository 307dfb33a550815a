"""Moments in HTML: UTC for everybody, and in a form that a script turns into local time."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


class Form(StrEnum):
    """What is said of a moment; the values are what the script looks for."""

    FULL = ""  # date and time
    TIME = "t"


def date_text(seconds: float) -> str:
    """`3 Nov 2026`, in UTC."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def month_text(seconds: float) -> str:
    """`November 2026`, in UTC."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{_LONG_MONTHS[moment.month - 1]} {moment.year}"


def time_text(seconds: float) -> str:
    """`14:00`, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M")


def moment(seconds: float, form: Form = Form.FULL) -> str:
    """A moment as an element."""
    date = "" if form is Form.TIME else f"{date_text(seconds)}, "
    marked = f' data-form="{form.value}"' if form else ""
    written = datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f'<time datetime="{written}"{marked}>{date}{time_text(seconds)} UTC</time>'


def soon(seconds: float, now: float) -> str:
    """A moment to come: of the same UTC day the time alone."""
    today = date_text(seconds) == date_text(now)
    return moment(seconds, Form.TIME if today else Form.FULL)


def span_text(seconds: float) -> str:
    """How long something took: `45 s`, `11 min`, `2 h 5 min`, `1 d 3 h`."""
    if seconds < 60:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
