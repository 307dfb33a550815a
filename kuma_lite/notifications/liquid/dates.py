"""Times of templates: read as JavaScript's `Date` reads them, written in a layout of `strftime`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, Final

from kuma_lite.notifications.liquid.errors import TooMuch

MAX_WIDTH: Final = 100  # characters that one field may be padded to

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_ISO: Final = re.compile(
    r"\s*(\d{4}|[+-]\d{6})-(\d{1,2})(?:-(\d{1,2}))?"
    r"(?:[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*",
    re.ASCII | re.IGNORECASE,
)
_OFFSET: Final = re.compile(r"([+-])(\d{2}):?(\d{2})", re.ASCII)
# `Sun, 22 Nov 2026 01:42:03 +0200`, `November 22, 2026 1:42 pm`, `2026/11/22`, `11/22/2026`.
_NAME: Final = r"(?P<{}>[a-z]{{3,9}})\.?,?\s+"
_WORDS: Final = re.compile(
    r"(?:[a-z]{3,9},?\s+)??(?:"
    rf"(?P<day1>\d{{1,2}})\s+{_NAME.format('name1')}(?P<year1>\d{{4}})"
    rf"|{_NAME.format('name2')}(?P<day2>\d{{1,2}}),?\s+(?P<year2>\d{{4}})"
    r"|(?P<year3>\d{4})/(?P<month3>\d{1,2})/(?P<day3>\d{1,2})"
    r"|(?P<month4>\d{1,2})/(?P<day4>\d{1,2})/(?P<year4>\d{4})"
    r")(?:[\s,T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>am|pm)?)?"
    r"\s*(?P<zone>Z|(?:UTC|GMT)?[+-]\d{2}:?\d{2}|UTC|GMT)?(?:\s*\(.*\))?",
    re.ASCII | re.IGNORECASE,
)
_FIELD: Final = re.compile(r"%([-_0^#:]+)?(\d+)?([EO])?(.)", re.DOTALL)


def read(written: str, here: tzinfo) -> datetime | None:
    """The time that a text names, of the zone `here` where it names none. None where it is no time.

    As in JavaScript, a bare ISO date is midnight of UTC.
    """
    found = _ISO.fullmatch(written)
    if found is not None:
        year, month, day, hour, minute, second, fraction, zone = found.groups()
        microsecond = int((fraction or "0")[:6].ljust(6, "0"))
        if int(day or 1) > 31 or int(hour or 0) > 24:
            return None
        # The 30th of February is the 2nd of March, and 24:00 the next day.
        moment = datetime(int(year), int(month), 1, 0, int(minute or 0), int(second or 0), microsecond)
        moment += timedelta(days=int(day or 1) - 1, hours=int(hour or 0))
        if zone is not None:
            return moment.replace(tzinfo=offset_zone(zone) or UTC)
        return moment.replace(tzinfo=UTC if hour is None else here)
    return _read_words(" ".join(written.split()), here)


def offset_zone(written: str) -> tzinfo | None:
    """The zone of `+05:30`; None for anything else."""
    found = _OFFSET.fullmatch(written)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    distance = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(distance if sign == "+" else -distance)


def written(moment: datetime, layout: str, zone_name: str) -> str:
    """The time in a layout. Raises TooMuch."""

    def field(found: re.Match[str]) -> str:
        flags, width, _, conversion = found.groups(default="")
        convert = _FIELDS.get(conversion)
        if convert is None:
            return found.group()
        if width and int(width) > MAX_WIDTH:
            raise TooMuch(f"a time is padded to more than {MAX_WIDTH} characters")
        if conversion == "N":
            return f"{moment.microsecond // 1000:03d}".ljust(int(width or 9), "0")[: int(width or 9)]
        if conversion == "z" or (conversion == "Z" and not zone_name):
            shown = _offset(moment, ":" if ":" in flags else "")
        else:
            shown = zone_name if conversion == "Z" else str(convert(moment))
        return _padded(shown, conversion, flags, width)

    return _FIELD.sub(field, layout)


def _read_words(words: str, here: tzinfo) -> datetime | None:
    found = _WORDS.fullmatch(words)
    if found is None:
        return None
    part = {name.rstrip("1234"): value for name, value in found.groupdict().items() if value is not None}
    if "name" in part:
        short = part["name"][:3].capitalize()
        months = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(short)]
        if not months:
            return None
        part["month"] = str(months[0])
    hour = int(part.get("hour", 0))
    if "half" in part:
        hour = hour % 12 + 12 * (part["half"].lower() == "pm")
    minute, second = int(part.get("minute", 0)), int(part.get("second", 0))
    moment = datetime(int(part["year"]), int(part["month"]), int(part["day"]), hour, minute, second)
    if "zone" not in part:
        return moment.replace(tzinfo=here)
    return moment.replace(tzinfo=offset_zone(part["zone"][-6:].lstrip("TCUGMtcugm")) or UTC)


def _padded(shown: str, conversion: str, flags: str, width: str) -> str:
    if "^" in flags:
        shown = shown.upper()
    elif "#" in flags:
        shown = shown.upper() if any("a" <= letter <= "z" for letter in shown) else shown.lower()
    with_blanks = "_" in flags or ("0" not in flags and conversion in "aAbBceklpP")
    length = 0 if "-" in flags else int(width or 0) or _WIDTHS.get(conversion, 0)
    if with_blanks or not shown.startswith("-"):
        return shown.rjust(length, " " if with_blanks else "0")
    return "-" + shown[1:].rjust(length - 1, "0")


def _offset(moment: datetime, separator: str) -> str:
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{separator}{rest:02d}"


def _ordinal(moment: datetime) -> str:
    if moment.day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(moment.day % 10, "th")


def _hour12(moment: datetime) -> int:
    return moment.hour % 12 or 12


def _week(moment: datetime, first_day: int) -> int:
    since = (moment.isoweekday() % 7 - first_day) % 7
    return (moment.timetuple().tm_yday - 1 - since + 7) // 7


def _day(moment: datetime) -> str:
    return f"{moment.month}/{moment.day}/{moment.year}"


def _time(moment: datetime) -> str:
    return f"{_hour12(moment)}:{moment:%M:%S} {'AM' if moment.hour < 12 else 'PM'}"


_FIELDS: Final[dict[str, Callable[[datetime], Any]]] = {
    "a": lambda at: _DAYS[at.isoweekday() % 7][:3],
    "A": lambda at: _DAYS[at.isoweekday() % 7],
    "b": lambda at: _MONTHS[at.month - 1][:3],
    "B": lambda at: _MONTHS[at.month - 1],
    "c": lambda at: f"{_day(at)}, {_time(at)}",
    "C": lambda at: at.year // 100,
    "d": lambda at: at.day,
    "e": lambda at: at.day,
    "h": lambda at: _MONTHS[at.month - 1][:3],
    "H": lambda at: at.hour,
    "I": _hour12,
    "j": lambda at: at.timetuple().tm_yday,
    "k": lambda at: at.hour,
    "l": _hour12,
    "L": lambda at: at.microsecond // 1000,
    "m": lambda at: at.month,
    "M": lambda at: at.minute,
    "n": lambda at: "\n",
    "N": lambda at: "",
    "p": lambda at: "AM" if at.hour < 12 else "PM",
    "P": lambda at: "am" if at.hour < 12 else "pm",
    "q": _ordinal,
    "s": lambda at: int(at.timestamp() // 1),
    "S": lambda at: at.second,
    "t": lambda at: "\t",
    "u": lambda at: at.isoweekday(),
    "U": lambda at: _week(at, 0),
    "w": lambda at: at.isoweekday() % 7,
    "W": lambda at: _week(at, 1),
    "x": _day,
    "X": _time,
    "y": lambda at: at.year % 100,
    "Y": lambda at: at.year,
    "z": lambda at: "",
    "Z": lambda at: "",
    "%": lambda at: "%",
}
_WIDTHS: Final = {
    **dict.fromkeys("CdeHIklmMSUWy", 2),
    "j": 3,
    "L": 3,
    "Y": 4,
}
